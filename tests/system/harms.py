"""What is done to a running Skiller, for the drills; each is taken back by its end."""

import os
import random
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pika
import psycopg

from chassis.messaging.topology import Topology, read_subscriptions
from chassis.testing.full_disk import EMPTY_DISK, FILL_DISK
from chassis.testing.waiting import eventually
from standalone.postgres import Postgres
from tests.system.processes import Cluster

SPY = "spy"


def end_postgres(postgres: Postgres, how: signal.Signals) -> None:
    """End the server as an operator does (SIGINT) or as a crash (SIGKILL); it keeps its place."""
    pid = postgres.pid
    assert pid is not None
    os.kill(pid, how)
    eventually(lambda: postgres.pid is None)


@contextmanager
def full_disk(database_url: str) -> Iterator[None]:
    """A database takes no further row into its outbox inside the block."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(FILL_DISK.encode())
        try:
            yield
        finally:
            connection.execute(EMPTY_DISK.encode())


@contextmanager
def gone(skiller: Cluster, name: str, how: signal.Signals = signal.SIGKILL) -> Iterator[None]:
    """A process is ended, and started again after the block."""
    skiller.kill(name, how)
    try:
        yield
    finally:
        skiller.start(name)


@contextmanager
def paused(skiller: Cluster, name: str) -> Iterator[None]:
    """A process stands still inside the block."""
    group = skiller.running[name].pid
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


@contextmanager
def channel_of(skiller: Cluster) -> Iterator[tuple[Any, Topology]]:
    """A channel to the broker, and the names on it."""
    with pika.BlockingConnection(pika.URLParameters(skiller.broker_url)) as connection:
        yield connection.channel(), Topology(read_subscriptions(), skiller.namespace)


def delete_queue(skiller: Cluster, service: str) -> int:
    """Delete a listener's queue; how many messages were in it."""
    with channel_of(skiller) as (channel, topology):
        done = channel.queue_delete(topology.queue(service))
        count: int = done.method.message_count
        return count


def count_waiting(urls: Mapping[str, str], listener: str) -> int:
    """How many events wait in all outboxes for a listener that cannot be reached."""
    found = 0
    for url in urls.values():
        with psycopg.connect(url) as connection:
            [(count,)] = connection.execute(
                "SELECT count(*) FROM outbox WHERE destination = %s", [listener]
            )
            found += count
    return found


def shuffle_events(skiller: Cluster, seconds: float) -> int:
    """Keep all events back for so long, then deliver each three times in random order.

    Returns how many there were. A relay is content as long as a queue takes its event.
    """
    with channel_of(skiller) as (channel, topology):
        spy = f"{topology.namespace}{SPY}"
        channel.queue_declare(spy)
        channel.queue_bind(spy, topology.exchange, "#")
        _bind_all(channel, topology, is_bound=False)
        channel.connection.sleep(seconds)
        _bind_all(channel, topology, is_bound=True)
        channel.queue_unbind(spy, topology.exchange, "#")
        kept = list(_take_all(channel, spy))
        channel.queue_delete(spy)
        deliveries = kept * 3
        random.Random(len(kept)).shuffle(deliveries)
        for queue, properties, body in deliveries:
            channel.basic_publish("", queue, body, properties)
        return len(kept)


def _bind_all(channel: Any, topology: Topology, *, is_bound: bool) -> None:
    for service in topology.services:
        queue = topology.queue(service)
        for kind in topology.heard_by(service):
            key = topology.routing_key(service, kind)
            if is_bound:
                channel.queue_bind(queue, topology.exchange, key)
            else:
                channel.queue_unbind(queue, topology.exchange, key)


def _take_all(channel: Any, spy: str) -> Iterator[tuple[str, Any, bytes]]:
    """Each message with the queue that it was on its way to."""
    namespace = spy.removesuffix(SPY)
    while True:
        method, properties, body = channel.basic_get(spy, auto_ack=True)
        if method is None:
            return
        yield f"{namespace}{method.routing_key.partition('.')[0]}.events", properties, body


def has_future_rows(database_url: str) -> bool:
    """Whether social keeps a follow from the future."""
    with psycopg.connect(database_url) as connection:
        [(count,)] = connection.execute(
            "SELECT count(*) FROM follows WHERE changed_at > now() + interval '5 minutes'"
        )
        return bool(count)


def wait(seconds: float) -> None:
    """Let the load go on for so long: what is drilled is what it meets meanwhile."""
    time.sleep(seconds)
