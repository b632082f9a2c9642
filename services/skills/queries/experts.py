"""Reading who the experts of a skill are, and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Integer,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array

from chassis import clock
from chassis.pages import AnySelect, Page, cursor_after, values_of
from chassis.statements import Read, ReadSession, Statement
from services.skills import access, rules
from services.skills.errors import SkillMoved, SkillNotFound
from services.skills.models import Attribution, MemberRef, Skill, SkillPair
from services.skills.queries.attributions import SUMS, AttributionView
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.queries.nearness import get_nearness
from services.skills.queries.ranking import GIVEN_MEMBERS, Ranking


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
    """A member with what makes them an expert of a skill, and how near they are."""

    member: PersonView
    attributions: Sequence[AttributionView]
    reasons: Sequence[Reason]
    nearness: str | None  # followed or second_degree

    @classmethod
    def of(
        cls,
        rows: Sequence[Any],
        wanted: Collection[int],
        related: Mapping[int, float],
        nearness: str | None,
    ) -> "ExpertView":
        """The rows of `_HELD` that are one member's: of the skills wanted, and of related ones."""
        own, reasons = [], []
        for row in rows:
            view = AttributionView.of(row)
            if row.skill_id in wanted:
                own.append(view)
                reasons.append(Reason("evidence", view.skill, view.score))
            else:
                lent = related[row.skill_id] * view.score
                reasons.append(Reason("related", view.skill, lent))
        reasons.sort(key=lambda reason: (reason.kind != "evidence", -reason.score))
        row = rows[0]
        member = PersonView(row.member_id, row.name, row.headline, row.portrait_url)
        return cls(member, own, reasons, nearness)


def list_experts(
    session: ReadSession, *, viewer_id: UUID | None, slug: str, limit: int, cursor: str | None
) -> Page[ExpertView]:
    """Who holds a skill, in the order of their evidence and that of related skills.

    Both fade with the time since the member last wrote. The pages of one list are of one moment.
    Without a viewer it is the whole list, for operators.
    Raises SkillNotFound or SkillMoved.
    """
    skill = get_skill(session, slug)
    moment, *after = values_of(cursor, _KEY) if cursor else [clock.now()]
    related = find_related(session, skill)
    ranking = Ranking(session, viewer_id, moment)
    ranked = ranking.of(skill.id, related, tuple(after), limit + 1)
    shown = ranked[:limit]
    following = cursor_after([moment, *shown[-1]], _KEY) if len(ranked) > limit else None
    ids = [one for _, one in shown]
    near = get_nearness(session, viewer_id=viewer_id, member_ids=ids)
    return Page(list_shown(session, ids, shares={skill.id: related}, near=near), following)


def list_first(
    session: ReadSession,
    *,
    viewer_id: UUID,
    skill: FoundSkill,
    related: Mapping[int, float],
    limit: int,
) -> list[ExpertView]:
    """The first of those who hold a skill, of which the related ones are known already."""
    ids = [
        one for _, one in Ranking(session, viewer_id, clock.now()).of(skill.id, related, (), limit)
    ]
    near = get_nearness(session, viewer_id=viewer_id, member_ids=ids)
    return list_shown(session, ids, shares={skill.id: related}, near=near)


def list_shown(
    session: ReadSession,
    member_ids: Sequence[UUID],
    *,
    shares: Mapping[int, Mapping[int, float]],
    near: Mapping[UUID, str],
) -> list[ExpertView]:
    """These members with what they hold of some skills, and of what is related to each."""
    related: dict[int, float] = {}
    for lent in shares.values():
        related |= {one: max(by, related.get(one, 0.0)) for one, by in lent.items()}
    held: dict[UUID, list[Any]] = defaultdict(list)
    given = {"member_ids": list(member_ids), "skill_ids": [*{*shares, *related}]}
    for row in _HELD.rows(session, **given) if member_ids else ():
        held[row.member_id].append(row)
    shown = [one for one in member_ids if one in held]
    return [ExpertView.of(held[one], shares.keys(), related, near.get(one)) for one in shown]


def get_skill(session: ReadSession, slug: str) -> FoundSkill:
    """One entry of the catalogue; raises SkillNotFound, or SkillMoved for what leads to it."""
    skill = _SKILL.find(session, slug=slug)
    if skill is None:
        moved = _ALIAS.first(session, slug=slug)
        raise SkillMoved(moved.slug) if moved else SkillNotFound
    return skill


def list_by_id(session: ReadSession, ids: Sequence[int]) -> list[FoundSkill]:
    """Entries of the catalogue by their ids, in the same order."""
    found = {skill.id: skill for skill in _SKILLS.list(session, ids=list(ids))}
    return [found[one] for one in ids if one in found]


def find_related(session: ReadSession, skill: FoundSkill) -> dict[int, float]:
    """The skills asked about most with this one: id → similarity, the closest ten."""
    rows = _CLOSEST.rows(session, skill_id=skill.id, post_count=skill.post_count)
    return {
        row.id: rules.similarity(row.together, skill.post_count, row.post_count) for row in rows
    }


_KEY = (datetime, float, UUID)
_slug, _FOUND = bindparam("slug", type_=Skill.slug.type), (Skill.id, Skill.post_count, *SKILL)
_SKILL = Read(
    select(*_FOUND).where(Skill.slug == _slug, Skill.root_id.is_(None), ~Skill.is_retired),
    FoundSkill.of,
)
_SKILLS = Read(
    select(*_FOUND).where(Skill.id == any_(bindparam("ids", type_=ARRAY(Integer)))),
    FoundSkill.of,
)
_LED_TO = Skill.id.in_(access.meant_by(array([_slug])))
_ALIAS = Statement(select(Skill.slug).where(_LED_TO, ~Skill.is_retired))
_given = bindparam("skill_id", type_=Integer)


def _closest() -> AnySelect:
    """The order of `rules.similarity`, without pairs that are chance: most skills have hundreds."""
    other = case((SkillPair.skill_id == _given, SkillPair.other_id), else_=SkillPair.skill_id)
    own = bindparam("post_count", type_=Integer)
    similarity = SkillPair.post_count / (func.sqrt(own * Skill.post_count) + 2)
    is_chance = (SkillPair.post_count < rules.LEAST_TOGETHER) & (
        func.greatest(own, Skill.post_count) > rules.FEW_QUESTIONS
    )
    return (
        select(Skill.id, Skill.post_count, SkillPair.post_count.label("together"))
        .join_from(SkillPair, Skill, Skill.id == other)
        .where(or_(SkillPair.skill_id == _given, SkillPair.other_id == _given))
        .where(SkillPair.post_count > 0, ~is_chance)
        .order_by(similarity.desc(), Skill.id)
        .limit(literal_column(str(rules.MOST_RELATED)))
    )


_CLOSEST = Statement(_closest())
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
    .select_from(GIVEN_MEMBERS)
    .join(Attribution, Attribution.member_id == GIVEN_MEMBERS.c.id)
    .join(Skill, Skill.id == Attribution.skill_id)
    .join(MemberRef, MemberRef.id == Attribution.member_id)
    .where(Attribution.skill_id == any_(bindparam("skill_ids", type_=ARRAY(Integer))))
    .where(Attribution.strength > 0, ~Attribution.is_hidden)
)
