"""Reading who the experts of a skill are, and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Float,
    FromClause,
    Integer,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from chassis import clock, members
from chassis.pages import AnySelect, Page, cursor_after, values_of
from chassis.statements import Read, ReadSession, Statement
from services.skills import access, rules
from services.skills.errors import SkillMoved, SkillNotFound
from services.skills.models import Attribution, MemberRef, PostRef, Skill, SkillPair
from services.skills.queries.attributions import SUMS, AttributionView
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.queries.nearness import get_nearness
from services.skills.standings import by_row, standing_of

FIRST_DEPTH = 200  # of each list that is merged


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
    ranked = ranking.of(skill, related, tuple(after), limit + 1)
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
    ids = [one for _, one in Ranking(session, viewer_id, clock.now()).of(skill, related, (), limit)]
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


@dataclass(frozen=True, slots=True)
class Ranking:
    """The members that a viewer sees, at one moment."""

    session: ReadSession
    viewer_id: UUID | None
    moment: datetime

    def of(
        self, skill: FoundSkill, related: Mapping[int, float], after: tuple[Any, ...], most: int
    ) -> list[tuple[float, UUID]]:
        """The first `most` members behind `after`, by what they rank.

        Exact without a look at all: whoever is among the first of none of the lists ranks below
        what the last of these would add up to. Lists grow until that is below the page.
        """
        shares = {skill.id: 1.0, **related}
        depth = FIRST_DEPTH
        while True:
            of_skill: dict[int, list[Any]] = defaultdict(list)
            for row in _STRONGEST.rows(self.session, skill_ids=list(shares), depth=depth):
                of_skill[row.skill_id].append(row)
            ids = {row.member_id for rows in of_skill.values() for row in rows}
            cut = {one: rows[-1].evidence for one, rows in of_skill.items() if len(rows) == depth}
            bound = rules.order_at(sum(shares[one] * by for one, by in cut.items()), self.moment)
            found = self.among(skill, related, ids)
            ranked = sorted((one for one in found if not after or one < after), reverse=True)
            if bound == 0 or (len(ranked) >= most and ranked[most - 1][0] >= bound):
                return ranked[:most]
            depth *= 4

    def among(
        self, skill: FoundSkill, related: Mapping[int, float], member_ids: Collection[UUID]
    ) -> list[tuple[float, UUID]]:
        """Those of these who hold the skill, with what they rank, in no order."""
        if not member_ids:
            return []
        rows = _CANDIDATES.rows(
            self.session,
            viewer_id=self.viewer_id,
            member_ids=list(member_ids),
            skill_id=skill.id,
            related_ids=list(related),
            similarities=list(related.values()),
            until=self.moment,
        )
        return [(_rank_of(row, self.moment), row.member_id) for row in rows]


def _rank_of(row: Any, moment: datetime) -> float:
    standing = by_row(row)
    own = row.evidence * rules.kept_share(row.kept, standing)
    today = rules.order_at(own + row.lent, moment)
    return rules.rank_of(today, row.last_post_at, moment, standing=standing)


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
    similar = {
        row.id: rules.similarity(row.together, skill.post_count, row.post_count)
        for row in _TOGETHER.rows(session, skill_id=skill.id)
    }
    closest = sorted(similar, key=lambda other: (-similar[other], other))[: rules.MOST_RELATED]
    return {other: similar[other] for other in closest if similar[other] > 0}


def _candidates() -> AnySelect:
    """What these members hold of the skill, and of those related to it by their similarity."""
    related = func.unnest(
        bindparam("related_ids", type_=ARRAY(Integer)),
        bindparam("similarities", type_=ARRAY(Float)),
    ).table_valued("id", "similarity")
    related = related.render_derived(name="related")
    other, post = aliased(Attribution), aliased(PostRef)
    lent = (
        select(func.coalesce(func.sum(other.evidence * related.c.similarity), 0.0))
        .select_from(related)
        .join(other, other.skill_id == related.c.id)
        .where(other.member_id == Attribution.member_id, ~other.is_hidden)
        .scalar_subquery()
    )
    written = select(post.published_at).where(
        post.author_id == Attribution.member_id,
        post.published_at <= bindparam("until", type_=DateTime(timezone=True)),
    )
    written = written.order_by(post.published_at.desc()).limit(literal_column("1"))
    return (
        select(
            Attribution.member_id,
            Attribution.evidence,
            Attribution.kept,
            lent.label("lent"),
            written.scalar_subquery().label("last_post_at"),
            *standing_of(Attribution.member_id),
        )
        .select_from(_members())
        .join(Attribution, Attribution.member_id == _members().c.id)
        .join(MemberRef, MemberRef.id == Attribution.member_id)
        .where(Attribution.skill_id == bindparam("skill_id", type_=Integer))
        .where(Attribution.evidence > 0, ~Attribution.is_hidden)
        .where(MemberRef.state == members.ACTIVE, MemberRef.is_proposable)
        .where(access.is_seen(MemberRef.id))
    )


@cache
def _members() -> FromClause:
    """The parameter `member_ids` as rows: each attribution is looked up by its key."""
    given = func.unnest(bindparam("member_ids", type_=ARRAY(Uuid))).table_valued("id")
    return given.render_derived(name="given")


def _strongest() -> AnySelect:
    """Of each skill the members with the most evidence, the most first."""
    wanted = func.unnest(bindparam("skill_ids", type_=ARRAY(Integer))).table_valued("skill_id")
    wanted = wanted.render_derived(name="wanted")
    strongest = select(Attribution.member_id, Attribution.evidence).where(
        Attribution.skill_id == wanted.c.skill_id, Attribution.evidence > 0
    )
    order = Attribution.evidence.desc(), Attribution.member_id.desc()
    strongest = strongest.order_by(*order).limit(bindparam("depth", type_=Integer))
    of_each = strongest.lateral("of_each")
    rows = select(wanted.c.skill_id, of_each.c.member_id, of_each.c.evidence)
    rows = rows.select_from(wanted).join(of_each, true())
    return rows.order_by(wanted.c.skill_id, of_each.c.evidence.desc(), of_each.c.member_id.desc())


_KEY = (datetime, float, UUID)
_STRONGEST = Statement(_strongest())
_CANDIDATES = Statement(_candidates())
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
    .select_from(_members())
    .join(Attribution, Attribution.member_id == _members().c.id)
    .join(Skill, Skill.id == Attribution.skill_id)
    .join(MemberRef, MemberRef.id == Attribution.member_id)
    .where(Attribution.skill_id == any_(bindparam("skill_ids", type_=ARRAY(Integer))))
    .where(Attribution.strength > 0, ~Attribution.is_hidden)
)
