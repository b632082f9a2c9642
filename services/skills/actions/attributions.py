"""Member × skill: the sum of the evidence, announced when it reaches another level."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.messaging.outbox import record
from services.skills.events import announcement
from services.skills.models import Attribution, Evidence, MemberRef, Skill
from services.skills.rules import independent_voices, level_of, score_of

Key = tuple[UUID, int]
PAGE = 500  # attributions


def sum_up(session: Session, keys: Collection[Key]) -> None:
    """Add up the evidence of members and skills; records what reached another level.

    The sums are taken anew from the rows, under the lock of the attribution: nothing
    drifts, and two writers of one attribution see each other's evidence. A leaver holds
    nothing, whatever the evidence.
    """
    ordered = sorted(keys)
    for start in range(0, len(ordered), PAGE):
        _sum_up_page(session, ordered[start : start + PAGE])


def _sum_up_page(session: Session, keys: Sequence[Key]) -> None:
    held = _lock(session, keys)
    evidence = _evidence(session, keys)
    announced = []
    for attribution in held:
        key = (attribution.member_id, attribution.skill_id)
        _set_sums(attribution, evidence.get(key, []))
        level = level_of(score_of(attribution.strength, clock.now()), attribution.voices)
        if level != attribution.level:
            attribution.level = level
            attribution.revision += 1
            announced.append(attribution)
    session.flush()
    _announce(session, announced)


def _lock(session: Session, keys: Sequence[Key]) -> Sequence[Attribution]:
    rows = [{"member_id": member, "skill_id": skill} for member, skill in keys]
    session.execute(insert(Attribution).values(rows).on_conflict_do_nothing())
    key = tuple_(Attribution.member_id, Attribution.skill_id)
    statement = (
        select(Attribution)
        .where(key.in_(keys))
        .order_by(Attribution.member_id, Attribution.skill_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).all()


def _evidence(session: Session, keys: Sequence[Key]) -> dict[Key, list[Any]]:
    """Per attribution, each liker's strength, number of likes and latest one."""
    left = exists().where(MemberRef.id == Evidence.member_id, MemberRef.state == members.LEFT)
    statement = (
        select(
            Evidence.member_id,
            Evidence.skill_id,
            # A fixed order: the same evidence gives the same sum to the last bit.
            func.sum(aggregate_order_by(Evidence.strength, Evidence.post_id)).label("strength"),
            func.count().label("count"),
            func.max(Evidence.liked_at).label("latest"),
        )
        .where(tuple_(Evidence.member_id, Evidence.skill_id).in_(keys), ~left)
        .group_by(Evidence.member_id, Evidence.skill_id, Evidence.liker_id)
        .order_by(Evidence.member_id, Evidence.skill_id, Evidence.liker_id)
    )
    grouped = defaultdict(list)
    for row in session.execute(statement):
        grouped[row.member_id, row.skill_id].append(row)
    return grouped


def _set_sums(attribution: Attribution, likers: Sequence[Any]) -> None:
    strengths = [liker.strength for liker in likers]
    latest: Sequence[datetime] = [liker.latest for liker in likers]
    attribution.strength = sum(strengths)
    attribution.voices = independent_voices(strengths)
    attribution.liker_count = len(likers)
    attribution.evidence_count = sum(liker.count for liker in likers)
    attribution.last_evidence_at = max(latest, default=None)


def _announce(session: Session, attributions: Sequence[Attribution]) -> None:
    wanted = {attribution.skill_id for attribution in attributions}
    skills = {
        skill.id: skill for skill in session.scalars(select(Skill).where(Skill.id.in_(wanted)))
    }
    events = [announcement(row, skills[row.skill_id]) for row in attributions]
    record(session, *events)
