"""Events that could not be applied: stored, retried with growing delays, then dead.

One table per service holds what failed in a handler, what was undecodable and what
the broker gave up; the command line lists, shows, retries and drops it.
"""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.tables import FAILED_EVENTS

RETRY_DELAYS: tuple[float, ...] = (5, 30, 5 * 60, 30 * 60)  # seconds, then the event is dead
State = Literal["waiting", "dead"]
ERROR_LENGTH = 8_000


class FailedEventNotFound(NotFound):
    code = "failed_event_not_found"
    detail = "No failed event has this id."


@dataclass(frozen=True)
class FailedEvent:
    """One stored failure; `attempts` counts the retries begun."""

    id: UUID
    event_id: UUID | None
    type: str | None
    body: bytes
    error: str
    state: State
    attempts: int
    next_try_at: datetime | None
    first_failed_at: datetime
    last_failed_at: datetime


def explain(error: BaseException) -> str:
    """The error and where it came from, short enough to store."""
    return "".join(traceback.format_exception(error))[-ERROR_LENGTH:]


def _storable(text: str) -> str:
    """The text without what PostgreSQL cannot store: NUL and lone surrogates."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()


def store(
    session: Session,
    *,
    body: bytes,
    error: str,
    event_id: UUID | None = None,
    event_type: str | None = None,
    retry_in: float | None,
) -> None:
    """Keep a failed event; `retry_in` seconds from now, or None for dead at once.

    One that is kept already, and came again before it was acknowledged, stays as it is.
    """
    kept = select(FAILED_EVENTS.c.id).where(FAILED_EVENTS.c.event_id == event_id)
    if event_id is not None and session.execute(kept).first():
        return
    waits = retry_in is not None
    session.execute(
        insert(FAILED_EVENTS).values(
            id=new_id(),
            event_id=event_id,
            type=event_type and _storable(event_type),
            body=body,
            error=_storable(error),
            state="waiting" if waits else "dead",
            next_try_at=func.now() + timedelta(seconds=retry_in or 0) if waits else None,
        )
    )


def claim_due(session: Session, delays: Sequence[float]) -> FailedEvent | None:
    """Take the next event that is due and count the attempt before it is made.

    The caller commits before it tries, so an event that kills the process has
    spent its attempt. The last attempt is claimed as dead; success deletes the row.
    """
    table = FAILED_EVENTS
    due = (
        select(table)
        .where(table.c.state == "waiting", table.c.next_try_at <= func.now())
        .order_by(table.c.next_try_at, table.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.execute(due).mappings().first()
    if row is None:
        return None
    attempt = row["attempts"] + 1
    is_last = attempt >= len(delays)
    session.execute(
        update(table)
        .where(table.c.id == row["id"])
        .values(
            attempts=attempt,
            state="dead" if is_last else "waiting",
            next_try_at=None if is_last else func.now() + timedelta(seconds=delays[attempt]),
        )
    )
    return FailedEvent(**{**row, "attempts": attempt})


def record_retry_failure(session: Session, failed_id: UUID, error: str) -> None:
    """Keep why the attempt failed; when it is tried next was settled by the claim."""
    session.execute(
        update(FAILED_EVENTS)
        .where(FAILED_EVENTS.c.id == failed_id)
        .values(error=_storable(error), last_failed_at=func.now())
    )


def settle(session: Session, failed_id: UUID) -> None:
    """Delete a stored failure that was applied at last, if applying it did not do so."""
    session.execute(delete(FAILED_EVENTS).where(FAILED_EVENTS.c.id == failed_id))


def drop(session: Session, failed_id: UUID) -> None:
    """Delete a stored failure that the operator gives up; raises FailedEventNotFound."""
    gone = session.execute(
        delete(FAILED_EVENTS).where(FAILED_EVENTS.c.id == failed_id).returning(FAILED_EVENTS.c.id)
    )
    if gone.first() is None:
        raise FailedEventNotFound


def retry(session: Session, failed_id: UUID | None = None) -> int:
    """Let one dead event, or all of them, be tried again from the start; returns how many."""
    statement = update(FAILED_EVENTS).values(state="waiting", attempts=0, next_try_at=func.now())
    if failed_id is None:
        statement = statement.where(FAILED_EVENTS.c.state == "dead")
    else:
        statement = statement.where(FAILED_EVENTS.c.id == failed_id)
    count = len(session.execute(statement.returning(FAILED_EVENTS.c.id)).all())
    if failed_id is not None and not count:
        raise FailedEventNotFound
    return count


def list_failed(session: Session, *, limit: int = 100) -> list[FailedEvent]:
    """Stored failures, the oldest first."""
    rows = session.execute(
        select(FAILED_EVENTS).order_by(FAILED_EVENTS.c.first_failed_at).limit(limit)
    )
    return [FailedEvent(**row) for row in rows.mappings()]


def get_failed(session: Session, failed_id: UUID) -> FailedEvent:
    """One stored failure; raises FailedEventNotFound."""
    row = session.execute(select(FAILED_EVENTS).where(FAILED_EVENTS.c.id == failed_id))
    found = row.mappings().first()
    if found is None:
        raise FailedEventNotFound
    return FailedEvent(**found)


def count_by_state(session: Session) -> dict[str, int]:
    """How many wait and how many are dead."""
    table = FAILED_EVENTS
    rows: Any = session.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {"waiting": 0, "dead": 0, **dict(tuple(row) for row in rows)}
