"""Events that could not be applied: stored, retried with growing delays, then dead.

One table per service holds what failed in a handler, what was undecodable and what
the broker gave up; the command line lists, shows, retries and drops it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.messaging.privacy import explain_error
from chassis.retries import Queue, State, first_try
from chassis.tables import FAILED_EVENTS

RETRY_DELAYS: tuple[float, ...] = (5, 30, 5 * 60, 30 * 60)  # seconds, then the event is dead
ERROR_LENGTH = 8_000


class FailedEventNotFound(NotFound):
    code = "failed_event_not_found"
    detail = "No failed event has this id."


QUEUE = Queue(FAILED_EVENTS, FailedEventNotFound)


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
    next_try_at: datetime | None  # None of a dead one that an earlier release stored
    first_failed_at: datetime
    last_failed_at: datetime


def explain(error: BaseException, event_type: str | None = None) -> str:
    """The error and where it came from, short enough to store, without what is private."""
    return explain_error(error, event_type)[-ERROR_LENGTH:]


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
    row = {
        **first_try(wait=timedelta(seconds=retry_in or 0)),
        "event_id": event_id,
        "type": event_type and _storable(event_type),
        "body": body,
        "error": _storable(error),
        "state": "dead" if retry_in is None else "waiting",
    }
    session.execute(insert(FAILED_EVENTS).values(row))


def claim_due(session: Session, delays: Sequence[float]) -> FailedEvent | None:
    """Take the next event that is due; `delays` in seconds, the first is before the first retry."""
    row = QUEUE.claim_due(session, [timedelta(seconds=delay) for delay in delays[1:]])
    return FailedEvent(**row) if row else None


def record_retry_failure(session: Session, failed_id: UUID, error: str) -> None:
    """Keep why the attempt failed; when it is tried next was settled by the claim."""
    QUEUE.fail(session, failed_id, error=_storable(error), last_failed_at=func.now())


def list_failed(session: Session, *, limit: int = 100) -> list[FailedEvent]:
    """Stored failures, the oldest first."""
    oldest = select(FAILED_EVENTS).order_by(FAILED_EVENTS.c.first_failed_at).limit(limit)
    return [FailedEvent(**row) for row in session.execute(oldest).mappings()]
