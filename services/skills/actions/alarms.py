"""The night raises alarms of groups that like themselves; a moderator answers them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, any_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.pages import AnySelect
from chassis.statements import Statement
from services.skills import rings
from services.skills.access import require_moderator
from services.skills.actions.discounts import discount_group
from services.skills.errors import AlarmAnswered, AlarmNotFound
from services.skills.models import (
    Attribution,
    Contribution,
    LikeRef,
    Night,
    Skill,
    SkillAlarm,
    Standing,
)
from services.skills.standings import counts

SKILLS = 50  # looked through in one transaction


def raise_alarms(session: Session, *, night: Night) -> bool:
    """Look through some skills for groups that like themselves; whether more wait.

    Once trust has begun. A group that was answered is raised again only if it has grown.
    """
    if night.trust_began_at is None:
        return False
    held = [row.skill_id for row in _HELD.rows(session, after=night.after_skill_id or 0)]
    for skill_id, likes in _likes_by_skill(session, held):
        for ring in _rings_of(likes):
            _raise(session, skill_id, ring)
    if held:
        night.after_skill_id = held[-1]
    return len(held) == SKILLS


def answer_alarm(
    session: Session, *, actor: Claims, alarm_id: UUID, outcome: str, reason: str
) -> None:
    """Discount the group, or dismiss the alarm, once.

    Raises what `require_moderator` raises, AlarmNotFound, for a group of one's own too, or
    AlarmAnswered.
    """
    require_moderator(session, actor)
    alarm = session.scalar(select(SkillAlarm).where(SkillAlarm.id == alarm_id).with_for_update())
    if alarm is None or actor.id in alarm.member_ids:
        raise AlarmNotFound
    if alarm.answered_at is not None:
        raise AlarmAnswered
    alarm.outcome, alarm.reason = outcome, reason
    alarm.answered_by_id, alarm.answered_at = actor.id, clock.now()
    if outcome == "discounted":
        skill, group = session.get_one(Skill, alarm.skill_id), alarm.member_ids
        alarm.discount_id = discount_group(
            session, actor=actor, skill=skill, group=group, reason=reason
        )


def _likes_by_skill(
    session: Session, skill_ids: Sequence[int]
) -> Iterator[tuple[int, Sequence[Any]]]:
    rows = _LIKES.rows(session, skill_ids=skill_ids)
    for skill_id, likes in groupby(rows, key=attrgetter("skill_id")):
        yield skill_id, list(likes)


def _rings_of(rows: Sequence[Any]) -> Sequence[rings.Ring]:
    likes = {(row.liker_id, row.author_id): row.like_count for row in rows}
    totals: dict[UUID, int] = defaultdict(int)
    for row in rows:
        totals[row.author_id] = row.evidence_count
    return rings.find_rings(likes, totals)


def _raise(session: Session, skill_id: int, ring: rings.Ring) -> None:
    """A new alarm, or what an open one that shares members with it says by now."""
    group = sorted(ring.members)
    here = select(SkillAlarm).where(SkillAlarm.skill_id == skill_id)
    answered = here.where(
        SkillAlarm.answered_at.is_not(None), SkillAlarm.member_ids.contains(group)
    )
    if session.scalar(answered.limit(1)) is not None:
        return
    is_open = SkillAlarm.answered_at.is_(None), SkillAlarm.member_ids.overlap(group)
    alarm = session.scalar(here.where(*is_open).order_by(SkillAlarm.raised_at).limit(1))
    if alarm is None:
        alarm = SkillAlarm(id=new_id(), skill_id=skill_id, raised_at=clock.now())
        session.add(alarm)
    alarm.member_ids, alarm.seen_at = group, clock.now()
    alarm.own_count, alarm.like_count = ring.own_count, ring.like_count
    session.flush()


def _held() -> AnySelect:
    """The next skills that anybody holds."""
    held = select(Attribution.skill_id).where(
        Attribution.skill_id > bindparam("after", type_=Integer), Attribution.strength > 0
    )
    ordered = held.distinct().order_by(Attribution.skill_id)
    return ordered.limit(literal_column(str(SKILLS)))


def _likes() -> AnySelect:
    """Who of the little trusted likes whose posts in some skills, among those with enough likers.

    Read for many skills at once: for each alone all standings would be looked through again.
    """
    few: ColumnElement[int] = literal_column(str(rings.MOST_STANDING))
    suspects = (
        select(Attribution.skill_id, Attribution.member_id, Attribution.evidence_count)
        .join(Standing, Standing.member_id == Attribution.member_id)
        .where(Attribution.skill_id == any_(_SKILL_IDS), Standing.thousandths < few)
        .where(Attribution.liker_count >= literal_column(str(rings.LEAST_LIKERS)))
        .cte("suspects")
    )
    liker, author = aliased(suspects), aliased(suspects)
    found = author.c.skill_id, LikeRef.liker_id, author.c.member_id, author.c.evidence_count
    return (
        select(
            author.c.skill_id,
            LikeRef.liker_id,
            author.c.member_id.label("author_id"),
            author.c.evidence_count,
            func.count().label("like_count"),
        )
        .select_from(author)
        .join(
            Contribution,
            and_(
                Contribution.member_id == author.c.member_id,
                Contribution.skill_id == author.c.skill_id,
            ),
        )
        .join(LikeRef, LikeRef.post_id == Contribution.post_id)
        .join(
            liker,
            and_(liker.c.member_id == LikeRef.liker_id, liker.c.skill_id == author.c.skill_id),
        )
        .where(LikeRef.voice_id.is_not(None), counts(LikeRef.liked_at))
        .group_by(*found)
        .order_by(author.c.skill_id)
    )


_SKILL_IDS = bindparam("skill_ids", type_=ARRAY(Integer))
_HELD = Statement(_held())
_LIKES = Statement(_likes())
