"""Recording events in the transaction that makes them true.

Actions call `record`; take the row lock of what the event describes first, so that
the order of outbox ids is the order of revisions.
"""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis.database import after_commit
from chassis.messaging.envelope import seal
from chassis.messaging.shards import shard_of
from chassis.replicas import insert_all
from chassis.statements import Statement
from chassis.tables import OUTBOX
from contracts import Event

CHANNEL = "outbox"
_WAKE = f"NOTIFY {CHANNEL}".encode()
# A NOTIFY takes a database-wide lock: at most one per 5 ms and process. The relay
# looks once more 6 ms after it found nothing, so a coalesced one is not missed.
COALESCE_SECONDS = 0.005

_COLUMNS = ("event_id", "type", "destination", "body", "shard")
_INSERT = Statement(insert_all(OUTBOX, _COLUMNS))

_last_wake: dict[int, float] = {}
_wake_lock = threading.Lock()


def record(session: Session, *events: Event) -> None:
    """Write events into the outbox of the transaction's own database."""
    record_for(session, events)


def record_for(
    session: Session,
    events: Iterable[Event],
    *,
    destination: str | None = None,
    replay: UUID | None = None,
) -> None:
    """Record events for one service alone (a republished past), or for all listeners."""
    rows = []
    for event in events:
        event_id, body = seal(event, replay=replay)
        rows.append(
            {
                "event_id": event_id,
                "type": event.type,
                "destination": destination,
                "body": body,
                "shard": shard_of(event.subject),
            }
        )
    if not rows:
        return
    _INSERT.rows(session, **{name: [row[name] for row in rows] for name in _COLUMNS})
    after_commit(session, wake_relay)


@dataclass(frozen=True)
class Waiting:
    """How many events wait, and for how long the oldest has; 0 where none does."""

    rows: int
    oldest_seconds: float


def measure(session: Session) -> Waiting:
    """What waits for the relay, or with it for a listener that is missing."""
    age = func.extract("epoch", func.now() - func.min(OUTBOX.c.recorded_at))
    row = session.execute(select(func.count(), func.coalesce(age, 0))).one()
    return Waiting(rows=row[0], oldest_seconds=float(row[1]))


def backlog(session: Session, *, destination: str | None = None) -> int:
    """How many events wait, in all or for one destination."""
    statement = select(func.count()).select_from(OUTBOX)
    if destination is not None:
        statement = statement.where(OUTBOX.c.destination == destination)
    return session.execute(statement).scalar_one()


def is_longer_than(session: Session, count: int, *, destination: str) -> bool:
    """Whether more events than so many wait for one destination.

    Reads no more rows than that: a count would read all that the table ever held since it was
    vacuumed.
    """
    session.execute(text("SET LOCAL enable_seqscan = off"))
    beyond = select(OUTBOX.c.id).where(OUTBOX.c.destination == destination)
    beyond = beyond.order_by(OUTBOX.c.id).offset(count).limit(1)
    return session.scalar(beyond) is not None


def wake_relay(engine: Engine) -> None:
    """Tell the relay, after the commit, that something waits.

    Never fails: what was committed stays true, and the relay's sweep finds it within 1 s.
    """
    moment = time.monotonic()
    with _wake_lock:
        if moment - _last_wake.get(id(engine), 0.0) < COALESCE_SECONDS:
            return
        _last_wake[id(engine)] = moment
    with suppress(SQLAlchemyError, psycopg.Error):
        pooled = engine.raw_connection()
        try:
            connection: Any = pooled.dbapi_connection
            connection.autocommit = True
            connection.execute(_WAKE)
            connection.autocommit = False
        finally:
            pooled.close()
