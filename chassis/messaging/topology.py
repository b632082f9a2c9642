"""Queues, bindings and rights: one durable topic exchange, one quorum queue per listener.

An event travels once for each service that listens, by the routing key `<service>.<type>`:
what comes back names the listener that is missing. Who listens is generated from the services'
subscriptions into `contracts/subscriptions.json`; the broker's definitions come from it.
"""

import json
import re
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

    @staticmethod
    def dead_key(service: str) -> str:
        return f"{service}.dead"

    @property
    def services(self) -> list[str]:
        """Every service that listens to anything, sorted."""
        return sorted({name for names in self.subscriptions.values() for name in names})

    def listeners(self, event_type: str) -> Sequence[str]:
        """The services that listen to a type of event."""
        return self.subscriptions.get(event_type, ())

    def heard_by(self, service: str) -> list[str]:
        """The types that a service listens to, sorted."""
        return sorted(kind for kind, names in self.subscriptions.items() if service in names)

    @staticmethod
    def routing_key(service: str, event_type: str) -> str:
        """Of an event on its way to one listener."""
        return f"{service}.{event_type}"

    def arguments(self, service: str) -> dict[str, Any]:
        """Of a service's queue: refuse when full, keep what is given up, at least once."""
        return {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-overflow": "reject-publish",
            # Not the default exchange: a right to write there is one to write to any queue.
            "x-dead-letter-exchange": self.exchange,
            "x-dead-letter-routing-key": self.dead_key(service),
            "x-dead-letter-strategy": "at-least-once",
        }

    @property
    def dead_arguments(self) -> dict[str, Any]:
        return {"x-queue-type": "quorum"}

    def queues(self, service: str) -> list[tuple[str, dict[str, Any], list[str]]]:
        """Name, arguments and routing keys of a service's queues, as they are to be declared.

        The dead letters' first, as at-least-once needs.
        """
        keys = [self.routing_key(service, kind) for kind in self.heard_by(service)]
        return [
            (self.dead_queue(service), self.dead_arguments, [self.dead_key(service)]),
            (self.queue(service), self.arguments(service), keys),
        ]

    def delete(self, channel: Any) -> None:
        """Remove everything again; for tests in a namespace."""
        for service in self.services:
            channel.queue_delete(self.queue(service))
            channel.queue_delete(self.dead_queue(service))
        channel.exchange_delete(self.exchange)


def definitions(topology: Topology, *, vhost: str = "/") -> dict[str, Any]:
    """The topology as a RabbitMQ definitions file, loaded before any relay starts."""
    exchange = {"name": topology.exchange, "type": "topic", "internal": False}
    queues, bindings = [], []
    for service in topology.services:
        for name, arguments, keys in topology.queues(service):
            queues.append({"name": name, "arguments": arguments})
            bindings += [
                {
                    "source": topology.exchange,
                    "destination": name,
                    "destination_type": "queue",
                    "routing_key": key,
                    "arguments": {},
                }
                for key in keys
            ]
    kept = {"vhost": vhost, "durable": True, "auto_delete": False}
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [{**exchange, **kept, "arguments": {}}],
        "queues": [{**queue, **kept} for queue in queues],
        "bindings": [{**binding, "vhost": vhost} for binding in bindings],
    }


def rights(topology: Topology, owners: Mapping[str, str], *, vhost: str = "/") -> dict[str, Any]:
    """What each service's own user may do, as a RabbitMQ definitions file.

    `owners` is event type → the service that tells it. A user publishes their own service's
    events alone, and binds and reads their own queues alone.
    """
    exchange = re.escape(topology.exchange)
    permissions, topics = [], []
    for service in sorted({*topology.services, *owners.values()}):
        queues = rf"{re.escape(topology.namespace)}{service}\.(events|dead)"
        of_user = {"user": service, "vhost": vhost}
        permissions.append(
            {
                **of_user,
                "configure": f"^{queues}$",
                "write": f"^({exchange}|{queues})$",
                "read": f"^({exchange}|{queues})$",
            }
        )
        own = "|".join(
            re.escape(kind) for kind, owner in sorted(owners.items()) if owner == service
        )
        topics.append(
            {
                **of_user,
                "exchange": topology.exchange,
                "write": rf"^[a-z]+\.({own})$" if own else "^$",
                "read": rf"^{service}\.",
            }
        )
    return {"permissions": permissions, "topic_permissions": topics}
