"""What only a broker can do to us: return, refuse, give up, vanish."""

import gc
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from chassis.messaging import rabbitmq_consumer, relay
from chassis.messaging.envelope import seal
from chassis.messaging.outbox import record_for
from chassis.messaging.rabbitmq_publisher import RabbitPublisher
from chassis.messaging.relay import Relay
from chassis.messaging.shards import shard_of
from chassis.tables import OUTBOX
from chassis.testing.rabbitmq import Node
from chassis.testing.waiting import eventually
from chassis.tests import toys
from chassis.tests.bus import Bus, MakeBus
from chassis.tests.proxy import Proxy
from chassis.tests.toys import NoteChanged

pytestmark = pytest.mark.broker


def note(text: str = "") -> NoteChanged:
    return NoteChanged(note_id=uuid4(), revision=1, text=text)


@pytest.fixture
def proxy(broker_url: str) -> Iterator[Proxy]:
    parts = urlsplit(broker_url)
    proxy = Proxy((parts.hostname or "", parts.port or 5672))
    yield proxy
    proxy.close()


@pytest.fixture
def sweep(rabbit_bus: Bus) -> Iterator[Callable[[], int]]:
    """The relay's sweep of the writer's outbox, without a worker around it."""
    publisher = RabbitPublisher(rabbit_bus.setup.broker_url, rabbit_bus.topology)
    url = rabbit_bus.setup.databases[toys.WRITER]
    worker = Relay(toys.WRITER, url, lambda: publisher)
    with psycopg.connect(url, autocommit=True) as connection:
        yield lambda: worker.sweep(connection, publisher)
    publisher.close()


def test_a_returned_event_waits_beside_the_sweep_until_its_binding_is_back(
    rabbit_bus: Bus, sweep: Callable[[], int]
) -> None:
    with rabbit_bus.channel() as channel:
        for service in toys.LISTENERS:
            queue = rabbit_bus.topology.queue(service)
            key = rabbit_bus.topology.routing_key(service, NoteChanged.type)
            channel.queue_unbind(queue, rabbit_bus.topology.exchange, key)
    rabbit_bus.record(*(note() for _ in range(relay.BATCH_SIZE + 1)))

    found = [sweep(), sweep(), sweep()]

    assert found == [relay.BATCH_SIZE, 1, 0]
    assert rabbit_bus.waiting() == 2 * (relay.BATCH_SIZE + 1)  # one for each listener
    with rabbit_bus.databases[toys.WRITER].transaction() as session:
        kept = session.execute(select(OUTBOX.c.body, OUTBOX.c.shard)).all()
    assert all(shard == shard_of(json.loads(body)["subject"]) for body, shard in kept)
    rabbit_bus.start()  # declares the bindings again
    rabbit_bus.settles()


def test_a_republished_event_whose_queue_is_missing_stays_in_the_outbox(
    rabbit_bus: Bus, sweep: Callable[[], int]
) -> None:
    with rabbit_bus.channel() as channel:
        channel.queue_delete(rabbit_bus.topology.queue("reader"))
    with rabbit_bus.databases[toys.WRITER].transaction() as session:
        record_for(session, [note()], destination="reader")

    sweep()

    assert rabbit_bus.waiting() == 1


def test_one_missing_listener_of_two_misses_nothing_and_the_other_gets_it_once(
    rabbit_bus: Bus, sweep: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with rabbit_bus.channel() as channel:
        channel.queue_delete(rabbit_bus.topology.queue("reader"))
    rabbit_bus.record(*(note() for _ in range(20)))

    with capture_logs() as lines:
        sweep()
        monkeypatch.setattr(relay, "RETURNED_WAIT_SECONDS", 0)
        sweep()

    told = [line for line in lines if line["event"] == "listener missing"]
    assert (told[0]["listener"], told[0]["events"], told[0]["log_level"]) == ("reader", 20, "error")
    assert rabbit_bus.waiting() == 20
    rabbit_bus.start()
    rabbit_bus.settles()
    assert set(rabbit_bus.tallies("auditor").values()) == {1}


@pytest.mark.parametrize("taken", ["binding", "queue"])
def test_what_is_taken_from_a_listener_is_given_back_while_it_works(
    rabbit_bus: Bus, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    monkeypatch.setattr(rabbitmq_consumer, "ENSURE_SECONDS", 0.5)
    rabbit_bus.start()
    rabbit_bus.record_notes(5)
    rabbit_bus.settles()
    topology = rabbit_bus.topology

    with rabbit_bus.channel() as channel:
        if taken == "queue":
            channel.queue_delete(topology.queue("reader"))
        else:
            key = topology.routing_key("reader", NoteChanged.type)
            channel.queue_unbind(topology.queue("reader"), topology.exchange, key)
    rabbit_bus.record_notes(20)

    rabbit_bus.settles()


@pytest.mark.parametrize("argument", [{"x-delivery-limit": 5}, {"x-max-length": 100_000}])
def test_one_queue_with_other_arguments_is_told_of_and_stops_nobody(
    rabbit_bus: Bus, argument: dict[str, int]
) -> None:
    topology, queue = rabbit_bus.topology, rabbit_bus.topology.queue("reader")
    with rabbit_bus.channel() as channel:
        channel.queue_delete(queue)
        channel.queue_declare(
            queue, durable=True, arguments={**topology.arguments("reader"), **argument}
        )

    with capture_logs() as lines:
        rabbit_bus.start()
        rabbit_bus.record_notes(5)
        rabbit_bus.settles()

    told = [line for line in lines if line["event"] == "queue differs"]
    assert {(line["queue"], line["log_level"]) for line in told} == {(queue, "error")}


def test_an_event_that_another_than_its_owner_tells_is_set_aside(rabbit_bus: Bus) -> None:
    body = json.loads(seal(note())[1])
    forged = json.dumps({**body, "source": "/skiller/reader"}).encode()
    with rabbit_bus.channel() as channel:
        key = rabbit_bus.topology.routing_key("reader", NoteChanged.type)
        channel.basic_publish(rabbit_bus.topology.exchange, key, forged)

    rabbit_bus.start()

    [failed] = eventually(rabbit_bus.failed)
    assert failed.state == "dead" and "told by another than its owner" in failed.error
    assert rabbit_bus.revisions("reader", toys.Note) == {}


def test_an_event_that_came_by_the_key_of_another_type_is_set_aside(rabbit_bus: Bus) -> None:
    with rabbit_bus.channel() as channel:
        queue = rabbit_bus.topology.queue("reader")
        channel.queue_bind(queue, rabbit_bus.topology.exchange, "reader.note.forgotten")
        channel.basic_publish(
            rabbit_bus.topology.exchange, "reader.note.forgotten", seal(note())[1].encode()
        )

    rabbit_bus.start()

    [failed] = eventually(rabbit_bus.failed)
    assert failed.state == "dead" and "came as note.forgotten" in failed.error


def test_a_deleted_queue_is_declared_again_by_its_listener(rabbit_bus: Bus) -> None:
    rabbit_bus.start()
    rabbit_bus.record_notes(5)
    rabbit_bus.settles()

    with rabbit_bus.channel() as channel:
        channel.queue_delete(rabbit_bus.topology.queue("reader"))
        channel.queue_delete(rabbit_bus.topology.queue("auditor"))
    eventually(lambda: rabbit_bus.count_consumers("reader") == 1)
    eventually(lambda: rabbit_bus.count_consumers("auditor") == 1)
    rabbit_bus.record_notes(5)

    rabbit_bus.settles()


def test_a_missing_exchange_is_declared_again_by_the_relay(rabbit_bus: Bus) -> None:
    rabbit_bus.start()
    rabbit_bus.record_notes(5)
    rabbit_bus.settles()

    with rabbit_bus.channel() as channel:
        channel.exchange_delete(rabbit_bus.topology.exchange)
    rabbit_bus.record_notes(5)

    rabbit_bus.settles()


def test_what_a_full_queue_refuses_stays_in_the_outbox(make_bus: MakeBus) -> None:
    bus = make_bus("rabbitmq", extra_arguments={"x-max-length": 3})
    publisher = RabbitPublisher(bus.setup.broker_url, bus.topology)
    url = bus.setup.databases[toys.WRITER]
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(3):  # the limit is a soft one: what is under way is still accepted
            bus.record(*(note() for _ in range(20)))
            Relay(toys.WRITER, url, lambda: publisher).sweep(connection, publisher)
    publisher.close()
    assert 0 < bus.waiting() < 2 * 60

    bus.start()

    bus.settles(seconds=40)


@pytest.mark.node
def test_a_full_queue_whose_limit_is_lifted_takes_what_comes(make_bus: MakeBus, node: Node) -> None:
    bus = make_bus("rabbitmq", broker_url=node.url)
    publisher = RabbitPublisher(node.url, bus.topology)
    url = bus.setup.databases[toys.WRITER]
    node.limit(bus.topology.queue("reader"), 3)
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(3):
            bus.record(*(note() for _ in range(20)))
            Relay(toys.WRITER, url, lambda: publisher).sweep(connection, publisher)
        refused = bus.waiting()
        node.unlimit()

        bus.record(note())
        Relay(toys.WRITER, url, lambda: publisher).sweep(connection, publisher)

        assert bus.waiting() <= refused > 0  # what was refused goes too, once it is due
    publisher.close()


def test_what_the_broker_gave_up_is_drained_into_the_table_and_applied(make_bus: MakeBus) -> None:
    bus = make_bus("rabbitmq", extra_arguments={"x-delivery-limit": 2})
    given_up = note()
    bus.events.append(given_up)
    body = seal(given_up)[1].encode()
    bus.inject(body, service="auditor")
    bus.inject(body)
    queue = bus.topology.queue("reader")
    with bus.channel() as channel:
        for _ in range(3):
            method, _, _ = eventually(lambda: _got(channel.basic_get(queue)))
            channel.basic_reject(method.delivery_tag, requeue=True)
        dead = bus.topology.dead_queue("reader")
        eventually(lambda: channel.queue_declare(dead, passive=True).method.message_count == 1)

    bus.start()

    bus.settles()


# pika leaves the pair of sockets by which it wakes its loop to the garbage collector where a
# connection is cut while it is being made.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cut_connection_loses_nothing(proxy: Proxy, make_bus: MakeBus, broker_url: str) -> None:
    through = broker_url.replace(f":{urlsplit(broker_url).port}", f":{proxy.port}")
    bus = make_bus("rabbitmq", broker_url=through)
    bus.start()

    cuts = 0
    for _ in range(4):
        bus.record(*(note() for _ in range(100)))
        bus.record_notes(5)
        cuts += proxy.cut()

    bus.settles(seconds=40)
    gc.collect()  # here, where it is expected, and not in the test that is next
    assert cuts


@pytest.mark.node
def test_a_broker_that_stops_or_dies_and_starts_again_loses_nothing(
    make_bus: MakeBus, node: Node
) -> None:
    bus = make_bus("rabbitmq", broker_url=node.url)
    bus.start()

    # In this order: 3.10 forgets a quorum queue when it is killed soon after the declaration.
    for end in (node.stop, node.kill):
        bus.record(*(note() for _ in range(150)))
        end()
        bus.record_notes(10)
        node.start()
        bus.record_notes(10)

        bus.settles(seconds=40)


def _got(answer: tuple[object, ...]) -> tuple[object, ...] | None:
    return answer if answer[0] else None
