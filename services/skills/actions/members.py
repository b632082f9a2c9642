"""Keeping skills' replica of the members, and whose change of state weighs on the evidence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, case, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis import actors
from contracts.identity import MemberTold
from services.skills.models import MemberRef


@dataclass(frozen=True)
class Turned:
    """Whose likes begin or cease to count, and who holds attributions no more."""

    likers: set[UUID]
    authors: set[UUID]


def lock_members(session: Session, *, told: Collection[UUID], named: Collection[UUID]) -> None:
    """Let nobody's state change, or be read to weigh a like or post of theirs, meanwhile.

    Exclusive for those `told` of, shared for those `named` by likes and posts. Without
    it a like could be stored by one transaction, which sees its liker active still, while
    another suspends the liker and does not see the like yet: nobody would discount it.
    Advisory, because a member who is named need not have a row.
    """
    # A UUIDv7 ends in 62 random bits: two members have the same key by a miracle, and then wait.
    keys = {_key(one): False for one in named} | {_key(one): True for one in told}
    ordered = sorted(keys)
    wanted = func.unnest(
        cast(ordered, ARRAY(BigInteger)), cast([keys[key] for key in ordered], ARRAY(Boolean))
    ).table_valued("key", "is_exclusive")
    wanted = wanted.render_derived()
    key = wanted.c.key
    exclusive, shared = func.pg_advisory_xact_lock(key), func.pg_advisory_xact_lock_shared(key)
    session.execute(select(case((wanted.c.is_exclusive, exclusive), else_=shared)))


def _key(member_id: UUID) -> int:
    return int.from_bytes(member_id.bytes[8:], signed=True)


def record_members(session: Session, events: Sequence[MemberTold]) -> Turned:
    """Keep what identity tells, the highest revision of each member; says whose state turned.

    The caller holds their locks.
    """
    if not events:
        return Turned(set(), set())
    ids = {event.member_id for event in events}
    before = _states(session, ids)
    actors.record(session, MemberRef, events)
    after = _states(session, ids)
    return Turned(
        likers=_turned(before, after, actors.SUSPENDED), authors=_turned(before, after, actors.LEFT)
    )


def _states(session: Session, member_ids: Collection[UUID]) -> dict[UUID, str]:
    statement = select(MemberRef.id, MemberRef.state).where(MemberRef.id.in_(member_ids))
    return {row.id: row.state for row in session.execute(statement)}


def _turned(before: Mapping[UUID, str], after: Mapping[UUID, str], state: str) -> set[UUID]:
    """Who came into a state or out of it; who was not known was in none."""
    return {one for one in after if (before.get(one) == state) != (after[one] == state)}
