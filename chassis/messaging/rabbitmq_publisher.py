"""Publishing to RabbitMQ: a batch in one write, a copy for each listener, then confirmations."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pika

from chassis.messaging.envelope import CONTENT_TYPE
from chassis.messaging.rabbitmq import BrokerLost, parameters
from chassis.messaging.rabbitmq_topology import ensure_listeners
from chassis.messaging.relay import ALIVE_SECONDS, OutboxRow, Published
from chassis.messaging.topology import Topology

CONFIRM_SECONDS = 30.0
CLOSE_SECONDS = 2.0


class _HoldingConnection(pika.SelectConnection):  # type: ignore[misc]
    """Sends what is published inside `hold()` in one write.

    pika writes three frames for each message, each with its own call of the system; for
    a batch of 100 that was half of the publisher's time.
    """

    _held: list[bytes] | None = None

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Collect what the block emits, and send it at the block's end."""
        held: list[bytes] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
        if held and self.is_open:
            self._adapter_emit_data(b"".join(held))

    def _adapter_emit_data(self, data: bytes) -> None:
        if self._held is None:
            super()._adapter_emit_data(data)
        else:
            self._held.append(data)


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
        self._left_channel: Any = None
        self._is_refused = False  # whether the channel was refused by a full queue
        self._next_tag = 0
        # By delivery tag, not yet confirmed: which row, for which listener.
        self._sent: dict[int, tuple[OutboxRow, str]] = {}
        self._result = Published()
        self._returned: set[tuple[str, str]] = set()  # message id and routing key
        with pika.BlockingConnection(parameters(url)) as connection:
            ensure_listeners(connection, topology)
        self._connection = _HoldingConnection(
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

    def publish(self, rows: Sequence[OutboxRow], alive: Callable[[], bool]) -> Published:
        """Raises BrokerLost, with an unknown part of the batch published, when it ends."""
        if self._is_refused:
            self._take_another_channel()
        self._result, self._sent, self._returned = Published(), {}, set()
        with self._connection.hold():
            for row in rows:
                for listener in self._listeners_of(row):
                    self._next_tag += 1
                    self._sent[self._next_tag] = (row, listener)
                    self._publish(row, listener)
        self._wait_for_confirmations(alive)
        kept = self._result.returned
        self._result.confirmed = [row.id for row in rows if row.id not in kept]
        return self._result

    def _take_another_channel(self) -> None:
        """A queue whose limit was lifted refuses for ever whoever it refused (RabbitMQ 3.10)."""
        self._left_channel, self._channel = self._channel, None
        self._left_channel.close()
        self._is_refused, self._next_tag = False, 0
        self._connection.channel(on_open_callback=self._on_channel)
        self._run_until(lambda: self._channel is not None, CONFIRM_SECONDS)

    def _wait_for_confirmations(self, alive: Callable[[], bool]) -> None:
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._sent and time.monotonic() < deadline:
            self._turn_until(lambda: self._lost is not None or not self._sent, ALIVE_SECONDS)
            alive()
            if self._lost is not None:
                break
        self._run_until(lambda: not self._sent, 0)

    def _listeners_of(self, row: OutboxRow) -> Sequence[str]:
        return [row.destination] if row.destination else self.topology.listeners(row.type)

    def keep_alive(self) -> None:
        self._run_until(lambda: True, 0)

    def close(self) -> None:
        if self._connection.is_open:
            self._connection.close()
        self._turn_until(lambda: self._connection.is_closed, CLOSE_SECONDS)
        self._connection.ioloop.close()

    def _publish(self, row: OutboxRow, listener: str) -> None:
        self._channel.basic_publish(
            self.topology.exchange,
            self.topology.routing_key(listener, row.type),
            row.body.encode(),
            pika.BasicProperties(
                content_type=CONTENT_TYPE,
                delivery_mode=pika.DeliveryMode.Persistent.value,
                message_id=str(row.event_id),
                type=row.type,
            ),
            mandatory=True,
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
        channel.add_on_close_callback(self._on_channel_closed)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirmation, callback=lambda _: self._on_ready(channel))

    def _on_ready(self, channel: Any) -> None:
        self._channel = channel
        self._check_done()

    def _on_channel_closed(self, channel: Any, reason: BaseException) -> None:
        if channel is not self._left_channel:
            self._on_lost(reason)

    def _on_return(self, _: Any, method: Any, properties: Any, __: bytes) -> None:
        # The broker confirms a returned message as well, after it returned it.
        self._returned.add((properties.message_id, method.routing_key))

    def _on_confirmation(self, frame: Any) -> None:
        last, is_ack = frame.method.delivery_tag, isinstance(frame.method, pika.spec.Basic.Ack)
        tags = [tag for tag in self._sent if tag <= last] if frame.method.multiple else [last]
        for tag in tags:
            row, listener = self._sent.pop(tag)
            key = self.topology.routing_key(listener, row.type)
            self._is_refused |= not is_ack
            if not is_ack or (str(row.event_id), key) in self._returned:
                self._result.returned.setdefault(row.id, []).append(listener)
        self._check_done()

    def _on_lost(self, *details: Any) -> None:
        self._lost = details[-1]
        self._check_done()
