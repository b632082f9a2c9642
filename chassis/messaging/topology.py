"""Queues and bindings: one durable topic exchange, one quorum queue per listening service.

Who listens is generated from the services' subscriptions into
`contracts/subscriptions.json`; the broker's definitions and the declarations made
here come from it. Every argument is explicit, so that it means the same on 3.10 and 4.x.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import contracts

EXCHANGE = "events"
DELIVERY_LIMIT = 20
SUBSCRIPTIONS_FILE = Path(contracts.__file__).with_name("subscriptions.json")

Subscriptions = Mapping[str, Sequence[str]]


def read_subscriptions() -> dict[str, list[str]]:
    """Event type → names of the services that listen to it."""
    subscriptions: dict[str, list[str]] = json.loads(SUBSCRIPTIONS_FILE.read_text("utf-8"))
    return subscriptions


@dataclass(frozen=True)
class Topology:
    """The names on the broker; `namespace` keeps test runs apart on a shared one."""

    subscriptions: Subscriptions
    namespace: str = ""

    @property
    def exchange(self) -> str:
        return self.namespace + EXCHANGE

    def queue(self, service: str) -> str:
        return f"{self.namespace}{service}.events"

    def dead_queue(self, service: str) -> str:
        return f"{self.namespace}{service}.dead"

    @property
    def services(self) -> list[str]:
        """Every service that listens to anything, sorted."""
        return sorted({name for names in self.subscriptions.values() for name in names})

    def has_listener(self, event_type: str) -> bool:
        return bool(self.subscriptions.get(event_type))

    def arguments(self, service: str) -> dict[str, Any]:
        """Of a service's queue: refuse when full, keep what is given up, at least once."""
        return {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": self.dead_queue(service),
            "x-dead-letter-strategy": "at-least-once",
        }

    @property
    def dead_arguments(self) -> dict[str, Any]:
        return {"x-queue-type": "quorum"}

    def declare(self, channel: Any) -> None:
        """Declare everything on a pika channel; dead queues first, as at-least-once needs."""
        channel.exchange_declare(self.exchange, exchange_type="topic", durable=True)
        for service in self.services:
            channel.queue_declare(
                self.dead_queue(service), durable=True, arguments=self.dead_arguments
            )
            channel.queue_declare(
                self.queue(service), durable=True, arguments=self.arguments(service)
            )
        for event_type, services in self.subscriptions.items():
            for service in services:
                channel.queue_bind(self.queue(service), self.exchange, routing_key=event_type)

    def delete(self, channel: Any) -> None:
        """Remove everything again; for tests in a namespace."""
        for service in self.services:
            channel.queue_delete(self.queue(service))
            channel.queue_delete(self.dead_queue(service))
        channel.exchange_delete(self.exchange)


def definitions(topology: Topology, *, vhost: str = "/") -> dict[str, Any]:
    """The topology as a RabbitMQ definitions file, loaded before any relay starts."""
    queues = []
    for service in topology.services:
        for name, arguments in (
            (topology.dead_queue(service), topology.dead_arguments),
            (topology.queue(service), topology.arguments(service)),
        ):
            queues.append(
                {
                    "name": name,
                    "vhost": vhost,
                    "durable": True,
                    "auto_delete": False,
                    "arguments": arguments,
                }
            )
    bindings = [
        {
            "source": topology.exchange,
            "vhost": vhost,
            "destination": topology.queue(service),
            "destination_type": "queue",
            "routing_key": event_type,
            "arguments": {},
        }
        for event_type, services in sorted(topology.subscriptions.items())
        for service in services
    ]
    exchange = {
        "name": topology.exchange,
        "vhost": vhost,
        "type": "topic",
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [exchange],
        "queues": queues,
        "bindings": bindings,
    }
