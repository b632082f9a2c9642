"""Reading who the experts of a skill are, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Float,
    Integer,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from chassis import clock, members
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession, Statement
from services.skills import rules
from services.skills.errors import SkillMoved, SkillNotFound
from services.skills.models import Attribution, MemberRef, Skill, SkillAlias, SkillPair
from services.skills.queries.attributions import SUMS, AttributionView
from services.skills.queries.catalogue import SKILL, SkillView


@dataclass(frozen=True, slots=True)
class FoundSkill:
    """A skill as far as finding its experts goes."""

    id: int
    post_count: int
    view: SkillView

    @classmethod
    def of(cls, row: Any) -> "FoundSkill":
        """A row with `SKILL`, the id and the count of posts."""
        return cls(row.id, row.post_count, SkillView.of(row))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is an expert: the skill's own evidence, or a related skill's share."""

    kind: str  # evidence or related
    skill: SkillView
    score: float


@dataclass(frozen=True, slots=True)
class PersonView:
    """A member as answers show them."""

    id: UUID
    name: str
    headline: str
    portrait_url: str | None


@dataclass(frozen=True, slots=True)
class ExpertView:
    """A member with what makes them an expert of a skill."""

    member: PersonView
    attributions: Sequence[AttributionView]
    reasons: Sequence[Reason]

    @classmethod
    def of(
        cls, rows: Sequence[Any], skill: FoundSkill, related: Mapping[int, float]
    ) -> "ExpertView":
        """The rows of `_HELD` that are one member's."""
        own, reasons = [], []
        for row in rows:
            view = AttributionView.of(row)
            if row.skill_id == skill.id:
                own.append(view)
                reasons.append(Reason("evidence", view.skill, view.score))
            else:
                lent = rules.RELATED_SHARE * related[row.skill_id] * view.score
                reasons.append(Reason("related", view.skill, lent))
        reasons.sort(key=lambda reason: (reason.kind != "evidence", -reason.score))
        row = rows[0]
        member = PersonView(row.member_id, row.name, row.headline, row.portrait_url)
        return cls(member, own, reasons)


def list_experts(
    session: ReadSession, *, slug: str, limit: int, cursor: str | None
) -> Page[ExpertView]:
    """Who holds a skill, in the order of their evidence and a share of related skills'.

    Raises SkillNotFound.
    """
    skill = get_skill(session, slug)
    related = find_related(session, skill)
    page = _RANKED.page(
        session,
        skill_id=skill.id,
        least=rules.least_strength(clock.now()),
        related_ids=list(related),
        similarities=list(related.values()),
        limit=limit,
        cursor=cursor,
    )
    wanted = {"member_ids": page.items, "skill_ids": [skill.id, *related]}
    held: dict[UUID, list[Any]] = {}
    for row in _HELD.rows(session, **wanted) if page.items else ():
        held.setdefault(row.member_id, []).append(row)
    return page.map(lambda ids: [ExpertView.of(held[one], skill, related) for one in ids])


def get_skill(session: ReadSession, slug: str) -> FoundSkill:
    """One entry of the catalogue; raises SkillNotFound, or SkillMoved for a keyword's slug."""
    skill = _SKILL.find(session, slug=slug)
    if skill is None:
        moved = _ALIAS.first(session, slug=slug)
        raise SkillMoved(moved.slug) if moved else SkillNotFound
    return skill


def find_related(session: ReadSession, skill: FoundSkill) -> dict[int, float]:
    """The skills mentioned most with this one: id → similarity, the closest 15."""
    similar = {
        row.id: rules.similarity(row.together, skill.post_count, row.post_count)
        for row in _TOGETHER.rows(session, skill_id=skill.id)
    }
    closest = sorted(similar, key=lambda other: (-similar[other], other))[: rules.MOST_RELATED]
    return {other: similar[other] for other in closest}


def _ranked(cut: Cut) -> AnySelect:
    """The members in the order of what they hold of the skill and of those related to it."""
    related = func.unnest(
        bindparam("related_ids", type_=ARRAY(Integer)),
        bindparam("similarities", type_=ARRAY(Float)),
    ).table_valued("id", "similarity")
    related = related.render_derived(name="related")
    other = aliased(Attribution)
    lent = (
        select(func.coalesce(func.sum(other.strength * related.c.similarity), 0.0))
        .select_from(related)
        .join(other, other.skill_id == related.c.id)
        .where(other.member_id == Attribution.member_id)
        .scalar_subquery()
    )
    ranked = (
        select(
            Attribution.member_id,
            (Attribution.strength + rules.RELATED_SHARE * lent).label("rank"),
        )
        .join(MemberRef, MemberRef.id == Attribution.member_id)
        .where(Attribution.skill_id == bindparam("skill_id", type_=Integer))
        .where(Attribution.strength >= bindparam("least", type_=Float))
        .where(MemberRef.state == members.ACTIVE)
        .subquery()
    )
    return cut(select(ranked), ranked.c.rank, ranked.c.member_id)


_SKILL = Read(
    select(Skill.id, Skill.post_count, *SKILL).where(
        Skill.slug == bindparam("slug", type_=Skill.slug.type)
    ),
    FoundSkill.of,
)
_ALIAS = Statement(
    select(Skill.slug)
    .join(SkillAlias, SkillAlias.skill_id == Skill.id)
    .where(SkillAlias.slug == bindparam("slug", type_=Skill.slug.type))
)
_given = bindparam("skill_id", type_=Integer)
_TOGETHER = Statement(
    select(Skill.id, Skill.post_count, SkillPair.post_count.label("together"))
    .join_from(
        SkillPair,
        Skill,
        Skill.id
        == case((SkillPair.skill_id == _given, SkillPair.other_id), else_=SkillPair.skill_id),
    )
    .where(or_(SkillPair.skill_id == _given, SkillPair.other_id == _given))
    .where(SkillPair.post_count > 0)
)
_RANKED = ListRead(_ranked, lambda row: row.member_id, key={"rank": float, "member_id": UUID})
_HELD = Statement(
    select(
        Attribution.member_id,
        Attribution.skill_id,
        *SUMS,
        *SKILL,
        MemberRef.name,
        MemberRef.headline,
        MemberRef.portrait_url,
    )
    .join(Skill, Skill.id == Attribution.skill_id)
    .join(MemberRef, MemberRef.id == Attribution.member_id)
    .where(Attribution.member_id == any_(bindparam("member_ids", type_=ARRAY(Uuid))))
    .where(Attribution.skill_id == any_(bindparam("skill_ids", type_=ARRAY(Integer))))
    .where(Attribution.strength > 0)
)
