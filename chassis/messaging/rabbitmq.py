"""RabbitMQ as the transport: pipelined publishing with confirms, consuming in batches.

Each class owns its connection and lives in one thread, as pika's adapters ask. Every
lost connection ends in an exception, which the worker's loop answers with a new one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    not. Its loop runs only inside these methods, until what they wait for has come.
    """

    counts_deliveries = False

    def __init__(self, url: str, topology: Topology) -> None:
        self.topology = topology
        self._lost: BaseException | None = None
        self._channel: Any = None
        self._sent: dict[int, int] = {}  # delivery tag → outbox row id
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
        self._run_until(lambda: self._channel is not None, CONFIRM_SECONDS)

    def publish(self, rows: Sequence[OutboxRow]) -> Published:
        """Raises BrokerLost, with an unknown part of the batch published, when it ends."""
        self._result, self._sent, self._returned = Published(), {}, set()
        for row in rows:
            self._next_tag += 1
            self._sent[self._next_tag] = row.id
            self._publish(row)
        self._run_until(lambda: not self._sent, CONFIRM_SECONDS)
        return self._result

    def keep_alive(self) -> None:
        self._run_until(lambda: True, 0)

    def close(self) -> None:
        if self._connection.is_open:
            self._connection.close()
            self._connection.ioloop.call_later(2, self._connection.ioloop.stop)
            self._connection.ioloop.start()

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
                message_id=str(row.id),
                type=row.type,
            ),
            mandatory=row.destination is not None or self.topology.has_listener(row.type),
        )

    def _run_until(self, is_done: Callable[[], bool], seconds: float) -> None:
        """Turn the loop until `is_done`, at least once; raises BrokerLost."""
        loop = self._connection.ioloop
        self._is_done = is_done
        timer = loop.call_later(seconds, loop.stop)
        if self._lost is None:
            loop.start()
        loop.remove_timeout(timer)
        if self._lost is not None:
            raise BrokerLost(repr(self._lost))
        if not is_done():
            self._connection.close()
            raise BrokerLost("no confirmation in time")

    def _check_done(self) -> None:
        if self._is_done():
            self._connection.ioloop.stop()

    def _on_channel(self, channel: Any) -> None:
        channel.add_on_close_callback(self._on_lost)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirmation, callback=lambda _: self._on_ready(channel))

    def _on_ready(self, channel: Any) -> None:
        self._channel, self._next_tag = channel, 0
        self._check_done()

    def _on_return(self, _: Any, __: Any, properties: Any, ___: bytes) -> None:
        # The broker confirms a returned message as well, after it returned it.
        self._returned.add(properties.message_id)

    def _on_confirmation(self, frame: Any) -> None:
        last, is_ack = frame.method.delivery_tag, isinstance(frame.method, pika.spec.Basic.Ack)
        tags = [tag for tag in self._sent if tag <= last] if frame.method.multiple else [last]
        for tag in tags:
            row_id = self._sent.pop(tag)
            is_kept = not is_ack or str(row_id) in self._returned
            (self._result.returned if is_kept else self._result.confirmed).append(row_id)
        self._check_done()

    def _on_lost(self, *details: Any) -> None:
        self._lost = details[-1]
        self._connection.ioloop.stop()


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
        arrived: list[_Delivery] = []
        given_up: list[_Delivery] = []
        with pika.BlockingConnection(parameters(self.url)) as connection:
            channel, dead_channel = connection.channel(), connection.channel()
            self.topology.declare(channel)
            service = self.consumer.service
            _subscribe(dead_channel, self.topology.dead_queue(service), given_up)
            _subscribe(channel, self.topology.queue(service), arrived)
            while not stop.is_set():
                beat()
                connection.process_data_events(time_limit=READ_SECONDS)
                self._drain(channel, arrived, self.consumer.handle, stop)
                self._drain(dead_channel, given_up, self.consumer.store_dead_lettered, stop)

    def _drain(
        self,
        channel: Any,
        deliveries: list[_Delivery],
        handle: Callable[[Sequence[Message]], None],
        stop: Stop,
    ) -> None:
        """Handle what the socket has delivered, and acknowledge each group after its commit."""
        batch, deliveries[:] = list(deliveries), []
        position = 0
        for group in in_groups([delivery.message for delivery in batch]):
            if not self._handle_patiently(channel, handle, group, stop):
                return
            position += len(group)
            channel.basic_ack(batch[position - 1].tag, multiple=True)

    def _handle_patiently(
        self,
        channel: Any,
        handle: Callable[[Sequence[Message]], None],
        group: Sequence[Message],
        stop: Stop,
    ) -> bool:
        """Keep a group in hand while the database is away; False when told to stop."""
        backoff = Backoff()
        while True:
            try:
                handle(group)
                return True
            except SQLAlchemyError as error:
                if not is_unreachable(error):
                    raise
                delay = backoff.next()
                log.warning("database away", seconds=round(delay, 1), error=str(error.args[0]))
                channel.connection.sleep(delay)  # answers heartbeats meanwhile
            if stop.is_set():
                return False


def _subscribe(channel: Any, queue: str, into: list[_Delivery]) -> None:
    def keep(_: Any, method: Any, properties: Any, body: bytes) -> None:
        into.append(_Delivery(method.delivery_tag, _message(method, properties, body)))

    channel.basic_qos(prefetch_count=PREFETCH)
    channel.add_on_cancel_callback(_raise_cancelled)
    channel.basic_consume(queue, keep)


def _message(method: Any, properties: Any, body: bytes) -> Message:
    count = (properties.headers or {}).get("x-delivery-count")
    return Message(body, redeliveries=int(count) if count is not None else int(method.redelivered))


def _raise_cancelled(_: Any) -> None:
    raise BrokerLost("the broker cancelled the subscription")
