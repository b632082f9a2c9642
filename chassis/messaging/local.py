"""The transport of one machine: the relay hands outbox rows straight to the consumers.

At least once, like a broker: a row leaves the outbox when every listener has
committed. A row whose delivery was counted before and not finished is a redelivery.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import ClockWrong, is_unreachable, tell_unreachable
from chassis.logs import get_logger
from chassis.messaging.consumer import Consumer, Message, in_groups
from chassis.messaging.loops import Backoff
from chassis.messaging.relay import OutboxRow, Published

log = get_logger("local")


class LocalPublisher:
    """Delivers to the consumers of this process, each in its own transactions."""

    counts_deliveries = True

    def __init__(self, consumers: Mapping[str, Consumer]) -> None:
        self.consumers = consumers

    def publish(self, rows: Sequence[OutboxRow], alive: Callable[[], bool]) -> Published:
        """Returns when every listener applied or stored each row, or `alive` says no more."""
        for service, consumer in self.consumers.items():
            messages = [_message(row) for row in rows if self._concerns(row, service)]
            for group in in_groups(messages):
                if not _handle_patiently(consumer, group, alive):
                    return Published(untried=[row.id for row in rows])
                alive()
        return Published(confirmed=[row.id for row in rows])

    def _concerns(self, row: OutboxRow, service: str) -> bool:
        if row.destination is not None:
            return row.destination == service
        return self.consumers[service].handlers.listens_to(row.type)

    def keep_alive(self) -> None:
        """Nothing to keep alive."""

    def close(self) -> None:
        """Nothing to close."""


def _handle_patiently(
    consumer: Consumer, group: Sequence[Message], alive: Callable[[], bool]
) -> bool:
    """Keep a group in hand while the listener's database is away; False when told to stop."""
    backoff = Backoff()
    while True:
        try:
            consumer.handle(group)
            return True
        except (SQLAlchemyError, ClockWrong) as error:
            if not is_unreachable(error):
                raise
            delay = backoff.next()
            tell_unreachable(consumer.service, error, seconds=round(delay, 1))
        end = time.monotonic() + delay
        while time.monotonic() < end:
            if not alive():
                return False
            time.sleep(min(0.2, delay))


def _message(row: OutboxRow) -> Message:
    return Message(row.body.encode(), redeliveries=row.delivery_count)
