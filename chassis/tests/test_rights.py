"""Each service's user at the broker may do what the service does, and nothing of another's."""

from collections.abc import Callable
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from chassis.messaging.topology import definitions, rights
from chassis.testing.rabbitmq import Node
from chassis.tests import toys
from chassis.tests.bus import Bus, MakeBus
from chassis.tests.toys import NoteChanged, NoteForgotten

pytestmark = [pytest.mark.broker, pytest.mark.node]
PASSWORD = "of the tests"


@pytest.fixture
def guarded(make_bus: MakeBus, node: Node) -> Bus:
    """A broker that has its definitions, and a user for each service."""
    bus = make_bus("rabbitmq", broker_url=node.url)
    owners = {kind.type: kind.source for kind in (NoteChanged, NoteForgotten)}
    users = [{"name": name, "password": PASSWORD, "tags": ""} for name in toys.SERVICES]
    node.load({**definitions(bus.topology), "users": users})
    node.load(rights(bus.topology, owners))
    return bus


def as_user(node: Node, name: str, work: Callable[[Any], object]) -> int | None:
    """What the broker answers this user: None, or the code of its refusal."""
    with pika.BlockingConnection(pika.URLParameters(node.url_of(name, PASSWORD))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        try:
            work(channel)
        except ChannelClosedByBroker as error:
            return int(error.reply_code)
    return None


def test_a_service_works_with_its_own_user_alone(guarded: Bus, node: Node) -> None:
    urls = {name: node.url_of(name, PASSWORD) for name in toys.SERVICES}
    guarded.start(broker_urls=urls)

    guarded.record_notes(5)
    guarded.settles()
    with guarded.channel() as channel:
        channel.queue_delete(guarded.topology.queue("reader"))
    guarded.record_notes(5)

    guarded.settles()


@pytest.mark.parametrize(
    "forbidden",
    [
        lambda channel, t: channel.basic_publish(t.exchange, "reader.note.changed", b""),
        lambda channel, t: channel.basic_publish(t.exchange, "note.changed", b""),
        lambda channel, t: channel.basic_publish("", t.queue("auditor"), b""),
        lambda channel, t: channel.basic_get(t.queue("auditor")),
        lambda channel, t: channel.queue_purge(t.queue("auditor")),
        lambda channel, t: channel.queue_delete(t.queue("auditor")),
        lambda channel, t: channel.queue_unbind(t.queue("auditor"), t.exchange, "auditor.#"),
        lambda channel, t: channel.queue_bind(t.queue("reader"), t.exchange, "auditor.#"),
        lambda channel, t: channel.queue_bind(t.queue("reader"), t.exchange, "#"),
        lambda channel, t: channel.queue_declare("reader.more"),
        lambda channel, t: channel.exchange_declare("more"),
        lambda channel, t: channel.exchange_delete(t.exchange),
    ],
)
def test_a_listener_may_do_nothing_to_others_and_tell_nothing(
    guarded: Bus, node: Node, forbidden: Callable[[Any, Any], object]
) -> None:
    code = as_user(node, "reader", lambda channel: forbidden(channel, guarded.topology))

    assert code == 403


def test_a_publisher_tells_its_own_events_and_reads_nothing(guarded: Bus, node: Node) -> None:
    topology = guarded.topology
    own = as_user(
        node, "writer", lambda c: c.basic_publish(topology.exchange, "reader.note.changed", b"")
    )
    others = as_user(
        node, "writer", lambda c: c.basic_publish(topology.exchange, "reader.member.left", b"")
    )
    reads = as_user(node, "writer", lambda channel: channel.basic_get(topology.queue("reader")))

    assert (own, others, reads) == (None, 403, 403)
