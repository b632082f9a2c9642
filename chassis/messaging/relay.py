"""From the outbox to a transport, in id order: each relay of a service its shards of the subjects.

Locks on its direct connection say which (`shards`; not through a pooler that shares sessions).
Nothing leaves the outbox before the transport has confirmed it for every listener. What a
listener's missing queue keeps from travelling waits for that listener alone.
"""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import psycopg

from chassis import metrics, tracing
from chassis.logs import get_logger, tells_debug
from chassis.messaging.loops import Stop
from chassis.messaging.outbox import CHANNEL
from chassis.messaging.shards import SHARDS, Share

log = get_logger("relay")

BATCH_SIZE = 200
SWEEP_SECONDS = 1.0
LINGER_SECONDS = 0.006
# So many rows at once tell of a crowd: what follows gathers for a moment, since a transaction
# costs a listener nearly the same for one event as for twenty.
CROWD = 3
GATHER_SECONDS = 0.03
# A listener's queue that was missing is tried again after this time, by one batch.
RETURNED_WAIT_SECONDS = 10.0
# A leader that is frozen or cut off loses its lock after this time; one that is alive speaks.
LEADER_SECONDS = 45
ALIVE_SECONDS = 5.0
_CORRELATION = re.compile(r'"correlationid": ?"([^"]*)"')
_TRACEPARENT = re.compile(r'"traceparent": ?"([^"]*)"')


@dataclass(frozen=True)
class OutboxRow:
    """One event to hand over; `delivery_count` is used by the local transport alone."""

    id: int
    event_id: UUID
    type: str
    destination: str | None
    body: str
    delivery_count: int

    @property
    def correlation_id(self) -> str:
        """As it stands in the envelope."""
        found = _CORRELATION.search(self.body)
        return found[1] if found else ""

    @property
    def traceparent(self) -> str:
        """As it stands in the envelope."""
        found = _TRACEPARENT.search(self.body)
        return found[1] if found else ""


@dataclass
class Published:
    """What became of a batch."""

    confirmed: list[int] = field(default_factory=list)  # ids that every listener has
    # Ids to keep → the listeners that could not be reached; the others have them.
    returned: dict[int, list[str]] = field(default_factory=dict)
    # Ids whose delivery was counted and not begun.
    untried: list[int] = field(default_factory=list)


class Publisher(Protocol):
    """A transport as the relay sees it."""

    counts_deliveries: bool  # whether the outbox must count deliveries for it

    def publish(self, rows: Sequence[OutboxRow], alive: Callable[[], bool]) -> Published:
        """Hand over a batch and wait for the confirmation of each row.

        `alive` is called every few seconds while it waits; False asks it to come to an end.
        """

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
        self._resting: dict[str, float] = {}  # listener that was missing → until when

    def run(self, stop: Stop, beat: Callable[[], None]) -> None:
        """Relay until told to stop; raises when the database or the transport is lost."""
        # Before it takes a share: one that does not reach the transport keeps it from nobody.
        publisher = self.connect()
        try:
            with _connect(self.database_url) as connection:
                share = Share(connection)
                while not share.join():
                    beat()
                    publisher.keep_alive()
                    if stop.wait(SWEEP_SECONDS):
                        return
                # What it writes may be lost with the machine: a row comes back, a count is lower.
                connection.execute("SET synchronous_commit = off")
                connection.execute(f"LISTEN {CHANNEL}")
                self._relay(connection, share, publisher, stop, beat)
        finally:
            metrics.relay_shards.labels(self.service).set(0)
            publisher.close()

    def _relay(
        self,
        connection: psycopg.Connection,
        share: Share,
        publisher: Publisher,
        stop: Stop,
        beat: Callable[[], None],
    ) -> None:
        alive = _Alive(connection, stop, beat)
        while not stop.is_set():
            beat()
            self._empty(connection, share, publisher, alive, stop)
            publisher.keep_alive()
            notified = list(connection.notifies(timeout=SWEEP_SECONDS, stop_after=1))
            if notified:
                self._empty(connection, share, publisher, alive, stop)
                # A NOTIFY may stand for commits up to 5 ms after it (outbox.wake_relay):
                # look once more when they have passed.
                stop.wait(LINGER_SECONDS)

    def _empty(
        self,
        connection: psycopg.Connection,
        share: Share,
        publisher: Publisher,
        alive: "_Alive",
        stop: Stop,
    ) -> None:
        """Sweep until nothing is found, or told to stop."""
        found = BATCH_SIZE
        while found and not stop.is_set():
            shards = share.settle()
            metrics.relay_shards.labels(self.service).set(len(shards))
            found = self.sweep(connection, publisher, alive, shards)
            alive.beat()
            if CROWD <= found < BATCH_SIZE:
                stop.wait(GATHER_SECONDS)

    def sweep(
        self,
        connection: psycopg.Connection,
        publisher: Publisher,
        alive: Callable[[], bool] = lambda: True,
        shards: Sequence[int] = range(SHARDS),
    ) -> int:
        """Hand over one batch of these shards; returns how many rows it found."""
        rows = self._fetch(connection, sum(1 << shard for shard in shards)) if shards else []
        if not rows:
            return 0
        if publisher.counts_deliveries:
            rows = self._count(connection, rows)
        started = time.perf_counter()
        published = publisher.publish(rows, alive)
        by_id = {row.id: row for row in rows}
        with connection.transaction():
            if published.confirmed:
                connection.execute("DELETE FROM outbox WHERE id = ANY(%s)", [published.confirmed])
            if published.returned:
                self._postpone(connection, by_id, published.returned)
            if published.untried:
                _take_count_back(connection, published.untried)
        self._tell([by_id[row_id] for row_id in published.confirmed], started)
        return len(rows)

    def _tell(self, published: Sequence[OutboxRow], started: float) -> None:
        """Count what was confirmed, and leave a line of each where somebody looks for one."""
        if tracing.is_on():
            for row in published:
                facts = {
                    "skiller.service": self.service,
                    "skiller.correlation_id": row.correlation_id,
                    "messaging.message.id": str(row.event_id),
                }
                name = f"publish {row.type}"
                tracing.leave(name, tracing.PRODUCER, row.traceparent, started, facts)
        for event_type, count in Counter(row.type for row in published).items():
            metrics.events_published.labels(self.service, event_type).inc(count)
        if tells_debug(log):
            for row in published:
                log.debug(
                    "event published",
                    service=self.service,
                    outbox_id=row.id,
                    event_id=str(row.event_id),
                    type=row.type,
                    correlation_id=row.correlation_id,
                )

    def _fetch(self, connection: psycopg.Connection, shards: int) -> list[OutboxRow]:
        """Half a batch at most of what waited for listeners, the rest of what is new."""
        waiting: list[Any] = []
        if awake := self._awake(connection):
            most = BATCH_SIZE // 2
            waiting = connection.execute(_DUE, [awake, shards, most]).fetchall()
        new = connection.execute(_NEW, [shards, BATCH_SIZE - len(waiting)]).fetchall()
        return [OutboxRow(*row) for row in (*waiting, *new)]

    def _awake(self, connection: psycopg.Connection) -> list[str]:
        """The listeners for which something waits, without those that were missing just now."""
        known = connection.execute(_WAITED_FOR).fetchall()
        now = time.monotonic()
        return [name for (name,) in known if self._resting.get(name, 0.0) <= now]

    def _count(self, connection: psycopg.Connection, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
        """Choose what to deliver, and count it before, since it may kill the process.

        A row delivered before comes alone, so that no other is suspected with it.
        """
        chosen = [row for row in rows if row.delivery_count][:1] or list(rows)
        connection.execute(_COUNT, [[row.id for row in chosen]])
        return chosen

    def _postpone(
        self,
        connection: psycopg.Connection,
        rows: Mapping[int, OutboxRow],
        returned: Mapping[int, Sequence[str]],
    ) -> None:
        """Keep a row for each listener that was missing: the others are not told twice."""
        types: dict[str, set[str]] = defaultdict(set)
        for row_id, listeners in returned.items():
            for listener in listeners:
                types[listener].add(rows[row_id].type)
                metrics.events_returned.labels(self.service, rows[row_id].type, listener).inc()
            connection.execute(_WAIT_FOR, [listeners[0], RETURNED_WAIT_SECONDS, row_id])
            for other in listeners[1:]:
                connection.execute(_WAIT_FOR_TOO, [other, RETURNED_WAIT_SECONDS, row_id])
        for listener, kinds in types.items():
            self._resting[listener] = time.monotonic() + RETURNED_WAIT_SECONDS
            log.error(
                "listener missing",
                service=self.service,
                listener=listener,
                types=sorted(kinds),
                events=sum(listener in names for names in returned.values()),
                advice="Its queue or a binding is missing or full; the events wait for it.",
            )


def _connect(database_url: str) -> psycopg.Connection:
    """A connection whose end notices within `LEADER_SECONDS` that the other is gone or frozen."""
    silence = f"-c idle_session_timeout={LEADER_SECONDS}s -c tcp_user_timeout={LEADER_SECONDS}s"
    cut = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
    # Plans are made while the outbox is small, and kept when thousands of rows have come and gone:
    # to read it from end to end costs more with each that is not vacuumed yet.
    planned = "-c enable_seqscan=off"
    return psycopg.connect(
        database_url,
        autocommit=True,
        connect_timeout=5,
        options=f"{silence} {cut} {planned}",
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=4,
    )


class _Alive:
    """Speaks on the leader's connection now and then, so that its lock is not taken from it."""

    def __init__(
        self, connection: psycopg.Connection, stop: Stop, beat: Callable[[], None]
    ) -> None:
        self._connection, self._stop, self.beat = connection, stop, beat
        self._spoke = time.monotonic()

    def __call__(self) -> bool:
        self.beat()
        if time.monotonic() - self._spoke > ALIVE_SECONDS:
            self._connection.execute("SELECT")
            self._spoke = time.monotonic()
        return not self._stop.is_set()


def _take_count_back(connection: psycopg.Connection, ids: Collection[int]) -> None:
    connection.execute(
        "UPDATE outbox SET delivery_count = delivery_count - 1 WHERE id = ANY(%s)", [list(ids)]
    )


_COLUMNS = "id, event_id, type, destination, body, delivery_count"
# Shards as bits, of which the planner thinks that most rows have one: so it reads the index in its
# order whatever statistics of a table that is empty and full in turn say.
_MINE = "(1 << shard) & %s::int <> 0"
_NEW: Any = f"""SELECT {_COLUMNS} FROM outbox WHERE next_try_at IS NULL AND {_MINE}
    ORDER BY id LIMIT %s"""
# The few names there are, by skipping from one to the next in the index.
_WAITED_FOR = """WITH RECURSIVE waited_for AS (
    (SELECT destination FROM outbox WHERE next_try_at IS NOT NULL ORDER BY destination LIMIT 1)
    UNION ALL
    SELECT (SELECT destination FROM outbox WHERE next_try_at IS NOT NULL
        AND destination > waited_for.destination ORDER BY destination LIMIT 1)
    FROM waited_for WHERE destination IS NOT NULL
) SELECT destination FROM waited_for WHERE destination IS NOT NULL"""
_DUE: Any = f"""SELECT {_COLUMNS} FROM unnest(%s::text[]) AS listener, LATERAL (
    SELECT * FROM outbox WHERE destination = listener AND next_try_at <= now()
    AND {_MINE} ORDER BY next_try_at LIMIT %s) AS due"""
_COUNT = "UPDATE outbox SET delivery_count = delivery_count + 1 WHERE id = ANY(%s)"
_WAIT_FOR = """UPDATE outbox SET destination = %s,
    next_try_at = now() + make_interval(secs => %s) WHERE id = %s"""
_WAIT_FOR_TOO = """INSERT INTO outbox (event_id, type, destination, body, shard, next_try_at)
    SELECT event_id, type, %s, body, shard, now() + make_interval(secs => %s)
    FROM outbox WHERE id = %s"""
