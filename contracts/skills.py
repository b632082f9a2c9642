"""What skills tells: what the likes prove."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.event import Event

# Why a level changed: a like or what became of one, its age, a night's standings, or newer rules;
# `hidden`: it did not, its member shows it to others or does so no more.
Cause = Literal["like", "age", "night", "rules", "hidden"]


@dataclass(frozen=True, kw_only=True)
class _AttributionChanged(Event):
    source = "skills"
    key = ("member_id", "skill")

    member_id: UUID
    skill: str  # slug
    label_en: str
    label_fr: str
    level: int  # 1–5, or 0 once withdrawn
    score: float  # effective likes at the time of the event
    voices: float  # how many independent likers stand behind it
    last_evidence_at: datetime | None
    revision: int
    cause: Cause = "like"
    is_hidden: bool = False  # by the member: others see nothing of it


@dataclass(frozen=True, kw_only=True)
class SkillAttributed(_AttributionChanged):
    """A member reached a level of a skill, from below or from above."""

    type = "skill.attributed"

    state: Literal["held"] = "held"


@dataclass(frozen=True, kw_only=True)
class SkillWithdrawn(_AttributionChanged):
    """The evidence no longer carries the first level."""

    type = "skill.withdrawn"

    state: Literal["none"] = "none"


@dataclass(frozen=True, kw_only=True)
class QuestionUnderstood(Event):
    """What a question is mainly about, by the catalogue; told of what all members may read.

    `skills` are slugs, the strongest first, three at most; none once it was removed, or for its
    asker's followers alone.
    """

    type = "question.understood"
    source = "skills"
    key = ("question_id",)

    question_id: UUID
    skills: tuple[str, ...]
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class _EntryChanged(Event):
    """An entry of the catalogue as it stands, whatever changed: the latest revision says all."""

    source = "skills"
    key = ("slug",)

    slug: str
    label_en: str
    label_fr: str
    into: str | None  # the slug of the skill that it leads to in the end
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class SkillMerged(_EntryChanged):
    """A skill leads to another one, or, `apart`, does so no more."""

    type = "skill.merged"

    state: Literal["merged", "apart"]


@dataclass(frozen=True, kw_only=True)
class SkillRenamed(_EntryChanged):
    """A skill is called otherwise; its slug stays."""

    type = "skill.renamed"


@dataclass(frozen=True, kw_only=True)
class ContestAnswered(Event):
    """Moderators answered a member who contests one of their posts as a proof of a skill, once.

    In what words, the member reads where the contest stands.
    """

    type = "contest.answered"
    source = "skills"
    key = ("contest_id",)

    contest_id: UUID
    member_id: UUID  # who contests
    skill: str  # slug
    label_en: str
    label_fr: str
    outcome: Literal["kept", "taken_out"]
    revision: int
    answered_at: datetime
