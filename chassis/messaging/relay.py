"""From the outbox to a transport: one active relay per service, in id order.

The relay holds an advisory lock on a direct connection (not through a pooler that
shares sessions); another instance stands by. Nothing leaves the outbox before the
transport has confirmed it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID
from zlib import crc32

import psycopg

from chassis import metrics
from chassis.logs import get_logger
from chassis.messaging.loops import Stop
from chassis.messaging.outbox import CHANNEL

log = get_logger("relay")

BATCH_SIZE = 100
SWEEP_SECONDS = 1.0
LINGER_SECONDS = 0.006
RETURNED_WAIT_SECONDS = 60


@dataclass(frozen=True)
class OutboxRow:
    """One event to hand over; `delivery_count` is used by the local transport alone."""

    id: int
    event_id: UUID
    type: str
    destination: str | None
    body: str
    delivery_count: int


@dataclass
class Published:
    """What became of a batch: ids confirmed, and ids to keep and try again later."""

    confirmed: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)


class Publisher(Protocol):
    """A transport as the relay sees it."""

    counts_deliveries: bool  # whether the outbox must count deliveries for it

    def publish(self, rows: Sequence[OutboxRow]) -> Published:
        """Hand over a batch and wait for the confirmation of each row."""

    def keep_alive(self) -> None:
        """Called about once a second: answer heartbeats, notice a lost connection."""

    def close(self) -> None:
        """Let the transport go."""


class Relay:
    """Moves one service's outbox; `run` is the body of a worker's loop."""

    def __init__(self, service: str, database_url: str, connect: Callable[[], Publisher]) -> None:
        self.service = service
        self.database_url = database_url
        self.connect = connect

    def run(self, stop: Stop, beat: Callable[[], None]) -> None:
        """Relay until told to stop; raises when the database or the transport is lost."""
        with psycopg.connect(self.database_url, autocommit=True, connect_timeout=5) as connection:
            while not self._is_leader(connection):
                beat()
                if stop.wait(SWEEP_SECONDS):
                    return
            # What it writes may be lost with the machine: a row comes back, a count is lower.
            connection.execute("SET synchronous_commit = off")
            connection.execute(f"LISTEN {CHANNEL}")
            publisher = self.connect()
            try:
                self._relay(connection, publisher, stop, beat)
            finally:
                publisher.close()

    def _is_leader(self, connection: psycopg.Connection) -> bool:
        key = crc32(b"relay")
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
        return bool(row and row[0])

    def _relay(
        self,
        connection: psycopg.Connection,
        publisher: Publisher,
        stop: Stop,
        beat: Callable[[], None],
    ) -> None:
        while not stop.is_set():
            beat()
            while self.sweep(connection, publisher) and not stop.is_set():
                beat()
            publisher.keep_alive()
            notified = list(connection.notifies(timeout=SWEEP_SECONDS, stop_after=1))
            if notified:
                while self.sweep(connection, publisher) and not stop.is_set():
                    beat()
                # A NOTIFY may stand for commits up to 5 ms after it (outbox.wake_relay):
                # look once more when they have passed.
                stop.wait(LINGER_SECONDS)

    def sweep(self, connection: psycopg.Connection, publisher: Publisher) -> int:
        """Hand over one batch; returns how many rows it found."""
        rows: Sequence[OutboxRow] = self._fetch(connection)
        if not rows:
            return 0
        if publisher.counts_deliveries:
            rows = self._count(connection, rows)
        published = publisher.publish(rows)
        if published.confirmed:
            connection.execute("DELETE FROM outbox WHERE id = ANY(%s)", [published.confirmed])
        if published.returned:
            self._postpone(connection, rows, published.returned)
        types = {row.id: row.type for row in rows}
        for row_id in published.confirmed:
            metrics.events_published.labels(self.service, types[row_id]).inc()
        return len(rows)

    def _fetch(self, connection: psycopg.Connection) -> list[OutboxRow]:
        cursor = connection.execute(
            "SELECT id, event_id, type, destination, body, delivery_count FROM outbox"
            " WHERE next_try_at IS NULL OR next_try_at <= now() ORDER BY id LIMIT %s",
            [BATCH_SIZE],
        )
        return [OutboxRow(*row) for row in cursor]

    def _count(
        self, connection: psycopg.Connection, rows: Sequence[OutboxRow]
    ) -> Sequence[OutboxRow]:
        """Choose what to deliver, and count it before, since it may kill the process.

        A row delivered before comes alone, so that no other is suspected with it.
        """
        chosen = [row for row in rows if row.delivery_count][:1] or rows
        connection.execute(
            "UPDATE outbox SET delivery_count = delivery_count + 1 WHERE id = ANY(%s)",
            [[row.id for row in chosen]],
        )
        return chosen

    def _postpone(
        self, connection: psycopg.Connection, rows: Sequence[OutboxRow], returned: list[int]
    ) -> None:
        for row in rows:
            if row.id in returned:
                metrics.events_returned.labels(self.service, row.type).inc()
                log.error("event returned", service=self.service, type=row.type, outbox_id=row.id)
        connection.execute(
            "UPDATE outbox SET next_try_at = now() + make_interval(secs => %s) WHERE id = ANY(%s)",
            [RETURNED_WAIT_SECONDS, returned],
        )
