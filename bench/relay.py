"""How fast the relay empties an outbox into a quorum queue: batches against one by one."""

import time
from unittest.mock import patch

import psycopg

from bench.likes import LISTENER, Base, new_like
from bench.report import Goal, Row, compared
from bench.servers import Machine, broker, open_channel
from chassis.database import Database
from chassis.messaging import outbox
from chassis.messaging import relay as chassis_relay
from chassis.messaging.rabbitmq_publisher import RabbitPublisher
from chassis.messaging.relay import BATCH_SIZE, Relay
from chassis.messaging.topology import Topology

WAITING = 5_000  # rows in the outbox at the start, of all
ONE_BY_ONE = 500  # so many of them are enough to know the rate
# Name → rows at a time, events measured, whether each DELETE waits for the disk.
# Relay.run asks for `off`, since a row that comes back is only told twice.
CONTENDERS = {
    "batch": (BATCH_SIZE, WAITING, "off"),
    "single": (1, ONE_BY_ONE, "off"),
    "durable": (1, ONE_BY_ONE, "on"),
}


def run(machine: Machine, rounds: int) -> list[Row]:
    """The same relay and outbox; nothing but CONTENDERS' columns differs."""
    rates: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    costs: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    with broker(machine) as topology, machine.server.database_of(Base.metadata, "bench") as url:
        for _ in range(rounds):
            for name in CONTENDERS:
                rate, cost = _drain(machine, url, topology, *CONTENDERS[name])
                rates[name].append(rate)
                costs[name].append(cost)
    batch, single = f"relay, batches of {BATCH_SIZE}", "one by one"
    durable = "one by one, each DELETE on disk"
    goal = Goal(15, at_least=True)
    return [
        compared(batch, rates["batch"], "events/s", (single, rates["single"]), goal),
        compared(batch, rates["batch"], "events/s", (durable, rates["durable"])),
        compared(f"{batch}: its CPU", costs["batch"], "µs/event", (single, costs["single"])),
    ]


def _drain(
    machine: Machine, url: str, topology: Topology, batch_size: int, count: int, durable: str
) -> tuple[float, float]:
    """Events per second, and CPU µs of this process per event."""
    _fill(url)
    with open_channel(machine.broker_url) as channel:
        channel.queue_purge(topology.queue(LISTENER))
    publisher = RabbitPublisher(machine.broker_url, topology)
    relay = Relay(LISTENER, url, lambda: publisher)
    try:
        with (
            psycopg.connect(url, autocommit=True) as connection,
            patch.object(chassis_relay, "BATCH_SIZE", batch_size),
        ):
            connection.execute(f"SET synchronous_commit = {durable}")
            relay.sweep(connection, publisher)
            done, started, cpu = 0, time.perf_counter(), time.process_time()
            while done < count - batch_size:
                found = relay.sweep(connection, publisher)
                if not found:
                    raise RuntimeError("the outbox ended too early")
                done += found
            return done / (time.perf_counter() - started), (time.process_time() - cpu) / done * 1e6
    finally:
        publisher.close()


def _fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE outbox")
    database = Database(url)
    with database.transaction() as session:
        outbox.record(session, *(new_like() for _ in range(WAITING)))
    database.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE outbox")
