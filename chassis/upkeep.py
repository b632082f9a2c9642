"""What every service's worker does beside its events: measures what waits, forgets what is old,
masks what is private.

Listed before a service's own chores, so that what fails there is still measured.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func

from chassis import idempotency, metrics
from chassis.chores import Chore
from chassis.database import Database
from chassis.messaging import failures, outbox
from chassis.messaging.handlers import Handlers
from chassis.messaging.privacy import mask_dead
from chassis.messaging.topology import read_subscriptions
from chassis.retries import Queue
from chassis.tables import INBOX
from contracts import EVENTS

MEASURE_SECONDS = 10.0
PURGE_SECONDS = 3600.0
# Longer than any message can come late: an inbox row older than this guards nothing.
INBOX_KEPT = timedelta(days=14)


def chores_of(service: str, handlers: Handlers, queues: Mapping[str, Queue]) -> list[Chore]:
    """The chores; `queues` are tables of what is tried again, beside the events that failed."""
    every_queue = {"failed_events": failures.QUEUE, **queues}
    return [
        Chore("measure", MEASURE_SECONDS, _measure(service, handlers, every_queue)),
        Chore("forget", PURGE_SECONDS, _forget),
        mask_dead,
    ]


def _measure(
    service: str, handlers: Handlers, queues: Mapping[str, Queue]
) -> Callable[[Database, Any], bool]:
    def measure(database: Database, _: Any) -> bool:
        _begin_counters(service, handlers, queues)
        with database.transaction() as session:
            waiting = outbox.measure(session)
            counts = {name: queue.count_by_state(session) for name, queue in queues.items()}
        metrics.outbox_backlog.labels(service).set(waiting.rows)
        metrics.outbox_oldest.labels(service).set(waiting.oldest_seconds)
        for name, by_state in counts.items():
            for state, count in by_state.items():
                metrics.retries.labels(service, name, state).set(count)
        return False

    return measure


def _begin_counters(service: str, handlers: Handlers, queues: Mapping[str, Queue]) -> None:
    """Let each counter begin at 0: of one that begins at 1, no rate shows the first."""
    for name in queues.keys() - {"failed_events"}:
        for outcome in ("done", "failed"):
            metrics.tries.labels(name, outcome)
    for kind in handlers.subscriptions:
        for outcome in ("applied", "failed"):
            metrics.events_handled.labels(service, kind, outcome)
    heard = read_subscriptions()
    for kind in (name for name, event in EVENTS.items() if event.source == service):
        metrics.events_published.labels(service, kind)
        for listener in heard.get(kind, ()):
            metrics.events_returned.labels(service, kind, listener)


def _forget(database: Database, _: Any) -> bool:
    with database.transaction() as session:
        session.execute(delete(INBOX).where(INBOX.c.handled_at < func.now() - INBOX_KEPT))
        idempotency.purge(session)
    return False
