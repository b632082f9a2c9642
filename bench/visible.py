"""How long from a like's insert into the outbox until what it proves can be read in skills.

As `latency`, but with the service's own handlers: the moment is the commit of the transaction that
counted the like, in which the attribution was summed up as well.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import psycopg

from bench.likes import LISTENER, Base, new_like
from bench.report import Goal, Row, measured
from bench.servers import Child, Machine, broker, job, wait_for_count
from bench.skills import MENTION, POST, SLUG
from chassis import migrations
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.messaging import outbox, worker
from chassis.messaging.consumer import Consumer
from chassis.messaging.handlers import Handlers
from chassis.messaging.topology import Topology
from contracts.discussion import PostLiked
from services.skills.app import SERVICE

DATABASE, WRITER = "bench_visible", "writer"
TRANSPORTS = ("rabbitmq", "local")
AUTHORS, POSTS = 50, 500
GOALS = {0.5: Goal(100, "ms"), 0.99: Goal(500, "ms")}


@dataclass(frozen=True)
class Pace:
    """So many likes a second, `burst` of them in a transaction; the warm seconds do not count."""

    rate: int
    burst: int = 1
    seconds: int = 20
    warm_seconds: int = 3

    @property
    def count(self) -> int:
        """All likes."""
        return self.rate * (self.seconds + self.warm_seconds)


PACE = Pace(rate=100)


@dataclass(frozen=True)
class Job:
    """What the processes need to know; `works` are the services whose loops one of them runs."""

    transport: str
    writer_url: str
    listener_url: str
    broker_url: str
    namespace: str
    pace: dict[str, int]
    works: Sequence[str] = (WRITER, LISTENER)


@dataclass(frozen=True)
class Seen:
    """A like: when it was given, and milliseconds until it counted."""

    liked_at: datetime
    spent: float


def run(machine: Machine, rounds: int) -> list[Row]:
    """Both transports in turn in each round, each with fresh databases and queues."""
    found: dict[str, list[list[float]]] = {transport: [] for transport in TRANSPORTS}
    for _ in range(rounds):
        for transport in TRANSPORTS:
            seen = watch(machine, transport, PACE)
            found[transport].append(sorted(like.spent for like in seen))
    return [
        measured(
            f"like to visible attribution at {PACE.rate}/s, {transport}, p{part * 100:g}",
            [quantile(times, part) for times in found[transport]],
            "ms",
            goal,
        )
        for transport in TRANSPORTS
        for part, goal in GOALS.items()
    ]


def watch(
    machine: Machine, transport: str, pace: Pace, *, workers: Sequence[Sequence[str]] = ()
) -> list[Seen]:
    """Every like that counts, in the order in which they were given.

    `workers` are processes by the services whose loops each runs; one runs all where none is named.
    """
    with (
        machine.server.database_of(Base.metadata, "bench") as writer,
        _skills(machine) as listener,
        ExitStack() as stack,
    ):
        of = Job(transport, writer, listener, "", "", asdict(pace))
        if transport == "rabbitmq":
            topology = stack.enter_context(broker(machine))
            of = replace(of, broker_url=machine.broker_url, namespace=topology.namespace)
        running = [
            stack.enter_context(_child(machine, "work", asdict(of) | {"works": works}))
            for works in workers or [of.works]
        ]
        with _child(machine, "write", asdict(of)) as writing:
            writing.wait(pace.seconds + pace.warm_seconds + 60)
        wait_for_count(listener, "like_refs", pace.count, running[-1], 60)
        with psycopg.connect(listener) as connection:
            rows = connection.execute(_SPENT, [pace.rate * pace.warm_seconds]).fetchall()
        return [Seen(liked_at, float(spent)) for liked_at, spent in rows]


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value below which a part of them lie."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _child(machine: Machine, verb: str, of: dict[str, object]) -> Child:
    log = machine.folder / f"visible-{verb}.log"
    return Child(["-m", "bench.visible", verb], log, job=of)


@contextmanager
def _skills(machine: Machine) -> Iterator[str]:
    with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    url = machine.server.url(DATABASE)
    try:
        migrations.migrate(url, SERVICE.folder / "migrations", SERVICE.seed)
        with psycopg.connect(url) as connection:
            skill = connection.execute("SELECT id FROM skills WHERE slug = %s", [SLUG]).fetchone()
            authors = [new_id() for _ in range(AUTHORS)]
            for number in range(POSTS):
                post, author = new_id(), authors[number % AUTHORS]
                connection.execute(POST, [post, author, datetime.now(UTC)])
                connection.execute(MENTION, [post, skill and skill[0]])
        yield url
    finally:
        with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _write(of: Job) -> None:
    """Likes at a steady pace; one that is late does not wait, and does not leave any out."""
    with psycopg.connect(of.listener_url) as connection:
        posts = connection.execute("SELECT id, author_id FROM post_refs").fetchall()
    database, chosen, pace = Database(of.writer_url), random.Random(1), Pace(**of.pace)
    started = time.monotonic()
    for number in range(0, pace.count, pace.burst):
        time.sleep(max(0.0, started + number / pace.rate - time.monotonic()))
        likes = [new_like(*chosen.choice(posts)) for _ in range(pace.burst)]
        with database.transaction() as session:
            outbox.record(session, *likes)
    database.close()


def _work(of: Job) -> None:
    databases = {WRITER: Database(of.writer_url), LISTENER: Database(of.listener_url)}
    consumers = {
        WRITER: Consumer(WRITER, databases[WRITER], Handlers()),
        LISTENER: Consumer(LISTENER, databases[LISTENER], SERVICE.handlers),
    }
    if of.transport == "local":
        worker.run(worker.local_loops(databases, consumers))
        return
    topology = Topology({PostLiked.type: [LISTENER]}, of.namespace)
    loops = [
        loop
        for name in of.works
        for loop in worker.rabbit_loops(
            name, databases[name], consumers[name], of.broker_url, topology
        )
    ]
    worker.run(loops)


_SPENT = """SELECT liked_at, extract(epoch FROM pg_xact_commit_timestamp(xmin) - liked_at) * 1000
    FROM like_refs ORDER BY liked_at OFFSET %s"""

if __name__ == "__main__":
    {"write": _write, "work": _work}[sys.argv[1]](Job(**job()))
