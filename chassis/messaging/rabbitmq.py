"""RabbitMQ as the transport: pipelined publishing with confirms, consuming in batches.

Each class owns its connection and lives in one thread, as pika's adapters ask. Every
lost connection ends in an exception, which the worker's loop answers with a new one.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pika
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_unreachable
from chassis.logs import get_logger
from chassis.messaging.consumer import Consumer, Message, in_groups
from chassis.messaging.envelope import CONTENT_TYPE
from chassis.messaging.loops import Backoff, Stop
from chassis.messaging.relay import OutboxRow, Published
from chassis.messaging.topology import Topology

log = get_logger("rabbitmq")

PREFETCH = 100
CONFIRM_SECONDS = 30.0
CLOSE_SECONDS = 2.0
READ_SECONDS = 0.5


class BrokerLost(Exception):
    """The connection, the channel or the subscription ended; connect again."""


def parameters(url: str) -> pika.URLParameters:
    """Connection parameters with every wait bounded."""
    wanted = pika.URLParameters(url)
    wanted.heartbeat = 60
    wanted.blocked_connection_timeout = 30
    wanted.socket_timeout = 10
    wanted.stack_timeout = 15
    wanted.connection_attempts = 1
    return wanted


class RabbitPublisher:
    """Publishes a batch without waiting in between, then for all confirmations.

    pika's BlockingConnection waits for each confirmation; its SelectConnection does
    not. Its loop turns only inside these methods, until what they wait for has come.
    """

    counts_deliveries = False

    def __init__(self, url: str, topology: Topology) -> None:
        self.topology = topology
        self._lost: BaseException | None = None
        self._channel: Any = None
        self._next_tag = 0
        self._sent: dict[int, OutboxRow] = {}  # by delivery tag, not yet confirmed
        self._result = Published()
        self._returned: set[str] = set()
        with pika.BlockingConnection(parameters(url)) as connection:
            topology.declare(connection.channel())
        self._connection = pika.SelectConnection(
            parameters(url),
            on_open_callback=lambda connection: connection.channel(
                on_open_callback=self._on_channel
            ),
            on_open_error_callback=self._on_lost,
            on_close_callback=self._on_lost,
        )
        try:
            self._run_until(lambda: self._channel is not None, CONFIRM_SECONDS)
        except BrokerLost:
            self.close()
            raise

    def publish(self, rows: Sequence[OutboxRow]) -> Published:
        """Raises BrokerLost, with an unknown part of the batch published, when it ends."""
        self._result, self._sent, self._returned = Published(), {}, set()
        for row in rows:
            self._next_tag += 1
            self._sent[self._next_tag] = row
            self._publish(row)
        self._run_until(lambda: not self._sent, CONFIRM_SECONDS)
        return self._result

    def keep_alive(self) -> None:
        self._run_until(lambda: True, 0)

    def close(self) -> None:
        if self._connection.is_open:
            self._connection.close()
        self._turn_until(lambda: self._connection.is_closed, CLOSE_SECONDS)
        self._connection.ioloop.close()

    def _publish(self, row: OutboxRow) -> None:
        exchange, key = self.topology.exchange, row.type
        if row.destination is not None:
            exchange, key = "", self.topology.queue(row.destination)
        self._channel.basic_publish(
            exchange,
            key,
            row.body.encode(),
            pika.BasicProperties(
                content_type=CONTENT_TYPE,
                delivery_mode=pika.DeliveryMode.Persistent.value,
                message_id=str(row.event_id),
                type=row.type,
            ),
            mandatory=row.destination is not None or self.topology.has_listener(row.type),
        )

    def _run_until(self, is_done: Callable[[], bool], seconds: float) -> None:
        """Turn the loop until `is_done`; raises BrokerLost when it does not come."""
        self._turn_until(lambda: self._lost is not None or is_done(), seconds)
        if self._lost is not None:
            raise BrokerLost(repr(self._lost))
        if not is_done():
            raise BrokerLost("no answer in time")

    def _turn_until(self, is_done: Callable[[], bool], seconds: float) -> None:
        """Turn the loop, at least once, until `is_done` or the time is over."""
        loop = self._connection.ioloop
        self._is_done = is_done
        timer = loop.call_later(0 if is_done() else seconds, loop.stop)
        loop.start()
        loop.remove_timeout(timer)

    def _check_done(self) -> None:
        if self._is_done():
            self._connection.ioloop.stop()

    def _on_channel(self, channel: Any) -> None:
        channel.add_on_close_callback(self._on_lost)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirmation, callback=lambda _: self._on_ready(channel))

    def _on_ready(self, channel: Any) -> None:
        self._channel = channel
        self._check_done()

    def _on_return(self, _: Any, __: Any, properties: Any, ___: bytes) -> None:
        # The broker confirms a returned message as well, after it returned it.
        self._returned.add(properties.message_id)

    def _on_confirmation(self, frame: Any) -> None:
        last, is_ack = frame.method.delivery_tag, isinstance(frame.method, pika.spec.Basic.Ack)
        tags = [tag for tag in self._sent if tag <= last] if frame.method.multiple else [last]
        for tag in tags:
            row = self._sent.pop(tag)
            is_kept = not is_ack or str(row.event_id) in self._returned
            (self._result.returned if is_kept else self._result.confirmed).append(row.id)
        self._check_done()

    def _on_lost(self, *details: Any) -> None:
        self._lost = details[-1]
        self._check_done()


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
            while not stop.is_set():
                beat()
                connection.process_data_events(time_limit=READ_SECONDS)
                for feed in feeds:
                    feed.drain(wait)

    def _subscribe(self, connection: Any) -> list["_Feed"]:
        feeds = [
            _Feed(connection.channel(), self.consumer.store_dead_lettered),
            _Feed(connection.channel(), self.consumer.handle),
        ]
        self.topology.declare(feeds[0].channel)
        service = self.consumer.service
        feeds[0].subscribe(self.topology.dead_queue(service))
        feeds[1].subscribe(self.topology.queue(service))
        return feeds


@dataclass
class _Feed:
    """One subscription: what the socket has delivered of it, and what becomes of that."""

    channel: Any
    handle: Callable[[Sequence[Message]], None]
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
            except SQLAlchemyError as error:
                if not is_unreachable(error):
                    raise
                delay = backoff.next()
                log.warning("database away", seconds=round(delay, 1), error=str(error.args[0]))
            if not wait(delay):
                return False

    def _keep(self, _: Any, method: Any, properties: Any, body: bytes) -> None:
        self.arrived.append(_Delivery(method.delivery_tag, _message(method, properties, body)))


def _message(method: Any, properties: Any, body: bytes) -> Message:
    count = (properties.headers or {}).get("x-delivery-count")
    return Message(body, redeliveries=int(count) if count is not None else int(method.redelivered))


def _raise_cancelled(_: Any) -> None:
    raise BrokerLost("the broker cancelled the subscription")
