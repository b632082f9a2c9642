"""Counting who holds a skill and since when, for its page, which cannot count thousands."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    DateTime,
    Float,
    Integer,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.pages import AnySelect
from chassis.statements import Statement
from services.skills import rules
from services.skills.models import Attribution, Fortnight, MemberRef, Skill, SkillGrowth

SKILLS = 20  # in one transaction
MONTHS = 12
COUNTED_FOR = timedelta(hours=1)


def count_holders(session: Session) -> bool:
    """Count the holders of some skills that were not counted within the hour; whether more wait.

    Of members who hold the skill today and do not hide it. Each is new in the month in which the
    fortnight of their first liked answer or share began.
    """
    now = clock.now()
    due = [row.id for row in _DUE.rows(session, before=now - COUNTED_FOR, limit=SKILLS)]
    if not due:
        return False
    since: dict[int, Counter[int]] = defaultdict(Counter)
    for row in _SINCE.rows(session, skill_ids=due, least=rules.least_strength(now)):
        since[row.skill_id][_months_ago(row.number, now)] += row.holder_count
    rows = [
        {
            "skill_id": skill_id,
            "holder_count": since[skill_id].total(),
            "new_counts": [since[skill_id][month] for month in range(MONTHS)],
            "counted_at": now,
        }
        for skill_id in due
    ]
    new = insert(SkillGrowth).values(rows)
    changed = {name: new.excluded[name] for name in rows[0] if name != "skill_id"}
    session.execute(new.on_conflict_do_update(index_elements=["skill_id"], set_=changed))
    return len(due) == SKILLS


def _months_ago(number: int, now: datetime) -> int:
    began = rules.EPOCH + number * rules.FORTNIGHT
    return (now.year - began.year) * 12 + now.month - began.month


def _due() -> AnySelect:
    is_held = exists().where(Attribution.skill_id == Skill.id, Attribution.strength > 0)
    before = bindparam("before", type_=DateTime(timezone=True))
    due = select(Skill.id).outerjoin(SkillGrowth, SkillGrowth.skill_id == Skill.id)
    due = due.where((SkillGrowth.counted_at < before) | SkillGrowth.skill_id.is_(None) & is_held)
    return due.order_by(Skill.id).limit(bindparam("limit", type_=Integer))


def _since() -> Any:
    """By skill and fortnight, how many holders were first liked for what they wrote in it."""
    first = (
        select(Fortnight.number)
        .where(Fortnight.member_id == Attribution.member_id)
        .where(Fortnight.skill_id == Attribution.skill_id)
        .where(Fortnight.backed + Fortnight.shared > 0)
        .order_by(Fortnight.number)
        .limit(literal_column("1"))
        .lateral("first")
    )
    return (
        select(Attribution.skill_id, first.c.number, func.count().label("holder_count"))
        .join(MemberRef, MemberRef.id == Attribution.member_id)
        .join(first, true())
        .where(Attribution.skill_id == any_(bindparam("skill_ids", type_=ARRAY(Integer))))
        .where(Attribution.strength >= bindparam("least", type_=Float), ~Attribution.is_hidden)
        .where(MemberRef.state == members.ACTIVE)
        .group_by(Attribution.skill_id, first.c.number)
    )


_DUE = Statement(_due())
_SINCE = Statement(_since())
