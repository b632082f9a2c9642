"""One attribution with its months, and levels of many members at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Float,
    String,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from chassis import clock
from chassis.pages import AnySelect
from chassis.statements import ReadSession, Statement
from services.skills import access, names, rules
from services.skills.errors import AttributionNotFound
from services.skills.models import (
    Attribution,
    Contribution,
    LateVoice,
    LikeRef,
    PostRef,
    PostVoice,
    Skill,
)
from services.skills.queries.attributions import (
    SUMS,
    WORTHS,
    AttributionView,
    HeldView,
)
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.queries.experts import get_skill
from services.skills.standings import by_row, counts

MOST_MONTHS = 36


@dataclass(frozen=True, slots=True)
class MonthView:
    """The likes of a month, how many voices they brought that were new, and their worth today."""

    month: str
    like_count: int
    new_voice_count: int
    weight: float


@dataclass(frozen=True, slots=True)
class ProofView(HeldView):
    """An attribution with its months, the latest first; its member's standing for them alone."""

    standing: float | None
    months: Sequence[MonthView]


@dataclass(frozen=True, slots=True)
class BestLevelView:
    """The skill among some in which a member has the highest level, and what is behind it."""

    member_id: UUID
    skill: SkillView
    level: int
    level_name: str | None
    freshness: str
    liker_count: int
    evidence_count: int


def get_proof(session: ReadSession, *, viewer_id: UUID, member_id: UUID, slug: str) -> ProofView:
    """One skill of a member, also a past one.

    Raises MemberNotFound, SkillNotFound, SkillMoved, or AttributionNotFound, also where the
    member hides it.
    """
    access.require_seen(session, viewer_id=viewer_id, member_id=member_id)
    skill = get_skill(session, slug)
    named = {"viewer_id": viewer_id, "member_id": member_id, "skill_id": skill.id}
    row = _ONE.first(session, **named, **names.trend_bounds(clock.now()))
    if row is None:
        raise AttributionNotFound
    shown = HeldView.of(row)
    months = [_month(one) for one in _MONTHS.rows(session, **named)]
    told = {name: getattr(shown, name) for name in (*AttributionView.__slots__, "trend")}
    is_own = viewer_id == member_id and row.nights
    return ProofView(**told, standing=by_row(row).share if is_own else None, months=months)


def list_levels(
    session: ReadSession, *, viewer_id: UUID, member_ids: Sequence[UUID], slugs: Sequence[str]
) -> list[BestLevelView]:
    """Of each member the skill among these in which they have the highest level, if any.

    Slugs of keywords as well as of skills.
    """
    given = {"viewer_id": viewer_id, "member_ids": list(member_ids), "slugs": list(slugs)}
    best: dict[UUID, BestLevelView] = {}
    for row in _LEVELS.rows(session, **given):
        shown = AttributionView.of(row)
        known = best.get(row.member_id)
        if shown.level and (known is None or known.level < shown.level):
            best[row.member_id] = BestLevelView(
                row.member_id,
                shown.skill,
                shown.level,
                shown.level_name,
                shown.freshness,
                shown.liker_count,
                shown.evidence_count,
            )
    return [best[one] for one in dict.fromkeys(member_ids) if one in best]


def _month(row: Any) -> MonthView:
    weight = rules.score_at(float(row.strength), clock.now())
    return MonthView(row.month, row.like_count, row.new_voice_count, weight)


def _months() -> Any:
    """By month: likes, voices first heard then, and their parts of what the posts are worth."""
    likes = _likes().subquery("likes")
    month = likes.c.month
    return (
        select(
            month,
            func.count().label("like_count"),
            func.count().filter(likes.c.is_new).label("new_voice_count"),
            func.coalesce(func.sum(likes.c.part), 0.0).label("strength"),
        )
        .group_by(month)
        .order_by(month.desc())
        .limit(literal_column(str(MOST_MONTHS)))
    )


def _likes() -> AnySelect:
    """The likes that count; those of one voice share what it is worth."""
    worth = Contribution.backed + Contribution.shared
    grown = func.power(2.0, Contribution.number * rules.FORTNIGHT.days / rules.LEVEL_HALF_LIFE)
    count = func.coalesce(LateVoice.like_count, PostVoice.like_count)
    weight = cast(PostVoice.weight, Float) / count
    support = func.coalesce(Contribution.late_support, PostRef.support)
    part = worth * grown * weight / func.nullif(support, 0) / rules.MILLION
    earliest = func.row_number().over(
        partition_by=LikeRef.voice_id, order_by=(LikeRef.liked_at, LikeRef.post_id)
    )
    is_late = (
        (LateVoice.post_id == LikeRef.post_id)
        & (LateVoice.skill_id == Contribution.skill_id)
        & (LateVoice.voice_id == LikeRef.voice_id)
    )
    return (
        select(
            func.to_char(LikeRef.liked_at.op("AT TIME ZONE")("UTC"), "YYYY-MM").label("month"),
            part.label("part"),
            (earliest == 1).label("is_new"),
        )
        .join(Contribution, Contribution.post_id == LikeRef.post_id)
        .join(PostRef, PostRef.id == LikeRef.post_id)
        .join(
            PostVoice,
            (PostVoice.post_id == LikeRef.post_id) & (PostVoice.voice_id == LikeRef.voice_id),
        )
        .outerjoin(LateVoice, is_late)
        .where(LikeRef.voice_id.is_not(None), Contribution.member_id == _MEMBER)
        .where(counts(LikeRef.liked_at))
        .where(Contribution.skill_id == bindparam("skill_id", type_=Skill.id.type))
    )


def _levels() -> Any:
    slugs = bindparam("slugs", type_=ARRAY(String))
    return (
        select(Attribution.member_id, *SUMS, *SKILL)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.member_id == any_(bindparam("member_ids", type_=ARRAY(Uuid))))
        .where(Attribution.skill_id.in_(access.meant_by(slugs)), access.is_shown())
        .where(Attribution.strength > 0)
        .order_by(Attribution.member_id, Attribution.strength.desc())
    )


_MEMBER = bindparam("member_id", type_=Uuid)
_ONE = Statement(
    select(*SUMS, *SKILL, *WORTHS)
    .join(Skill, Skill.id == Attribution.skill_id)
    .where(Attribution.member_id == _MEMBER, Attribution.evidence_count > 0, access.is_shown())
    .where(Attribution.skill_id == bindparam("skill_id", type_=Skill.id.type))
)
_MONTHS = Statement(_months())
_LEVELS = Statement(_levels())
