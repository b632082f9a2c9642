"""Reading what an organisation knows, and whom its people know outside; for them alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Integer,
    String,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.orm import aliased

from chassis import clock, members
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, Statement
from services.skills import crowds
from services.skills.errors import OrganisationNotFound
from services.skills.models import (
    Attribution,
    FollowRef,
    MemberRef,
    OrganisationMap,
    OrganisationSkill,
    Skill,
)
from services.skills.queries import experts
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.queries.experts import ExpertView
from services.skills.queries.ranking import Ranking
from services.skills.queries.who_knows import UnderstoodView, list_meant

# So many of each skill are ranked together.
DEPTH = 200


@dataclass(frozen=True, slots=True)
class LevelCountView:
    """How many stand at a level or a higher one; None for fewer than five."""

    level: int
    people_count: int | None


@dataclass(frozen=True, slots=True)
class SharedSkillView:
    """A skill that five people or more of an organisation hold."""

    skill: SkillView
    people_count: int
    levels: Sequence[LevelCountView]

    @classmethod
    def of(cls, row: Any) -> "SharedSkillView":
        """A row with `SKILL` and the counts."""
        levels = [LevelCountView(at, count or None) for at, count in enumerate(row.level_counts, 1)]
        return cls(SkillView.of(row), row.people_count, levels)


@dataclass(frozen=True, slots=True)
class MapView:
    """A page of a map, with how many people it is of: None where they are fewer than five."""

    people_count: int | None
    counted_at: datetime | None
    items: Sequence[SharedSkillView]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class OutsiderView:
    """An expert whom the organisation's people know; None stands for fewer than five."""

    expert: ExpertView
    follower_count: int | None


@dataclass(frozen=True, slots=True)
class OutsideView:
    """What was understood, and who knows it outside."""

    understood: Sequence[UnderstoodView]
    items: Sequence[OutsiderView]


def get_map(
    session: ReadSession, *, viewer_id: UUID, slug: str, limit: int, cursor: str | None
) -> MapView:
    """What the viewer's organisation knows, what most know first.

    Raises OrganisationNotFound for everybody else.
    """
    found = _require_inside(session, viewer_id, slug)
    page: Page[SharedSkillView] = _SKILLS.page(session, slug=slug, limit=limit, cursor=cursor)
    return MapView(found.people_count or None, found.counted_at, page.items, page.next_cursor)


def get_outside(
    session: ReadSession, *, viewer_id: UUID, slug: str, words: str, limit: int
) -> OutsideView:
    """Who knows what these words name, is not of the organisation, and is known to its people.

    Whom one of those counted in its map follows, or invited. Raises OrganisationNotFound.
    """
    _require_inside(session, viewer_id, slug)
    meant = list_meant(session, words)
    skills, understood = [skill for skill, _ in meant], [view for _, view in meant]
    insiders = [row.id for row in _INSIDERS.rows(session, slug=slug)]
    if not insiders or not skills:
        return OutsideView(understood, [])
    given = {"skill_ids": [skill.id for skill in skills], "insider_ids": insiders, "slug": slug}
    known = {row.member_id for row in _KNOWN.rows(session, **given, depth=DEPTH)}
    shares = {skill.id: experts.find_related(session, skill) for skill in skills}
    totals = Ranking(session, viewer_id, clock.now()).among(shares, known)
    best = sorted(totals, key=lambda one: (-totals[one], one))[:limit]
    shown = experts.list_shown(session, best, shares=shares, near={})
    counts = _FOLLOWERS.rows(session, member_ids=best, insider_ids=insiders) if best else ()
    followers = {row.followed_id: crowds.shown(row.follower_count) for row in counts}
    items = [OutsiderView(one, followers.get(one.member.id) or None) for one in shown]
    return OutsideView(understood, items)


def _require_inside(session: ReadSession, viewer_id: UUID, slug: str) -> Any:
    found = _INSIDE.first(session, member_id=viewer_id, slug=slug)
    if found is None:
        raise OrganisationNotFound
    return found


def _inside() -> AnySelect:
    """The map, if the viewer is of the organisation; a row of nothing before its first night."""
    columns = select(OrganisationMap.people_count, OrganisationMap.counted_at)
    is_same = OrganisationMap.slug == MemberRef.organisation
    return (
        columns.select_from(MemberRef)
        .outerjoin(OrganisationMap, is_same)
        .where(MemberRef.id == bindparam("member_id", type_=Uuid))
        .where(MemberRef.organisation == _SLUG, MemberRef.state == members.ACTIVE)
    )


def _shared(cut: Cut) -> AnySelect:
    counts = select(
        OrganisationSkill.people_count, OrganisationSkill.skill_id, OrganisationSkill.level_counts
    )
    counts = counts.add_columns(*SKILL).join(Skill, Skill.id == OrganisationSkill.skill_id)
    counts = counts.where(OrganisationSkill.slug == _SLUG)
    return cut(counts, OrganisationSkill.people_count, OrganisationSkill.skill_id)


def _insiders() -> AnySelect:
    """Those whom the map counts and who are still there, where it is of enough to be shown."""
    counted = func.unnest(OrganisationMap.member_ids).table_valued("id")
    counted = counted.render_derived(name="counted")
    return (
        select(MemberRef.id)
        .select_from(OrganisationMap)
        .join(counted, true())
        .join(MemberRef, MemberRef.id == counted.c.id)
        .where(OrganisationMap.slug == _SLUG, OrganisationMap.people_count > 0)
        .where(MemberRef.organisation == _SLUG, MemberRef.state == members.ACTIVE)
    )


def _known() -> AnySelect:
    """Of each skill those with the most evidence whom one of these follows or invited."""
    wanted = func.unnest(bindparam("skill_ids", type_=ARRAY(Integer))).table_valued("skill_id")
    wanted = wanted.render_derived(name="wanted")
    outsider = aliased(MemberRef)
    is_followed = exists().where(
        FollowRef.followed_id == Attribution.member_id,
        FollowRef.is_following,
        FollowRef.follower_id == any_(_INSIDER_IDS),
    )
    strongest = (
        select(Attribution.member_id, Attribution.evidence)
        .join(outsider, outsider.id == Attribution.member_id)
        .where(Attribution.skill_id == wanted.c.skill_id, Attribution.evidence > 0)
        .where(outsider.organisation.is_distinct_from(_SLUG))
        .where(is_followed | (outsider.sponsor_id == any_(_INSIDER_IDS)))
        .order_by(Attribution.evidence.desc(), Attribution.member_id.desc())
        .limit(bindparam("depth", type_=Integer))
        .lateral("strongest")
    )
    return select(strongest.c.member_id).select_from(wanted).join(strongest, true())


_SLUG = bindparam("slug", type_=String)
_INSIDER_IDS = bindparam("insider_ids", type_=ARRAY(Uuid))
_INSIDE = Statement(_inside())
_SKILLS = ListRead(_shared, SharedSkillView.of, key={"people_count": int, "skill_id": int})
_INSIDERS = Statement(_insiders())
_KNOWN = Statement(_known(), is_planned_anew=True)
_FOLLOWERS = Statement(
    select(FollowRef.followed_id, func.count().label("follower_count"))
    .where(FollowRef.followed_id == any_(bindparam("member_ids", type_=ARRAY(Uuid))))
    .where(FollowRef.is_following, FollowRef.follower_id == any_(_INSIDER_IDS))
    .group_by(FollowRef.followed_id)
)
