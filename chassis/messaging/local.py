"""The transport of one machine: the relay hands outbox rows straight to the consumers.

At least once, like a broker: a row leaves the outbox when every listener has
committed. A row whose delivery was counted before and not finished is a redelivery.
"""

from collections.abc import Mapping, Sequence

from chassis.messaging.consumer import Consumer, Message, in_groups
from chassis.messaging.relay import OutboxRow, Published


class LocalPublisher:
    """Delivers to the consumers of this process, each in its own transactions."""

    counts_deliveries = True

    def __init__(self, consumers: Mapping[str, Consumer]) -> None:
        self.consumers = consumers

    def publish(self, rows: Sequence[OutboxRow]) -> Published:
        """Returns when every listener applied or stored each row."""
        for service, consumer in self.consumers.items():
            messages = [_message(row) for row in rows if self._concerns(row, service)]
            for group in in_groups(messages):
                consumer.handle(group)
        return Published(confirmed=[row.id for row in rows])

    def _concerns(self, row: OutboxRow, service: str) -> bool:
        if row.destination is not None:
            return row.destination == service
        return self.consumers[service].handlers.listens_to(row.type)

    def keep_alive(self) -> None:
        """Nothing to keep alive."""

    def close(self) -> None:
        """Nothing to close."""


def _message(row: OutboxRow) -> Message:
    return Message(row.body.encode(), redeliveries=row.delivery_count)
