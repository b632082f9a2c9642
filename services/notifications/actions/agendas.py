"""When each member is looked at next: set by what is told, claimed by who plans mails and pushes.

Who plans claims members with a lease, and sets the next look only where nothing was told meanwhile;
so nobody waits for a lock, and what is told in the middle is looked at in its turn.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Uuid,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.statements import Statement
from services.notifications import planning
from services.notifications.models import Address, Agenda, PushSubscription

# Longer than the time until what is told now is looked at: so a look that is asked for while
# somebody plans is always earlier than the lease, and is seen.
LEASE = planning.WAIT + timedelta(minutes=5)
PIECE, NO_TIME = 50, timedelta(0)


def request_looks(session: Session, member_ids: Collection[UUID], *, now: datetime) -> None:
    """Look at members: at once at who has a device, and at who can be mailed after a while."""
    if member_ids:
        ids = sorted(set(member_ids))
        _EXPECTED.rows(session, member_ids=ids, look_at=now + planning.WAIT, push_at=now)


def request_look(session: Session, *, member_id: UUID, wait: timedelta = NO_TIME) -> None:
    """Look at somebody at the next run: they chose otherwise, or can be told now; or in a while."""
    at = clock.now() + wait
    _EXPECTED.rows(session, member_ids=[member_id], look_at=at, push_at=at)


def claim(session: Session) -> tuple[Sequence[UUID], datetime]:
    """Some of those whose mails are due, for this caller alone until the lease ends."""
    return _claim(session, Agenda.look_at)


def claim_pushes(session: Session) -> tuple[Sequence[UUID], datetime]:
    """The same of pushes."""
    return _claim(session, Agenda.push_at)


def set_look(
    session: Session, *, member_id: UUID, lease: datetime, look_at: datetime | None
) -> None:
    """Set the next look, unless an earlier one was asked for since the claim."""
    is_claimed = Agenda.look_at == lease
    values = {
        "look_at": case((is_claimed, literal(look_at, TIME)), else_=Agenda.look_at),
        "looked_at": clock.now(),
    }
    session.execute(update(Agenda).where(Agenda.member_id == member_id).values(values))


def forget_look(session: Session, *, member_id: UUID) -> None:
    """Let the digest that was decided last be decided anew."""
    session.execute(update(Agenda).where(Agenda.member_id == member_id).values(looked_at=None))


def set_push_look(
    session: Session, *, member_id: UUID, lease: datetime, push_at: datetime | None
) -> None:
    """The same of pushes."""
    _PUSH_LOOK.rows(session, member_id=member_id, lease=lease, push_at=push_at)


def _claim(session: Session, column: Any) -> tuple[Sequence[UUID], datetime]:
    now = clock.now()
    due = (
        select(Agenda.member_id)
        .where(column <= now)
        .order_by(column)
        .limit(PIECE)
        .with_for_update(skip_locked=True)
    )
    lease = now + LEASE
    claimed = update(Agenda).where(Agenda.member_id.in_(due)).values({column: lease})
    return session.scalars(claimed.returning(Agenda.member_id)).all(), lease


def _expected() -> Statement:
    ids = func.unnest(cast(bindparam("member_ids"), ARRAY(Uuid))).table_valued("member_id")
    ids = ids.render_derived(name="told")
    mailed = exists().where(Address.member_id == ids.c.member_id, Address.is_confirmed)
    pushed = exists().where(PushSubscription.member_id == ids.c.member_id)
    look_at, push_at = (bindparam(name, type_=TIME) for name in ("look_at", "push_at"))
    reached = (
        select(
            ids.c.member_id,
            case((mailed, look_at)).label("look_at"),
            case((pushed, push_at)).label("push_at"),
        )
        .where(mailed | pushed)
        .order_by(literal_column("1"))
    )
    new = insert(Agenda).from_select(["member_id", "look_at", "push_at"], reached)
    earlier = {
        column.name: func.least(column, new.excluded[column.name])  # which passes over nulls
        for column in (Agenda.__table__.c.look_at, Agenda.__table__.c.push_at)
    }
    return Statement(
        new.on_conflict_do_update(
            index_elements=["member_id"],
            set_=earlier,
            where=or_(*(Agenda.__table__.c[n].is_distinct_from(at) for n, at in earlier.items())),
        )
    )


TIME = DateTime(timezone=True)
_EXPECTED = _expected()
_PUSH_LOOK = Statement(
    update(Agenda)
    .where(
        Agenda.member_id == bindparam("member_id", type_=Uuid),
        Agenda.push_at == bindparam("lease", type_=TIME),
    )
    .values(push_at=bindparam("push_at", type_=TIME))
)
