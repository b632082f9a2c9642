"""Consuming from RabbitMQ: what has arrived, in batches, acknowledged after the commit."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pika
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import ClockWrong, is_unreachable, tell_unreachable
from chassis.logs import get_logger
from chassis.messaging.consumer import Consumer, Message, in_groups
from chassis.messaging.loops import Backoff, Stop
from chassis.messaging.rabbitmq import BrokerLost, parameters
from chassis.messaging.rabbitmq_topology import ensure_own_queues
from chassis.messaging.topology import Topology
from contracts import EVENTS

log = get_logger("rabbitmq")

PREFETCH = 400
READ_SECONDS = 0.5
ENSURE_SECONDS = 30.0


@dataclass(frozen=True)
class _Delivery:
    tag: int
    message: Message


class RabbitConsumer:
    """Feeds one service's consumer from its queue, and from its queue of dead letters."""

    def __init__(self, url: str, topology: Topology, consumer: Consumer) -> None:
        self.url = url
        self.topology = topology
        self.consumer = consumer

    def run(self, stop: Stop, beat: Callable[[], None]) -> None:
        """Consume until told to stop; then finish and acknowledge the batch in hand."""
        with pika.BlockingConnection(parameters(self.url)) as connection:

            def wait(seconds: float) -> bool:
                """Answer heartbeats for so long; returns whether to go on."""
                end = time.monotonic() + seconds
                while not stop.is_set() and time.monotonic() < end:
                    beat()
                    connection.sleep(min(READ_SECONDS, max(0.0, end - time.monotonic())))
                return not stop.is_set()

            feeds = self._subscribe(connection)
            ensured = time.monotonic()
            while not stop.is_set():
                beat()
                if time.monotonic() - ensured > ENSURE_SECONDS:
                    # A binding that somebody took away is noticed by nobody else.
                    ensure_own_queues(connection, self.topology, self.consumer.service)
                    ensured = time.monotonic()
                connection.process_data_events(time_limit=READ_SECONDS)
                for feed in feeds:
                    feed.drain(wait)

    def _subscribe(self, connection: Any) -> list["_Feed"]:
        feeds = [
            _Feed(connection.channel(), self.consumer.store_dead_lettered, self.consumer.service),
            _Feed(connection.channel(), self.consumer.handle, self.consumer.service),
        ]
        service = self.consumer.service
        ensure_own_queues(connection, self.topology, service)
        feeds[0].subscribe(self.topology.dead_queue(service))
        feeds[1].subscribe(self.topology.queue(service))
        return feeds


@dataclass
class _Feed:
    """One subscription: what the socket has delivered of it, and what becomes of that."""

    channel: Any
    handle: Callable[[Sequence[Message]], None]
    service: str
    arrived: list[_Delivery] = field(default_factory=list)

    def subscribe(self, queue: str) -> None:
        self.channel.basic_qos(prefetch_count=PREFETCH)
        self.channel.add_on_cancel_callback(_raise_cancelled)
        self.channel.basic_consume(queue, self._keep)

    def drain(self, wait: Callable[[float], bool]) -> None:
        """Handle what has arrived, and acknowledge each group after its commit."""
        batch, self.arrived = self.arrived, []
        position = 0
        for group in in_groups([delivery.message for delivery in batch]):
            if not self._handle_patiently(group, wait):
                return
            position += len(group)
            self.channel.basic_ack(batch[position - 1].tag, multiple=True)

    def _handle_patiently(self, group: Sequence[Message], wait: Callable[[float], bool]) -> bool:
        """Keep a group in hand while the database is away; False when told to stop."""
        backoff = Backoff()
        while True:
            try:
                self.handle(group)
                return True
            except (SQLAlchemyError, ClockWrong) as error:
                if not is_unreachable(error):
                    raise
                delay = backoff.next()
                tell_unreachable(self.service, error, seconds=round(delay, 1))
            if not wait(delay):
                return False

    def _keep(self, _: Any, method: Any, properties: Any, body: bytes) -> None:
        message = _message(method, properties, body, self.service)
        self.arrived.append(_Delivery(method.delivery_tag, message))


def _message(method: Any, properties: Any, body: bytes, service: str) -> Message:
    count = (properties.headers or {}).get("x-delivery-count")
    redeliveries = int(count) if count is not None else int(method.redelivered)
    return Message(body, redeliveries, routed_as=_type_in(method.routing_key, service))


def _type_in(routing_key: str, service: str) -> str | None:
    """The type by which the broker let the message through; None where no type stands.

    An earlier release published by the type alone.
    """
    event_type = routing_key.removeprefix(f"{service}.")
    return event_type if event_type in EVENTS else None


def _raise_cancelled(_: Any) -> None:
    raise BrokerLost("the broker cancelled the subscription")
