"""How long from the insert into the outbox until the listener's handler wrote its row.

One process records 50 events a second, each in its own transaction; another runs the
worker's loops. `liked_at` is the moment before the insert, `handled_at` the server's
clock in the handler's statement, the commit time is PostgreSQL's own record of it.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import psycopg

from bench.likes import LISTENER, SUBSCRIPTIONS, Base, handlers, new_like
from bench.report import Goal, Row, measured
from bench.servers import Child, Machine, broker, job, wait_for_count
from chassis.database import Database
from chassis.messaging import outbox, worker
from chassis.messaging.consumer import Consumer
from chassis.messaging.handlers import Handlers
from chassis.messaging.loops import Loop
from chassis.messaging.topology import Topology

WRITER = "writer"
RATE = 50  # events a second
SECONDS = 20
WARM_SECONDS = 2  # not counted
TRANSPORTS = ("rabbitmq", "local")
GOALS = {0.5: Goal(15, "ms"), 0.99: Goal(60, "ms")}


@dataclass(frozen=True)
class Job:
    """What the two processes need to know."""

    transport: str
    writer_url: str
    listener_url: str
    broker_url: str
    namespace: str


def run(machine: Machine, rounds: int) -> list[Row]:
    """Both transports in turn, in each round, each with fresh databases and queues."""
    handled: dict[str, list[list[float]]] = {transport: [] for transport in TRANSPORTS}
    committed: dict[str, list[list[float]]] = {transport: [] for transport in TRANSPORTS}
    for _ in range(rounds):
        for transport in TRANSPORTS:
            to_handler, to_commit = _measure(machine, transport)
            handled[transport].append(to_handler)
            committed[transport].append(to_commit)
    rows = []
    for transport in TRANSPORTS:
        for part, goal in GOALS.items():
            name = f"outbox insert to handled, {transport}, p{part * 100:g}"
            samples = [_quantile(times, part) for times in handled[transport]]
            rows.append(measured(name, samples, "ms", goal))
        for part in GOALS:
            name = f"the same until its commit, {transport}, p{part * 100:g}"
            samples = [_quantile(times, part) for times in committed[transport]]
            rows.append(measured(name, samples, "ms"))
    return rows


def _measure(machine: Machine, transport: str) -> tuple[list[float], list[float]]:
    """Milliseconds to the handler and to its commit, of each event, in order of size."""
    database = machine.server.database_of
    with database(Base.metadata, "bench") as writer, database(Base.metadata, "bench") as listener:
        if transport == "local":
            return _observe(machine, Job(transport, writer, listener, "", ""))
        with broker(machine) as topology:
            of = Job(transport, writer, listener, machine.broker_url, topology.namespace)
            return _observe(machine, of)


def _observe(machine: Machine, of: Job) -> tuple[list[float], list[float]]:
    def child(verb: str) -> Child:
        log = machine.folder / f"latency-{verb}.log"
        return Child(["-m", "bench.latency", verb], log, job=asdict(of))

    with child("work") as worker_process:
        with child("write") as writer_process:
            writer_process.wait(SECONDS + WARM_SECONDS + 60)
        count = RATE * (SECONDS + WARM_SECONDS)
        wait_for_count(of.listener_url, "likes", count, worker_process, 60)
    with psycopg.connect(of.listener_url) as connection:
        rows = connection.execute(
            "SELECT extract(epoch FROM handled_at - liked_at) * 1000,"
            " extract(epoch FROM pg_xact_commit_timestamp(xmin) - liked_at) * 1000"
            " FROM likes ORDER BY liked_at OFFSET %s",
            [RATE * WARM_SECONDS],
        ).fetchall()
    return sorted(float(row[0]) for row in rows), sorted(float(row[1]) for row in rows)


def _quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _write(of: Job) -> None:
    """Record at a steady pace; one that is late does not wait, and does not leave any out."""
    database = Database(of.writer_url)
    started = time.monotonic()
    for number in range(RATE * (SECONDS + WARM_SECONDS)):
        time.sleep(max(0.0, started + number / RATE - time.monotonic()))
        with database.transaction() as session:
            outbox.record(session, new_like())
    database.close()


def _work(of: Job) -> None:
    databases = {WRITER: Database(of.writer_url), LISTENER: Database(of.listener_url)}
    consumers = {
        WRITER: Consumer(WRITER, databases[WRITER], Handlers()),
        LISTENER: Consumer(LISTENER, databases[LISTENER], handlers),
    }
    if of.transport == "local":
        worker.run(worker.local_loops(databases, consumers))
        return
    topology = Topology(SUBSCRIPTIONS, of.namespace)
    loops: list[Loop] = []
    for name, database in databases.items():
        loops += worker.rabbit_loops(name, database, consumers[name], of.broker_url, topology)
    worker.run(loops)


if __name__ == "__main__":
    {"write": _write, "work": _work}[sys.argv[1]](Job(**job()))
