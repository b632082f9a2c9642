"""What the page of one skill shows beside the catalogue: open questions, and how it grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, bindparam, literal_column, select

from chassis.pages import AnySelect
from chassis.statements import Read, ReadSession
from services.skills import access
from services.skills.detection.subjects import LEAST_MAIN
from services.skills.models import AcceptRef, Mention, PostRef, SkillGrowth

MOST_QUESTIONS = 5
# Of so many latest posts that name the skill the open questions are shown.
LATEST = 300


@dataclass(frozen=True, slots=True)
class OpenQuestionView:
    """A question of which no answer is accepted."""

    id: UUID
    title: str
    published_at: datetime

    @classmethod
    def of(cls, row: Any) -> "OpenQuestionView":
        return cls(row.id, row.title, row.published_at)


@dataclass(frozen=True, slots=True)
class NewHoldersView:
    """How many of those who hold a skill proved it first in a month (YYYY-MM)."""

    month: str
    new_holder_count: int


@dataclass(frozen=True, slots=True)
class GrowthView:
    """How many hold a skill, and since which of the last months, the latest first."""

    holder_count: int
    counted_at: datetime | None
    months: Sequence[NewHoldersView]

    @classmethod
    def of(cls, row: Any) -> "GrowthView":
        months = _months_until(row.counted_at, len(row.new_counts))
        found = zip(months, row.new_counts, strict=True)
        return cls(row.holder_count, row.counted_at, [NewHoldersView(*one) for one in found])


def list_open_questions(
    session: ReadSession, *, viewer_id: UUID, skill_id: int
) -> list[OpenQuestionView]:
    """The latest questions about a skill that wait for an answer, of those the viewer reads."""
    return _OPEN.list(session, viewer_id=viewer_id, skill_id=skill_id)


def get_growth(session: ReadSession, *, skill_id: int) -> GrowthView:
    """As it was counted last; of a skill that nobody held yet, nothing."""
    return _GROWTH.find(session, skill_id=skill_id) or GrowthView(0, None, [])


def _months_until(moment: datetime, count: int) -> list[str]:
    last = moment.year * 12 + moment.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(last, last - count, -1)]


def _open() -> AnySelect:
    """By the ids of posts, which grow with time."""
    latest = (
        select(Mention.post_id, Mention.relevance)
        .where(Mention.skill_id == _SKILL_ID)
        .order_by(Mention.post_id.desc())
        .limit(literal_column(str(LATEST)))
        .subquery("latest")
    )
    accepted = select(AcceptRef.answer_id).where(
        AcceptRef.question_id == PostRef.id, AcceptRef.is_accepted
    )
    found = (
        select(PostRef.id, PostRef.title, PostRef.published_at)
        .join(latest, latest.c.post_id == PostRef.id)
        .where(PostRef.kind == "question", PostRef.removed_at.is_(None))
        .where(latest.c.relevance >= LEAST_MAIN)
        # Looked up by its key: of a NOT EXISTS the server may read the whole table.
        .where(accepted.scalar_subquery().is_(None))
        .where(access.is_seen(PostRef.author_id), access.is_readable(PostRef))
    )
    return found.order_by(PostRef.id.desc()).limit(literal_column(str(MOST_QUESTIONS)))


_SKILL_ID = bindparam("skill_id", type_=Integer)
_OPEN = Read(_open(), OpenQuestionView.of)
_GROWTH = Read(
    select(SkillGrowth.holder_count, SkillGrowth.new_counts, SkillGrowth.counted_at).where(
        SkillGrowth.skill_id == _SKILL_ID
    ),
    GrowthView.of,
)
