"""The people who act, as each service keeps them: a replica of what identity tells.

A service's `member_refs` has these columns. Someone who acts before the event about
them has arrived is inserted from the token's claims at revision 0.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Uuid, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from chassis import clock, erasure
from chassis.auth import SessionOver
from chassis.chores import Chore
from chassis.claims import Claims
from chassis.database import Database
from chassis.errors import Forbidden, NotFound
from chassis.replicas import upsert_newer
from chassis.statements import ReadSession, Statement
from chassis.tables import CLOSED_SESSIONS
from contracts.identity import MemberEvent, SessionClosed

ACTIVE, SUSPENDED, LEFT = "active", "suspended", "left"
# Twice as long as an access token is good.
CLOSED_KEPT = timedelta(minutes=20)


class MemberSuspended(Forbidden):
    code = "member_suspended"
    detail = "Your account is suspended: you can read, but not write."


class MemberNotFound(NotFound):
    code = "member_not_found"
    detail = "There is no such member."


class MemberRefColumns:
    """Columns of a service's replica; `revision` 0 stands for what only a token told."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint, ...]:  # noqa: N805
        """One for each table: a constraint that two tables share has the name of one."""
        return (CheckConstraint("state IN ('active', 'suspended', 'left')", name="state_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    headline: Mapped[str]
    portrait_url: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=ACTIVE)
    revision: Mapped[int] = mapped_column(server_default="0")


def require_active(session: Session, model: Any, claims: Claims) -> None:
    """Make sure the actor is known and may write; raises MemberSuspended or SessionOver.

    Every writing action begins with this. A token lives up to ten minutes longer than
    the right to write; what was heard of its member and its session decides. The lock lets
    nobody be suspended or leave in the middle: what they write is there before, and is found
    by what follows.
    """
    values = {"id": claims.id, "session_id": claims.session_id}
    actor = _lock_actor(model).first(session, **values)
    if actor is None:
        row = insert(model).values(
            id=claims.id, name=claims.name, headline=claims.headline, state=ACTIVE, revision=0
        )
        session.execute(row.on_conflict_do_nothing(index_elements=["id"]))
        actor = _lock_actor(model).first(session, **values)
    if actor.state != ACTIVE:
        raise MemberSuspended
    if actor.is_over:
        raise SessionOver


def require_active_beside(session: Session, model: Any, claims: Claims, member_id: UUID) -> bool:
    """The same, while another member is held, so that neither leaves in the middle.

    In the order of ids, as the replica is written, so that nobody waits crosswise. Returns
    whether the other is known and has not left. Raises what `require_active` raises.
    """
    named = {"id": member_id}
    other = _hold(model).first(session, **named) if member_id < claims.id else None
    require_active(session, model, claims)
    if member_id >= claims.id:
        other = _hold(model).first(session, **named)
    return other is not None and other.state != LEFT


@cache
def _hold(model: Any) -> Statement:
    named = model.id == bindparam("id", type_=model.id.type)
    return Statement(select(model.state).where(named).with_for_update(read=True))


@cache
def _lock_actor(model: Any) -> Statement:
    named = model.id == bindparam("id", type_=model.id.type)
    over = exists().where(CLOSED_SESSIONS.c.session_id == bindparam("session_id", type_=Uuid))
    actor = select(model.state, over.label("is_over")).where(named)
    return Statement(actor.with_for_update(read=True, of=model))


def keep_closed_sessions(session: Session, events: Sequence[SessionClosed]) -> None:
    """Keep which sessions are over, until their access tokens are."""
    rows = [{"session_id": one.session_id, "closed_at": one.closed_at} for one in events]
    if rows:
        session.execute(insert(CLOSED_SESSIONS).values(rows).on_conflict_do_nothing())


def _forget_closed_sessions(database: Database, _: Any) -> bool:
    before = clock.now() - CLOSED_KEPT
    with database.transaction() as session:
        session.execute(delete(CLOSED_SESSIONS).where(CLOSED_SESSIONS.c.closed_at < before))
    return False


forget_closed_sessions = Chore("closed sessions", every=600.0, run=_forget_closed_sessions)


def keep_members(
    session: Session,
    model: Any,
    events: Sequence[MemberEvent],
    *,
    also: Sequence[str] = (),
    made: Mapping[str, Callable[[MemberEvent], Any]] = MappingProxyType({}),
) -> None:
    """Keep what is told of people, the highest revision of each; erases what named a leaver.

    `also` names what the model keeps of the events beside the columns of all replicas, `made`
    what it makes of them.

    Somebody who left is told without name and comes last: no other event has a higher
    revision.
    """
    rows = [
        {
            "id": event.member_id,
            "name": event.name,
            "headline": event.headline,
            "portrait_url": event.portrait_url,
            "state": event.state,
            "revision": event.revision,
            **{name: getattr(event, name) for name in also},
            **{name: make(event) for name, make in made.items()},
        }
        for event in events
    ]
    upsert_newer(session, model, rows)
    for event in events:
        if event.state == LEFT:
            erasure.forget(session, actor_id=event.member_id)


def erase_late(model: Any) -> Chore:
    """The chore that erases what fails about a member only after they left."""
    return erasure.late_failures(model.id, where=model.state == LEFT)


def require_known(session: ReadSession, model: Any, member_id: UUID) -> None:
    """Raises MemberNotFound for somebody who is not known here or has left."""
    if _find_known(model).first(session, id=member_id) is None:
        raise MemberNotFound


@cache
def _find_known(model: Any) -> Statement:
    named = model.id == bindparam("id", type_=model.id.type)
    return Statement(select(model.id).where(named, model.state != LEFT))
