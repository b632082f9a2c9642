"""What discussion tells: what is asked, answered, shared, liked and accepted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.event import Event

PostKind = Literal["question", "answer", "share"]
Audience = Literal["members", "followers", "followers-only"]


@dataclass(frozen=True, kw_only=True)
class Keyword:
    """A keyword as its post carries it; `written` is how its author spelt it, where known."""

    slug: str
    label: str
    written: str = ""


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    """What a post said to its readers until an edit; keywords as their author wrote them."""

    until: datetime
    title: str
    prose: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PostPublished(Event):
    """A question, an answer or a share was published; `body` is its Markdown.

    `prose` is what its author says as readers see it: a line for each paragraph, item and cell,
    without code and addresses, those quoted marked by `> `; an earlier release told none.
    `earlier` is what it said before its edits, the oldest first, as far as somebody had liked it
    by then: at most ten, the first and those that stood longest, each until the next begins.
    """

    type = "post.published"
    source = "discussion"
    key = ("post_id",)

    post_id: UUID
    revision: int
    author_id: UUID
    kind: PostKind
    question_id: UUID | None
    title: str
    body: str
    keywords: tuple[Keyword, ...]
    audience: Audience
    published_at: datetime
    prose: str | None = None
    earlier: tuple[EarlierVersion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PostEdited(PostPublished):
    """A post was changed by its author: what it is now."""

    type = "post.edited"

    edited_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PostRemoved(Event):
    """A post was taken away: its words are gone, its place in the conversation stays.

    `is_moderated`: by moderators, not by its author nor because they left.
    """

    type = "post.removed"
    source = "discussion"
    key = ("post_id",)

    post_id: UUID
    revision: int
    author_id: UUID
    kind: PostKind
    question_id: UUID | None
    removed_at: datetime
    is_moderated: bool = False


@dataclass(frozen=True, kw_only=True)
class _LikeChanged(Event):
    source = "discussion"
    key = ("post_id", "liker_id")

    post_id: UUID
    author_id: UUID
    liker_id: UUID
    kind: PostKind
    revision: int
    liked_at: datetime


@dataclass(frozen=True, kw_only=True)
class PostLiked(_LikeChanged):
    """A member likes a post; `liked_at` is when."""

    type = "post.liked"

    state: Literal["liked"] = "liked"


@dataclass(frozen=True, kw_only=True)
class PostUnliked(_LikeChanged):
    """A member took a like back; the pair's row stays, with its revision."""

    type = "post.unliked"

    state: Literal["none"] = "none"


@dataclass(frozen=True, kw_only=True)
class AnswerRequested(Event):
    """A member asks another to answer a question."""

    type = "answer.requested"
    source = "discussion"
    key = ("question_id", "member_id")

    question_id: UUID
    member_id: UUID
    requester_id: UUID
    revision: int
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class _AcceptChanged(Event):
    source = "discussion"
    key = ("question_id",)

    question_id: UUID
    answer_id: UUID
    author_id: UUID
    asker_id: UUID
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class AnswerAccepted(_AcceptChanged):
    """The asker accepts an answer, in the place of another where there was one."""

    type = "answer.accepted"

    state: Literal["accepted"] = "accepted"


@dataclass(frozen=True, kw_only=True)
class AnswerUnaccepted(_AcceptChanged):
    """No answer of a question is accepted any more; `answer_id` was."""

    type = "answer.unaccepted"

    state: Literal["none"] = "none"


@dataclass(frozen=True, kw_only=True)
class KeywordMerged(Event):
    """A keyword leads to another one, or, `apart`, does so no more."""

    type = "keyword.merged"
    source = "discussion"
    key = ("slug",)

    slug: str
    into: str
    label: str
    state: Literal["merged", "apart"]
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeywordRenamed(Event):
    """A moderator says what a keyword is called."""

    type = "keyword.renamed"
    source = "discussion"
    key = ("slug",)

    slug: str
    label: str
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReportAnswered(Event):
    """Moderators answered a member who told them of a post or a person, once.

    Of what or whom, and in what words they answer, that member alone reads where the report stands.
    """

    type = "report.answered"
    source = "discussion"
    key = ("report_id",)

    report_id: UUID
    member_id: UUID  # who told
    outcome: Literal["acted", "unfounded"]
    revision: int
    answered_at: datetime
