"""Reading what is attributed to members."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    select,
)

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession
from services.skills import access, rules
from services.skills.models import Attribution, Skill
from services.skills.queries.catalogue import SKILL, SkillView

SUMS = (
    Attribution.strength,
    Attribution.by_answers,
    Attribution.voices,
    Attribution.all_voices,
    Attribution.fortnight_count,
    Attribution.liker_count,
    Attribution.evidence_count,
    Attribution.last_evidence_at,
    Attribution.is_hidden,
)


@dataclass(frozen=True, slots=True)
class AttributionView:
    """An attribution as it is worth today."""

    skill: SkillView
    level: int
    score: float
    confidence: float
    liker_count: int
    evidence_count: int
    last_evidence_at: datetime | None
    is_hidden: bool

    @classmethod
    def of(cls, row: Any) -> "AttributionView":
        """A row with `SUMS` and `SKILL`, as it is worth now."""
        now = clock.now()
        score = rules.score_at(row.strength, now)
        held = rules.Held(int(row.voices), row.all_voices, row.fortnight_count)
        by_answers = rules.score_at(row.by_answers, now)
        return cls(
            skill=SkillView.of(row),
            level=rules.level_of(score, by_answers=by_answers, held=held),
            score=score,
            confidence=rules.confidence_of(row.all_voices),
            liker_count=row.liker_count,
            evidence_count=row.evidence_count,
            last_evidence_at=row.last_evidence_at,
            is_hidden=row.is_hidden,
        )


def list_attributions(
    session: ReadSession,
    *,
    viewer_id: UUID,
    member_id: UUID,
    state: str,
    limit: int,
    cursor: str | None,
) -> Page[AttributionView]:
    """A member's skills that are `held` today, or `past`; hidden ones for themselves.

    The strongest first. Raises MemberNotFound.
    """
    page = _BY_STATE[state].page(
        session,
        viewer_id=viewer_id,
        member_id=member_id,
        least=rules.least_strength(clock.now()),
        limit=limit,
        cursor=cursor,
    )
    if not page.items:
        access.require_seen(session, viewer_id=viewer_id, member_id=member_id)
    return page


def _held(cut: Cut) -> AnySelect:
    return _attributions(cut, Attribution.strength >= _LEAST)


def _past(cut: Cut) -> AnySelect:
    """Those that reached a level when they were last proved, and do not today."""
    age = func.extract("epoch", Attribution.last_evidence_at - literal(rules.EPOCH))
    days = cast(age, Float) / timedelta(days=1).total_seconds()
    then = rules.LEVELS[0].score * func.power(2.0, days / rules.LEVEL_HALF_LIFE)
    return _attributions(cut, Attribution.strength < _LEAST, Attribution.strength >= then)


def _attributions(cut: Cut, *conditions: ColumnElement[bool]) -> AnySelect:
    theirs = (
        select(Attribution.skill_id, *SUMS, *SKILL)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.member_id == bindparam("member_id", type_=Uuid))
        .where(*conditions, access.is_shown())
    )
    return cut(theirs, Attribution.strength, Attribution.skill_id)


_LEAST = bindparam("least", type_=Float)
_KEY = {"strength": float, "skill_id": int}
_BY_STATE = {
    "held": ListRead(_held, AttributionView.of, key=_KEY),
    "past": ListRead(_past, AttributionView.of, key=_KEY),
}
