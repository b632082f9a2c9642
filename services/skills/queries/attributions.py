"""Reading what is attributed to members."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    Integer,
    Uuid,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, viewer
from services.skills import access, names, rules
from services.skills.models import Attribution, Fortnight, Skill
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.standings import by_row, standing_of

SUMS = (
    Attribution.strength,
    Attribution.by_answers,
    Attribution.by_branch,
    Attribution.voices,
    Attribution.all_voices,
    Attribution.fortnight_count,
    Attribution.liker_count,
    Attribution.evidence_count,
    Attribution.last_evidence_at,
    Attribution.is_hidden,
    *standing_of(Attribution.member_id),
)


@dataclass(frozen=True, slots=True)
class AttributionView:
    """An attribution as it is worth today, with what that is called (`names`).

    `score` is its worth times its member's standing.
    """

    skill: SkillView
    level: int
    level_name: str | None
    score: float
    worth: float
    confidence: float
    confidence_name: str
    freshness: str
    liker_count: int
    evidence_count: int
    last_evidence_at: datetime | None
    is_hidden: bool

    @classmethod
    def of(cls, row: Any) -> "AttributionView":
        """A row with `SUMS` and `SKILL`, as it is worth now."""
        now = clock.now()
        worth = rules.worth_at(row, now)
        held = rules.Held(int(row.voices), row.all_voices, row.fortnight_count)
        standing = by_row(row)
        level = rules.level_of(worth, held=held, standing=standing)
        return cls(
            skill=SkillView.of(row),
            level=level,
            level_name=names.level_name(level),
            score=worth.total * standing.share,
            worth=worth.total,
            confidence=rules.confidence_of(row.all_voices),
            confidence_name=names.confidence_name(row.all_voices),
            freshness=names.freshness_name(level, row.last_evidence_at, now),
            liker_count=row.liker_count,
            evidence_count=row.evidence_count,
            last_evidence_at=row.last_evidence_at,
            is_hidden=row.is_hidden,
        )


@dataclass(frozen=True, slots=True)
class HeldView(AttributionView):
    """An attribution among its member's own; the `trend` is for them alone."""

    trend: str | None

    @classmethod
    def of(cls, row: Any) -> "HeldView":
        """A row with `SUMS`, `SKILL` and `WORTHS`."""
        shown = AttributionView.of(row)
        told = {name: getattr(shown, name) for name in AttributionView.__slots__}
        is_own = row.recent_worth is not None
        trend = names.trend_name(row.recent_worth, row.earlier_worth) if is_own else None
        return cls(**told, trend=trend)


def list_attributions(
    session: ReadSession,
    *,
    viewer_id: UUID,
    member_id: UUID,
    state: str,
    limit: int,
    cursor: str | None,
) -> Page[HeldView]:
    """A member's skills that are `held` today, or `past`; hidden ones for themselves.

    The strongest first; of those held, behind all others what a more specific one tells as well:
    a skill below it in the catalogue, of its level or higher. Raises MemberNotFound.
    """
    now = clock.now()
    page = _BY_STATE[state].page(
        session,
        viewer_id=viewer_id,
        member_id=member_id,
        least=rules.least_strength(now),
        **names.trend_bounds(now),
        limit=limit,
        cursor=cursor,
    )
    if not page.items:
        access.require_seen(session, viewer_id=viewer_id, member_id=member_id)
    return page


def _held(cut: Cut) -> AnySelect:
    above = _above()
    is_told = exists().where(
        above.c.skill_id == Attribution.skill_id, above.c.level >= Attribution.level
    )
    place = case((is_told, 0), else_=1).label("place")
    theirs = _attributions(Attribution.strength >= _LEAST).add_columns(place)
    return cut(theirs, place.element, Attribution.strength, Attribution.skill_id)


def _above() -> CTE:
    """What stands in the catalogue above the member's skills, with their levels."""
    broader = aliased(Skill)
    above = (
        select(Skill.broader_id.label("skill_id"), Attribution.level)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.member_id == _MEMBER, Attribution.strength >= _LEAST)
        .where(Skill.broader_id.is_not(None), access.is_shown())
        .cte("above", recursive=True)
    )
    further = select(broader.broader_id, above.c.level).join(above, above.c.skill_id == broader.id)
    return above.union(further.where(broader.broader_id.is_not(None)))


def _past(cut: Cut) -> AnySelect:
    """Those that reached a level when they were last proved, and do not today."""
    age = func.extract("epoch", Attribution.last_evidence_at - literal(rules.EPOCH))
    days = cast(age, Float) / timedelta(days=1).total_seconds()
    then = rules.LEVELS[0].score * func.power(2.0, days / rules.LEVEL_HALF_LIFE)
    theirs = _attributions(Attribution.strength < _LEAST, Attribution.strength >= then)
    return cut(theirs, Attribution.strength, Attribution.skill_id)


def _attributions(*conditions: ColumnElement[bool]) -> AnySelect:
    return (
        select(Attribution.skill_id, *SUMS, *SKILL, *WORTHS)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.member_id == _MEMBER)
        .where(*conditions, access.is_shown())
    )


def _worth(*conditions: ColumnElement[bool]) -> ColumnElement[int | None]:
    """What the member wrote in some fortnights is worth, for themselves alone."""
    worth = select(func.coalesce(func.sum(Fortnight.backed + Fortnight.shared), 0)).where(
        Fortnight.member_id == Attribution.member_id,
        Fortnight.skill_id == Attribution.skill_id,
        *conditions,
    )
    return case((Attribution.member_id == viewer(), worth.scalar_subquery()), else_=None)


_MEMBER = bindparam("member_id", type_=Uuid)
_LEAST = bindparam("least", type_=Float)
_UNTIL, _AFTER = (bindparam(f"earlier_{name}", type_=Integer) for name in ("until", "after"))
WORTHS = (
    _worth(Fortnight.number > _UNTIL).label("recent_worth"),
    _worth(Fortnight.number > _AFTER, Fortnight.number <= _UNTIL).label("earlier_worth"),
)
_KEY: dict[str, type] = {"strength": float, "skill_id": int}
_BY_STATE = {
    "held": ListRead(_held, HeldView.of, key={"place": int, **_KEY}),
    "past": ListRead(_past, HeldView.of, key=_KEY),
}
