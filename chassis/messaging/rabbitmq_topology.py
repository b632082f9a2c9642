"""Making sure that the broker has the queues: looked for first, declared only where missing.

One queue that cannot be had, or has other arguments than this code would give it, is that
service's trouble alone: each is looked at on a channel of its own.
"""

from typing import Any

from pika.exceptions import ChannelClosedByBroker

from chassis import metrics
from chassis.logs import get_logger
from chassis.messaging.topology import Topology

NOT_FOUND, REFUSED, INEQUIVALENT = 404, 403, 406
GUIDE = "docs/guides/change-a-queue.md"
log = get_logger("rabbitmq")


class QueueUnusable(Exception):
    """The broker has no such queue and this service may not declare it."""


def _ensure_exchange(connection: Any, topology: Topology) -> bool:
    """The exchange is there; returns whether it had to be declared, and so has no binding."""
    if _try(connection, lambda channel: _find_exchange(channel, topology)) != NOT_FOUND:
        return False
    channel = connection.channel()
    channel.exchange_declare(topology.exchange, exchange_type="topic", durable=True)
    channel.close()
    return True


def ensure_own_queues(connection: Any, topology: Topology, service: str) -> None:
    """A consumer's two queues are there and bound; raises QueueUnusable.

    One that has other arguments is used as it is, and told of as an error: an operator decides.
    """
    _ensure_exchange(connection, topology)
    for name, arguments, keys in topology.queues(service):
        is_there = _try(connection, lambda channel, name=name: _find(channel, name)) is None
        code = _declare(connection, topology, name, arguments, keys)
        if code is not None and not is_there:
            raise QueueUnusable(
                f"queue {name} is missing and may not be declared ({code}): {GUIDE}"
            )
        differs = code == INEQUIVALENT
        metrics.queue_differs.labels(service, name.removeprefix(topology.namespace)).set(differs)
        if differs:
            log.error("queue differs", service=service, queue=name, guide=GUIDE)
            _bind(connection, topology, name, keys)


def ensure_listeners(connection: Any, topology: Topology) -> None:
    """For a relay: what listeners' queues are missing is declared where this user may.

    Quietly: a broker that gives each service its own rights has them from its definitions.
    """
    is_unbound = _ensure_exchange(connection, topology)
    for service in topology.services:
        for name, arguments, keys in topology.queues(service):
            code = _try(connection, lambda channel, name=name: _find(channel, name))
            if code == NOT_FOUND or is_unbound:
                _declare(connection, topology, name, arguments, keys)


def _declare(
    connection: Any, topology: Topology, name: str, arguments: dict[str, Any], keys: list[str]
) -> int | None:
    def declare(channel: Any) -> None:
        channel.queue_declare(name, durable=True, arguments=arguments)
        for key in keys:
            channel.queue_bind(name, topology.exchange, routing_key=key)

    return _try(connection, declare)


def _bind(connection: Any, topology: Topology, name: str, keys: list[str]) -> None:
    def bind(channel: Any) -> None:
        for key in keys:
            channel.queue_bind(name, topology.exchange, routing_key=key)

    _try(connection, bind)


def _find(channel: Any, name: str) -> None:
    channel.queue_declare(name, passive=True)


def _find_exchange(channel: Any, topology: Topology) -> None:
    channel.exchange_declare(topology.exchange, passive=True)


def _try(connection: Any, work: Any) -> int | None:
    """Do it on a channel of its own; None when it worked, else the broker's code."""
    channel = connection.channel()
    try:
        work(channel)
    except ChannelClosedByBroker as error:
        code: int = error.reply_code
        return code
    channel.close()
    return None
