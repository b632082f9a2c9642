"""When each member is looked at next: set by what is told, claimed by who plans their mails.

Who plans claims members with a lease, and sets the next look only where nothing was told meanwhile;
so nobody waits for a lock, and what is told in the middle is looked at in its turn.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, bindparam, cast, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.statements import Statement
from services.notifications import planning
from services.notifications.models import Address, Agenda

# Longer than the time until what is told now is looked at: so a look that is asked for while
# somebody plans is always earlier than the lease, and is seen.
LEASE = planning.WAIT + timedelta(minutes=5)
PIECE = 50


def request_looks(session: Session, member_ids: Collection[UUID], *, now: datetime) -> None:
    """Look at members when what they are told now has waited; at those who can be mailed."""
    if member_ids:
        _EXPECTED.rows(session, member_ids=sorted(set(member_ids)), look_at=now + planning.WAIT)


def request_look(session: Session, *, member_id: UUID) -> None:
    """Look at somebody at the next run: they chose otherwise, or can be mailed now."""
    _EXPECTED.rows(session, member_ids=[member_id], look_at=clock.now())


def claim(session: Session) -> tuple[Sequence[UUID], datetime]:
    """Some of those who are due, for this caller alone until the lease ends."""
    now = clock.now()
    due = (
        select(Agenda.member_id)
        .where(Agenda.look_at <= now)
        .order_by(Agenda.look_at)
        .limit(PIECE)
        .with_for_update(skip_locked=True)
    )
    lease = now + LEASE
    claimed = update(Agenda).where(Agenda.member_id.in_(due)).values(look_at=lease)
    return session.scalars(claimed.returning(Agenda.member_id)).all(), lease


def set_look(
    session: Session, *, member_id: UUID, lease: datetime, look_at: datetime | None
) -> None:
    """Set the next look, unless an earlier one was asked for since the claim."""
    mine = (Agenda.member_id == member_id) & (Agenda.look_at == lease)
    session.execute(update(Agenda).where(mine).values(look_at=look_at))


def _expected() -> Statement:
    ids = func.unnest(cast(bindparam("member_ids"), ARRAY(Uuid))).table_valued("member_id")
    ids = ids.render_derived(name="told")
    look_at = bindparam("look_at", type_=DateTime(timezone=True))
    mailed = (
        select(ids.c.member_id, look_at)
        .join(Address, Address.member_id == ids.c.member_id)
        .where(Address.is_confirmed)
        .order_by(literal_column("1"))
    )
    new = insert(Agenda).from_select(["member_id", "look_at"], mailed)
    return Statement(
        new.on_conflict_do_update(
            index_elements=["member_id"],
            set_={"look_at": new.excluded.look_at},
            where=Agenda.look_at.is_(None) | (Agenda.look_at > new.excluded.look_at),
        )
    )


_EXPECTED = _expected()
