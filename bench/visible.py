"""How long from a like's insert into the outbox until what it proves can be read in skills.

As `latency`, but with the service's own handlers: the moment is the commit of the transaction that
counted the like, in which the attribution was summed up as well.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from bench.likes import LISTENER, Base
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
RATE, SECONDS, WARM_SECONDS = 100, 20, 3  # likes a second; the warm ones are not counted
AUTHORS, POSTS = 50, 500
GOALS = {0.5: Goal(100, "ms"), 0.99: Goal(500, "ms")}


@dataclass(frozen=True)
class Job:
    """What the two processes need to know."""

    writer_url: str
    listener_url: str
    broker_url: str
    namespace: str


def run(machine: Machine, rounds: int) -> list[Row]:
    """Over RabbitMQ, each round with fresh databases and queues."""
    found = [_measure(machine) for _ in range(rounds)]
    return [
        measured(
            f"like to visible attribution at {RATE}/s, RabbitMQ, p{part * 100:g}",
            [_quantile(times, part) for times in found],
            "ms",
            goal,
        )
        for part, goal in GOALS.items()
    ]


def _measure(machine: Machine) -> list[float]:
    """Milliseconds of each like, in order of size."""
    with (
        machine.server.database_of(Base.metadata, "bench") as writer,
        _skills(machine) as listener,
        broker(machine) as topology,
    ):
        of = Job(writer, listener, machine.broker_url, topology.namespace)

        def child(verb: str) -> Child:
            log = machine.folder / f"visible-{verb}.log"
            return Child(["-m", "bench.visible", verb], log, job=asdict(of))

        with child("work") as worker_process:
            with child("write") as writer_process:
                writer_process.wait(SECONDS + WARM_SECONDS + 60)
            count = RATE * (SECONDS + WARM_SECONDS)
            wait_for_count(of.listener_url, "like_refs", count, worker_process, 60)
        with psycopg.connect(of.listener_url) as connection:
            rows = connection.execute(_SPENT, [RATE * WARM_SECONDS]).fetchall()
        return sorted(float(spent) for (spent,) in rows)


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


def _quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _write(of: Job) -> None:
    """Likes at a steady pace; one that is late does not wait, and does not leave any out."""
    with psycopg.connect(of.listener_url) as connection:
        posts = connection.execute("SELECT id, author_id FROM post_refs").fetchall()
    database, chosen = Database(of.writer_url), random.Random(1)
    started = time.monotonic()
    for number in range(RATE * (SECONDS + WARM_SECONDS)):
        time.sleep(max(0.0, started + number / RATE - time.monotonic()))
        with database.transaction() as session:
            outbox.record(session, _like(*chosen.choice(posts)))
    database.close()


def _like(post_id: UUID, author_id: UUID) -> PostLiked:
    return PostLiked(
        post_id=post_id,
        author_id=author_id,
        liker_id=new_id(),
        kind="answer",
        revision=1,
        liked_at=datetime.now(UTC),
    )


def _work(of: Job) -> None:
    writer, listener = Database(of.writer_url), Database(of.listener_url)
    topology = Topology({PostLiked.type: [LISTENER]}, of.namespace)
    consumers = {
        WRITER: (writer, Consumer(WRITER, writer, Handlers())),
        LISTENER: (listener, Consumer(LISTENER, listener, SERVICE.handlers)),
    }
    loops = [
        loop
        for name, (database, consumer) in consumers.items()
        for loop in worker.rabbit_loops(name, database, consumer, of.broker_url, topology)
    ]
    worker.run(loops)


_SPENT = """SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - liked_at) * 1000
    FROM like_refs ORDER BY liked_at OFFSET %s"""

if __name__ == "__main__":
    {"write": _write, "work": _work}[sys.argv[1]](Job(**job()))
