"""Two relays of one outbox against one, each held to a part of a processor.

Held so that the machine, which broker and database share, is no limit: a relay is stopped
(SIGSTOP) whenever it has used more than its part, looked at every few milliseconds.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.likes import LISTENER, SUBSCRIPTIONS, Base, new_like
from bench.report import Goal, Row, compared
from bench.servers import (
    ROOT,
    Child,
    Machine,
    broker,
    interpreter_of,
    open_channel,
)
from bench.site import name_of
from chassis.database import Database
from chassis.messaging import outbox
from chassis.messaging.topology import Topology
from chassis.testing.relays import shares_of
from chassis.testing.waiting import eventually

PROGRAM = Path(__file__).with_name("relay_process.py")
WAITING = 6_000  # rows in the outbox at the start
PART = 0.2  # of a processor, for each relay
LOOK_SECONDS = 0.004
# Locks by the number of relays; the one of a release before shards has one.
EVEN = {1: ([16], [1]), 2: ([8, 8],)}
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
NAME = "bench-relay"


@dataclass(frozen=True)
class Drained:
    """What it took to hand all over."""

    rate: float  # events per second
    cost: float  # µs of CPU of the relays and their backends, per event


def run(machine: Machine, rounds: int) -> list[Row]:
    """One and two of ours, and one of the checkout beside, in turn in each round."""
    contenders: dict[str, tuple[Path, int]] = {"one": (ROOT, 1), "two": (ROOT, 2)}
    if machine.beside:
        contenders["beside"] = (machine.beside, 1)
    found: dict[str, list[Drained]] = {name: [] for name in contenders}
    with broker(machine) as topology, machine.server.database_of(Base.metadata, "bench") as url:
        for _ in range(rounds):
            for name, (checkout, count) in contenders.items():
                found[name].append(_drain(machine, url, topology, checkout, count))
    rates = {name: [one.rate for one in drained] for name, drained in found.items()}
    costs = {name: [one.cost for one in drained] for name, drained in found.items()}
    two, most = f"two relays, each held to {PART:g} of a processor", Goal(1.15)
    cost, twice = "CPU of relay and PostgreSQL's part", Goal(1.6, at_least=True)
    rows = [
        compared(two, rates["two"], "events/s", ("one", rates["one"]), twice),
        compared(f"two relays: {cost}", costs["two"], "µs/event", ("one", costs["one"]), most),
    ]
    if machine.beside:
        beside = name_of(machine.beside), costs["beside"]
        rows.append(compared(f"one relay: {cost}", costs["one"], "µs/event", beside, most))
    return rows


def _drain(machine: Machine, url: str, topology: Topology, checkout: Path, count: int) -> Drained:
    """Let so many relays of a checkout empty an outbox that was filled while they were stopped."""
    with open_channel(machine.broker_url) as channel:
        channel.queue_purge(topology.queue(LISTENER))
    with (
        psycopg.connect(url, autocommit=True) as connection,
        _relays(machine, url, topology, checkout, count) as relays,
    ):
        connection.execute("TRUNCATE outbox")
        eventually(lambda: sorted(shares_of(url).values()) in EVEN[count], seconds=30)
        pids = [relay.pid for relay in relays]
        backends = [pid for (pid,) in connection.execute(BACKENDS, [NAME])]
        with held(pids, PART) as start:
            _fill(url)
            before, begun = sum(map(used, [*pids, *backends])), time.perf_counter()
            start.set()
            eventually(lambda: _is_empty(connection, relays), seconds=120, every=0.005)
            seconds = time.perf_counter() - begun
        spent = sum(map(used, [*pids, *backends])) - before
    return Drained(WAITING / seconds, spent / WAITING * 1e6)


@contextmanager
def _relays(
    machine: Machine, url: str, topology: Topology, checkout: Path, count: int
) -> Iterator[Sequence[Child]]:
    job: dict[str, Any] = {"service": LISTENER, "url": url, "broker_url": machine.broker_url}
    job |= {"subscriptions": SUBSCRIPTIONS, "namespace": topology.namespace}
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                Child(
                    ["-c", PROGRAM.read_text(encoding="utf-8")],
                    machine.folder / f"relay-{number}.log",
                    job=job,
                    environ={"PGAPPNAME": NAME, "SKILLER_LOG_LEVEL": "warning"},
                    interpreter=interpreter_of(checkout),
                    cwd=checkout,
                )
            )
            for number in range(count)
        ]


@contextmanager
def held(pids: Sequence[int], part: float) -> Iterator[threading.Event]:
    """Stop these processes until the event is set, and then whenever they used their part."""
    start, end = threading.Event(), threading.Event()
    for pid in pids:
        _send(pid, signal.SIGSTOP)

    def hold() -> None:
        start.wait()
        begun, before = time.perf_counter(), {pid: used(pid) for pid in pids}
        while not end.wait(LOOK_SECONDS):
            allowed = part * (time.perf_counter() - begun)
            for pid in pids:
                is_over = used(pid) - before[pid] > allowed
                _send(pid, signal.SIGSTOP if is_over else signal.SIGCONT)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        yield start
    finally:
        start.set()
        end.set()
        holding.join()
        for pid in pids:
            _send(pid, signal.SIGCONT)


def _send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)


def used(pid: int) -> float:
    """Seconds on a processor of all threads of a process, to the microsecond."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _fill(url: str) -> None:
    database = Database(url)
    with database.transaction() as session:
        outbox.record(session, *(new_like() for _ in range(WAITING)))
    database.close()


def _is_empty(connection: psycopg.Connection[Any], relays: Sequence[Child]) -> bool:
    for relay in relays:
        relay.check()
    [[is_empty]] = connection.execute("SELECT NOT EXISTS (SELECT FROM outbox)")
    return bool(is_empty)
