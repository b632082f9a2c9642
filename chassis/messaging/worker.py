"""The process beside the web processes: relays, consumers and retries, each in its loop.

`<service> work` runs one service on RabbitMQ; standalone runs all of them on the
local transport. SIGTERM lets each loop finish what it has in hand.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from chassis import garbage, metrics
from chassis.database import Database
from chassis.logs import get_logger
from chassis.messaging.consumer import Consumer
from chassis.messaging.local import LocalPublisher
from chassis.messaging.loops import Loop, Stop
from chassis.messaging.rabbitmq_consumer import RabbitConsumer
from chassis.messaging.rabbitmq_publisher import RabbitPublisher
from chassis.messaging.relay import Relay
from chassis.messaging.topology import Topology

log = get_logger("worker")

RETRY_POLL_SECONDS = 1.0
STALE_SECONDS = 60.0
SHUTDOWN_SECONDS = 20.0


def rabbit_loops(
    service: str, database: Database, consumer: Consumer, url: str, topology: Topology
) -> list[Loop]:
    """The loops of one service whose events travel over RabbitMQ; `housekeeping` is beside them."""
    relay = Relay(service, database.url, lambda: RabbitPublisher(url, topology))
    loops = [Loop(f"{service} relay", relay.run)]
    if service in topology.services:
        feed = RabbitConsumer(url, topology, consumer)
        loops.append(Loop(f"{service} consumer", feed.run))
    return loops


def local_loops(databases: Mapping[str, Database], consumers: Mapping[str, Consumer]) -> list[Loop]:
    """The loops of all services of one machine, delivering in this process; with the same."""
    loops = []
    for service, database in databases.items():
        relay = Relay(service, database.url, lambda: LocalPublisher(consumers))
        loops.append(Loop(f"{service} relay", relay.run))
    return loops


def housekeeping(consumers: Sequence[Consumer]) -> Loop:
    """Tries again what failed.

    One loop for all services of the process: an attempt that kills it must not
    have cost another event an attempt as well.
    """

    def body(stop: Stop, beat: Callable[[], None]) -> None:
        while not stop.is_set():
            for consumer in consumers:
                beat()
                while consumer.retry_due() and not stop.is_set():
                    beat()
            stop.wait(RETRY_POLL_SECONDS)

    return Loop("retries", body)


def run(loops: Iterable[Loop], *, heartbeat: Path | None = None) -> None:
    """Run the loops until SIGTERM or SIGINT, touching the heartbeat while all are alive.

    Ends the process with status 1 when a loop hangs: pika's calls to a broker that does
    not answer have no time-out, and whoever started the process starts it again.
    """
    running = list(loops)
    ending = threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    garbage.look_seldom()
    for loop in running:
        loop.start()
    log.info("working", loops=[loop.name for loop in running])
    while not ending.wait(1.0):
        for loop in running:
            metrics.loop_silence.labels(loop.name).set(loop.silence)
        hanging = [loop.name for loop in running if not loop.beats_within(STALE_SECONDS)]
        if hanging:
            log.error("loops hang", loops=hanging)
            stop(loop for loop in running if loop.name not in hanging)
            sys.exit(1)
        if heartbeat:
            heartbeat.touch()
    stop(running)
    log.info("stopped")


def stop(loops: Iterable[Loop]) -> None:
    """Let each loop finish its batch; one that does not within 20 s is left behind."""
    running = list(loops)
    for loop in running:
        loop.stopping.set()
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    for loop in running:
        loop.join(max(0.0, deadline - time.monotonic()))


def is_alive(heartbeat: Path) -> bool:
    """Whether the worker touched its heartbeat within the last minute."""
    return heartbeat.exists() and time.time() - heartbeat.stat().st_mtime < STALE_SECONDS
