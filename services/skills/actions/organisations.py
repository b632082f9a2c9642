"""Counting the skills in organisations, once a night, for maps that name nobody (`crowds`)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Float,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.pages import AnySelect
from chassis.statements import Statement
from services.skills import crowds, rules
from services.skills.actions.nights import HOUR
from services.skills.models import (
    Attribution,
    MemberRef,
    OrganisationMap,
    OrganisationSkill,
    Skill,
)
from services.skills.standings import by_row, standing_of


def count_organisation(session: Session) -> bool:
    """Count one organisation that was not counted this night; whether others may wait.

    Of members who agreed, are active and do not hide the skill, those whom the map has settled
    on: who came or went since then is held back until enough did.
    """
    now = clock.now()
    due = _DUE.first(session, night=_night_of(now))
    if due is None:
        return False
    row = insert(OrganisationMap).values(
        slug=due.slug, member_ids=[], people_count=0, settled_at=now, counted_at=now
    )
    session.execute(row.on_conflict_do_nothing())
    known = session.scalar(
        select(OrganisationMap).where(OrganisationMap.slug == due.slug).with_for_update()
    )
    assert known is not None
    present = [one.id for one in _PRESENT.rows(session, slug=due.slug)]
    if crowds.is_settled_anew(known.member_ids, present, settled_at=known.settled_at, now=now):
        known.member_ids, known.settled_at = present, now
    _count(session, known)
    known.counted_at = now
    return True


def _night_of(moment: datetime) -> datetime:
    """When the last night before a moment began."""
    return datetime.combine((moment - HOUR).date(), time.min, UTC) + HOUR


def _count(session: Session, known: OrganisationMap) -> None:
    """Put what may be shown in the place of what was shown before."""
    counted = _active(session, known.member_ids)
    known.people_count = crowds.shown(len(counted))
    found = [(counts[0], skill_id, counts) for skill_id, counts in _levels_of(session, counted)]
    first = sorted(found, key=lambda one: (-one[0], one[1]))[: crowds.MOST_SKILLS]
    rows = [
        {"slug": known.slug, "skill_id": skill_id, "people_count": people, "level_counts": counts}
        for people, skill_id, counts in first
        if people
    ]
    session.execute(delete(OrganisationSkill).where(OrganisationSkill.slug == known.slug))
    if rows:
        session.execute(insert(OrganisationSkill).values(rows))


def _active(session: Session, member_ids: Sequence[UUID]) -> list[UUID]:
    return [one.id for one in _ACTIVE.rows(session, member_ids=list(member_ids))]


def _levels_of(session: Session, member_ids: Sequence[UUID]) -> Iterator[tuple[int, list[int]]]:
    """By skill, how many of these stand at each level or a higher one, as shown."""
    now = clock.now()
    levels: dict[int, list[int]] = defaultdict(list)
    least = rules.least_strength(now)
    for row in _HELD.rows(session, member_ids=list(member_ids), least=least):
        held = rules.Held(int(row.voices), row.all_voices, row.fortnight_count)
        level = rules.level_of(rules.worth_at(row, now), held=held, standing=by_row(row))
        if level:
            levels[row.skill_id].append(level)
    highest = len(rules.LEVELS)
    for skill_id, found in levels.items():
        yield skill_id, crowds.at_least(found, highest)


def _due() -> AnySelect:
    """Organisations that members name, or that have a map, and were not counted this night."""
    night = bindparam("night", type_=DateTime(timezone=True))
    named = select(MemberRef.organisation.label("slug")).where(MemberRef.organisation.is_not(None))
    all_ = named.union(select(OrganisationMap.slug)).subquery("every")
    due = select(all_.c.slug).outerjoin(OrganisationMap, OrganisationMap.slug == all_.c.slug)
    never = OrganisationMap.slug.is_(None)
    due = due.where(never | (OrganisationMap.counted_at < night))
    return due.order_by(all_.c.slug).limit(literal_column("1"))


def _held() -> AnySelect:
    """What these members hold, with what its level is made of."""
    given = func.unnest(bindparam("member_ids", type_=ARRAY(Uuid))).table_valued("id")
    given = given.render_derived(name="given")
    return (
        select(
            Attribution.skill_id,
            Attribution.strength,
            Attribution.by_answers,
            Attribution.by_branch,
            Attribution.voices,
            Attribution.all_voices,
            Attribution.fortnight_count,
            *standing_of(Attribution.member_id),
        )
        .select_from(given)
        .join(Attribution, Attribution.member_id == given.c.id)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.strength >= bindparam("least", type_=Float), ~Attribution.is_hidden)
        .where(Skill.root_id.is_(None), ~Skill.is_retired)
    )


_DUE = Statement(_due())
_HELD = Statement(_held())
_is_active = MemberRef.state == members.ACTIVE
_PRESENT = Statement(
    select(MemberRef.id).where(MemberRef.organisation == bindparam("slug"), _is_active)
)
_ACTIVE = Statement(
    select(MemberRef.id).where(
        MemberRef.id == any_(bindparam("member_ids", type_=ARRAY(Uuid))), _is_active
    )
)
