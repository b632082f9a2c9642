"""What was heard of posts and likes, and what follows from it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    false,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.skills import rules
from services.skills.models.base import Base


class PostRef(Base):
    """A post, as discussion tells; revision 0 stands for one that is liked but not yet told.

    Of one that was removed only its place is left: who wrote it, what it answered.
    """

    __tablename__ = "post_refs"
    __table_args__ = (
        Index("ix_post_refs_question_id", "question_id"),
        Index("ix_post_refs_written", "author_id", "published_at"),
        Index("ix_post_refs_catalogue", "catalogue", "id"),
        Index("ix_post_refs_weighing", "weighing", "id"),
        CheckConstraint("revision = 0 OR author_id IS NOT NULL", name="told_with_author"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    author_id: Mapped[UUID | None]
    question_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(server_default="")
    # What skills are looked for in, kept for new catalogue entries: the title, what its readers
    # see, its keywords as their author wrote them; and with which catalogue that was done.
    prose: Mapped[str] = mapped_column(server_default="")
    keywords: Mapped[str] = mapped_column(server_default="")  # a line each
    catalogue: Mapped[int] = mapped_column(server_default="0")
    # The same of what it said before its edits (`detection.versions`), the oldest first.
    earlier: Mapped[Any] = mapped_column(JSONB, server_default="[]")
    audience: Mapped[str] = mapped_column(server_default="members")
    # The distinct voices that like it, in hundredths of one, and its author's own branch in it.
    support: Mapped[int] = mapped_column(server_default="0")
    branch: Mapped[int] = mapped_column(server_default="0")
    like_count: Mapped[int] = mapped_column(server_default="0")  # those that count
    weighing: Mapped[int] = mapped_column(server_default="0")  # by which rules.WEIGHING
    text: Mapped[str] = mapped_column(server_default="")  # what an earlier release reads
    # Of an answer that stands for thanks (`actions/thanks.py`): the call that they are for.
    call_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int] = mapped_column(server_default="0")


# Answers that stand for thanks are projects', and so are their likes.
THANKS = select(PostRef.id).where(PostRef.call_id.is_not(None))


class Mention(Base):
    """A skill that a post is about, how much (hundredths) and why (`detection.subjects`).

    `added_at` is the edit that added it, from which on likes count for it; None from the start.
    """

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_latest", "skill_id", "post_id"),)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post_refs.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    relevance: Mapped[int] = mapped_column(SmallInteger, server_default="60")
    reason: Mapped[str] = mapped_column(server_default="body")
    added_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Understanding(Base):
    """What was told last of what a question is about: slugs, with spaces between them.

    It stays when all else is read anew: listeners compare its revision.
    """

    __tablename__ = "understandings"

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    skills: Mapped[str]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LikeRef(Base):
    """Whether a member likes a post, as discussion tells."""

    __tablename__ = "like_refs"
    __table_args__ = (
        Index("ix_like_refs_liker_id", "liker_id", "post_id"),
        Index(
            "ix_like_refs_voice_id",
            "voice_id",
            "post_id",
            postgresql_where=text("voice_id IS NOT NULL"),
        ),
        Index(
            "ix_like_refs_latest",
            "post_id",
            "liked_at",
            "liker_id",
            postgresql_where=text("voice_id IS NOT NULL"),
        ),
    )

    post_id: Mapped[UUID] = mapped_column(primary_key=True)
    liker_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_liked: Mapped[bool]
    liked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # Whose voice it is counted as; None for one that does not count.
    voice_id: Mapped[UUID | None]
    is_imported: Mapped[bool] = mapped_column(server_default=false())  # as it was told last
    revision: Mapped[int]


class Evidence(Base):
    """What each like is worth to the previous release, whose processes write it during an upgrade.

    Nobody here reads it; the next release drops it.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_attribution", "member_id", "skill_id", "liked_at"),)

    post_id: Mapped[UUID] = mapped_column(primary_key=True)
    liker_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[UUID]
    weight: Mapped[float]
    strength: Mapped[float]
    liked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AcceptRef(Base):
    """Which answer a question's asker accepts, as discussion tells."""

    __tablename__ = "accept_refs"
    __table_args__ = (
        Index("ix_accept_refs_answer_id", "answer_id"),
        Index("ix_accept_refs_counted_id", "counted_id"),
    )

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    answer_id: Mapped[UUID]
    asker_id: Mapped[UUID]
    is_accepted: Mapped[bool]
    # The answer on which it is counted, and as whose voice; None where it does not count.
    counted_id: Mapped[UUID | None]
    voice_id: Mapped[UUID | None]
    accepted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]


class PostVoice(Base):
    """How many counted likes of a post are of one voice, which is heard once.

    With what it was counted for, in hundredths, and whether as the author's own branch.
    """

    __tablename__ = "post_voices"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post_refs.id"), primary_key=True)
    voice_id: Mapped[UUID] = mapped_column(primary_key=True)
    like_count: Mapped[int]
    weight: Mapped[int] = mapped_column(SmallInteger, server_default="100")
    is_branch: Mapped[bool] = mapped_column(server_default=false())


class LateVoice(Base):
    """How many counted likes of a post are of one voice since the edit that added a skill to it.

    Kept for such skills alone, whose supporters are others than the post's.
    """

    __tablename__ = "late_voices"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post_refs.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    voice_id: Mapped[UUID] = mapped_column(primary_key=True)
    like_count: Mapped[int]
    is_branch: Mapped[bool]


class Contribution(Base):
    """What a post brings its author in one skill, as it was last counted.

    Worths in millionths (`rules.Fortnight`); what replaces it subtracts it exactly. Of a skill
    that an edit added, since when likes count, and the support of the voices since.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        Index("ix_contributions_proof", "member_id", "skill_id", "liked_at", "post_id"),
    )

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post_refs.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    member_id: Mapped[UUID]
    number: Mapped[int]
    kind: Mapped[str]
    backed: Mapped[int]
    shared: Mapped[int]
    asked: Mapped[int]
    unbacked: Mapped[int]
    branch: Mapped[int] = mapped_column(server_default="0")
    like_count: Mapped[int]
    liked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # the latest
    added_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    late_support: Mapped[int | None]


class Fortnight(Base):
    """Member × skill × fortnight: the sums of the contributions."""

    __tablename__ = "fortnights"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    backed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    shared: Mapped[int] = mapped_column(BigInteger, server_default="0")
    asked: Mapped[int] = mapped_column(BigInteger, server_default="0")
    unbacked: Mapped[int] = mapped_column(BigInteger, server_default="0")
    branch: Mapped[int] = mapped_column(BigInteger, server_default="0")
    like_count: Mapped[int] = mapped_column(server_default="0")
    answer_count: Mapped[int] = mapped_column(server_default="0")


class Supporter(Base):
    """Member × skill × voice: on how many of the member's posts the voice is heard.

    `branch` counts those on which it is the member's own.
    """

    __tablename__ = "supporters"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    voice_id: Mapped[UUID] = mapped_column(primary_key=True)
    answers: Mapped[int] = mapped_column(server_default="0")
    shares: Mapped[int] = mapped_column(server_default="0")
    questions: Mapped[int] = mapped_column(server_default="0")
    branch: Mapped[int] = mapped_column(server_default="0")


class Attribution(Base):
    """Member × skill: what its fortnights add up to, and the level that was last announced.

    `evidence` is E of the order, `strength` L of answers and shares, `by_answers` of answers
    alone, `by_branch` of one's own branch, all with their ages in them (`rules.Sums`) and without
    standing. The row stays when the evidence goes, so that its revision only grows.
    """

    __tablename__ = "attributions"
    __table_args__ = (
        Index(
            "ix_attributions_skill",
            "skill_id",
            "strength",
            "member_id",
            postgresql_where=text("strength > 0"),
        ),
        Index(
            "ix_attributions_order",
            "skill_id",
            "evidence",
            "member_id",
            postgresql_where=text("evidence > 0"),
        ),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    evidence: Mapped[float] = mapped_column(server_default="0")
    strength: Mapped[float] = mapped_column(server_default="0")
    by_answers: Mapped[float] = mapped_column(server_default="0")
    by_branch: Mapped[float] = mapped_column(server_default="0")
    voices: Mapped[float] = mapped_column(server_default="0")
    all_voices: Mapped[int] = mapped_column(server_default="0")
    liker_count: Mapped[int] = mapped_column(server_default="0")
    evidence_count: Mapped[int] = mapped_column(server_default="0")
    answer_count: Mapped[int] = mapped_column(server_default="0")
    fortnight_count: Mapped[int] = mapped_column(server_default="0")
    last_evidence_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    level: Mapped[int] = mapped_column(server_default="0")
    # What the latest night left of `evidence` for the order (`rules.kept_of`).
    kept: Mapped[int] = mapped_column(SmallInteger, server_default="100")
    is_hidden: Mapped[bool] = mapped_column(server_default=false())  # by the member
    revision: Mapped[int] = mapped_column(server_default="0")

    @property
    def held(self) -> rules.Held:
        """Who and what is behind it."""
        return rules.held_of(self)

    def worth_at(self, moment: datetime) -> rules.Worth:
        """L of its parts at a moment, without standing."""
        return rules.worth_at(self, moment)


class DueLiker(Base):
    """A member whose likes begin or cease to count, up to which post that is done."""

    __tablename__ = "due_likers"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    after_post_id: Mapped[UUID | None]
    cause: Mapped[str] = mapped_column(server_default="like")  # of the levels that it changes
