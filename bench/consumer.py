"""How fast a listener empties a full queue: batches, one transaction per message, and Celery.

Each contender is a process of its own that writes the same rows. Its rate is read from
those rows' `handled_at`, its CPU from the kernel, both after it has warmed up.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import psycopg

from bench import celery_peer
from bench.likes import LISTENER, SUBSCRIPTIONS, Base, handlers, outbox_rows
from bench.report import Goal, Row, compared
from bench.servers import Child, Machine, broker, depth, job, wait_for_count
from chassis.database import Database
from chassis.messaging import consumer as chassis_consumer
from chassis.messaging import worker
from chassis.messaging.consumer import BATCH_SIZE, Consumer
from chassis.messaging.loops import Loop
from chassis.messaging.rabbitmq_consumer import RabbitConsumer
from chassis.messaging.rabbitmq_publisher import RabbitPublisher
from chassis.messaging.topology import Topology
from chassis.testing.waiting import eventually

MANY = 20_000  # what batches do in the time that the others need for FEW
FEW = 3_000
LONGEST = 300.0  # seconds that a drain may take


@dataclass(frozen=True)
class Job:
    """What a worker process needs to know."""

    database_url: str
    broker_url: str
    queue: str  # Celery's; ours has the namespace's names
    namespace: str
    batch_size: int = BATCH_SIZE


@dataclass(frozen=True)
class Contender:
    """A worker's program, how many messages it gets, and how they come into its queue."""

    arguments: list[str]
    count: int
    fill: Callable[[Job, int], None]
    batch_size: int = 1


def run(machine: Machine, rounds: int) -> list[Row]:
    """All contenders in turn, in each round, on one table and one broker."""
    contenders = _contenders()
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    costs: dict[str, list[float]] = {name: [] for name in contenders}
    with broker(machine) as topology, machine.server.database_of(Base.metadata, "bench") as url:
        job_of = Job(url, machine.broker_url, f"{topology.namespace}celery", topology.namespace)
        try:
            for _ in range(rounds):
                for name, contender in contenders.items():
                    rate, cost = _drain(machine, name, contender, job_of)
                    rates[name].append(rate)
                    costs[name].append(cost)
        finally:
            celery_peer.delete(machine.broker_url, job_of.queue)
    return _rows(rates, costs)


def _contenders() -> dict[str, Contender]:
    ours = ["-m", "bench.consumer"]
    contenders = {
        "batch": Contender(ours, MANY, _fill, BATCH_SIZE),
        "one transaction per message": Contender(ours, FEW, _fill),
    }
    for pool in ("solo", "prefork"):
        arguments = ["-m", "bench.celery_peer", pool]
        contenders[f"Celery, {pool}"] = Contender(arguments, FEW, celery_peer.fill)
    return contenders


def _rows(rates: dict[str, list[float]], costs: dict[str, list[float]]) -> list[Row]:
    batch = f"consumer, batches ≤ {BATCH_SIZE}"
    goal = Goal(8, at_least=True)
    rows = []
    for samples, unit, measure in (
        (rates, "events/s", batch),
        (costs, "µs/event", f"{batch}: its CPU"),
    ):
        for name in [name for name in samples if name != "batch"]:
            rows.append(
                compared(
                    measure,
                    samples["batch"],
                    unit,
                    (name, samples[name]),
                    goal if samples is rates else None,
                )
            )
    return rows


def _drain(machine: Machine, name: str, contender: Contender, of: Job) -> tuple[float, float]:
    """Messages per second and CPU µs per message, without the first tenth."""
    with psycopg.connect(of.database_url, autocommit=True) as connection:
        connection.execute("TRUNCATE likes")
    contender.fill(of, contender.count)
    queue = of.queue if "Celery" in name else f"{of.namespace}{LISTENER}.events"
    eventually(lambda: depth(machine.broker_url, queue) == contender.count, seconds=30)
    what = asdict(of) | {"batch_size": contender.batch_size}
    warm = contender.count // 10
    with Child(contender.arguments, machine.folder / "consumer.log", job=what) as child:
        first = wait_for_count(of.database_url, "likes", warm, child, LONGEST)
        cpu = child.cpu_seconds()
        wait_for_count(of.database_url, "likes", contender.count, child, LONGEST)
        cpu = child.cpu_seconds() - cpu
    return _rate(of.database_url, warm), cpu / (contender.count - first) * 1e6


def _rate(url: str, skipped: int) -> float:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT (count(*) - 1) / extract(epoch FROM max(handled_at) - min(handled_at))"
            " FROM (SELECT handled_at FROM likes ORDER BY handled_at OFFSET %s) AS warm",
            [skipped],
        ).fetchone()
    assert row is not None
    return float(row[0])


def _fill(of: Job, count: int) -> None:
    publisher = RabbitPublisher(of.broker_url, Topology(SUBSCRIPTIONS, of.namespace))
    try:
        rows = outbox_rows(count)
        for start in range(0, count, 100):
            publisher.publish(rows[start : start + 100], lambda: True)
    finally:
        publisher.close()


def main() -> None:
    """The worker process: one listener's consumer, until SIGTERM."""
    of = Job(**job())
    chassis_consumer.BATCH_SIZE = of.batch_size
    consumer = Consumer(LISTENER, Database(of.database_url), handlers)
    feed = RabbitConsumer(of.broker_url, Topology(SUBSCRIPTIONS, of.namespace), consumer)
    worker.run([Loop("bench consumer", feed.run)])


if __name__ == "__main__":
    main()
