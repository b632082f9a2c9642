"""Several relays of one service: each subject in order, by one of them at a time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, text

from chassis.messaging import shards
from chassis.messaging.envelope import unseal
from chassis.messaging.loops import Stop
from chassis.messaging.relay import _NEW, OutboxRow, Published, Publisher, Relay
from chassis.messaging.shards import SHARDS, Share, shard_of
from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from chassis.tests import toys
from chassis.tests.bus import Bus
from chassis.tests.toys import Hearing, NoteChanged

SPY = "spy"
BATCH = 20  # small, so that a killed relay leaves many behind
EVEN = [[16], [8, 8], [4, 6, 6], [4, 4, 4, 4], [0, 4, 4, 4, 4]]  # of one relay, of two, …
Connect = Callable[[], "psycopg.Connection"]
Telling = tuple[UUID, int]  # a note, and its revision


def test_a_subject_has_the_same_shard_for_good() -> None:
    subject = "0190f000-0000-7000-8000-000000000001/0190f000-0000-7000-8000-000000000002"

    assert [shard_of(word) for word in ("", "note", subject)] == [0, 4, 13]
    counts = Counter(shard_of(str(uuid4())) for _ in range(16_000))
    assert set(counts) == set(range(SHARDS)) and max(counts.values()) < 1_300


@pytest.fixture
def connect(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Connections to one database; shares look around at every call."""
    monkeypatch.setattr(shards, "LOOK_SECONDS", 0.0)
    with ExitStack() as stack:
        url = stack.enter_context(server.database_of(toys.Base.metadata, "shares"))
        yield lambda: stack.enter_context(psycopg.connect(url, autocommit=True))


def test_relays_come_to_even_shares_and_take_what_one_leaves(connect: Connect) -> None:
    connections, shares = [], []
    for even in EVEN:
        connections.append(connect())
        shares.append(Share(connections[-1]))
        assert shares[-1].join()
        assert sorted(map(len, settled(shares))) == even

    while len(shares) > 1:
        connections.pop(0).close()
        shares.pop(0)
        assert sorted(map(len, eventually(lambda: complete(shares)))) == EVEN[len(shares) - 1]


def test_other_databases_of_the_server_have_relays_of_their_own(
    connect: Connect, server: Server
) -> None:
    share = Share(connect())
    with (
        server.database_of(toys.Base.metadata, "shares") as url,
        closing(psycopg.connect(url, autocommit=True)) as elsewhere,
    ):
        other = Share(elsewhere)

        assert share.join() and other.join()
        assert [len(one.settle()) for one in (share, other)] == [SHARDS, SHARDS]


def test_beside_a_relay_of_an_earlier_release_nobody_works(connect: Connect) -> None:
    earlier, share = connect(), Share(connect())

    assert lead_as_earlier(earlier)
    assert not share.join()
    earlier.close()
    eventually(share.join)
    assert not lead_as_earlier(connect())


def lead_as_earlier(connection: "psycopg.Connection") -> bool:
    """What a relay asked for before outboxes were divided."""
    [[leads]] = connection.execute("SELECT pg_try_advisory_lock(1564140217)")
    return bool(leads)


def settled(shares: Sequence[Share]) -> list[list[int]]:
    """What each holds when all have looked around twice; no shard is held by two."""
    for _ in range(2):
        held = [list(share.settle()) for share in shares]
        taken = [shard for one in held for shard in one]
        assert len(set(taken)) == len(taken)
    return held


def complete(shares: Sequence[Share]) -> list[list[int]]:
    """The same, or nothing while a shard is not held; locks end a moment after a connection."""
    held = settled(shares)
    return held if sum(map(len, held)) == SHARDS else []


class Nowhere:
    """A transport that takes everything."""

    counts_deliveries = False

    def publish(self, rows: Sequence[OutboxRow], alive: Callable[[], bool]) -> Published:
        return Published(confirmed=[row.id for row in rows])

    def keep_alive(self) -> None: ...

    def close(self) -> None: ...


def test_a_sweep_leaves_what_is_another_s(bus: Bus) -> None:
    bus.record(*(NoteChanged(note_id=uuid4(), revision=1) for _ in range(60)))
    url, mine = bus.setup.databases[toys.WRITER], [3, 4, 15]
    relay = Relay(toys.WRITER, url, Nowhere)

    with psycopg.connect(url, autocommit=True) as connection:
        found = relay.sweep(connection, Nowhere(), shards=mine)
        assert relay.sweep(connection, Nowhere(), shards=[]) == 0

    own = [event for event in bus.events if shard_of(event.subject) in mine]
    assert found == len(own)
    assert bus.waiting() == 60 - len(own)


def test_statistics_of_other_times_make_no_sweep_slow(bus: Bus) -> None:
    """They know of one shard alone, as after an upgrade, when many others' rows have come."""
    fill = text(
        "INSERT INTO outbox (event_id, type, body, shard)"
        " SELECT gen_random_uuid(), 'note.changed', repeat('x', 500), n * :step % 16"
        " FROM generate_series(1, 10000) AS n"
    )
    statement = _NEW.replace("%s::int", str(0xFE00)).replace("%s", "100")
    with bus.databases[toys.WRITER].transaction() as session:
        session.execute(fill, {"step": 0})
        session.execute(text("ANALYZE outbox"))
        session.execute(text("DELETE FROM outbox"))
        session.execute(fill, {"step": 1})

        plan = session.execute(text(f"EXPLAIN (FORMAT JSON) {statement}")).scalar_one()

    assert plan[0]["Plan"]["Plans"][0]["Index Name"] == "ix_outbox_new"


def test_a_relay_that_does_not_reach_its_transport_takes_nothing(bus: Bus) -> None:
    seen = []

    def connect() -> Publisher:
        seen.append(bus.shares())
        raise ConnectionError("away")

    with pytest.raises(ConnectionError):
        Relay(toys.WRITER, bus.setup.databases[toys.WRITER], connect).run(Stop(), lambda: None)

    assert seen == [{}]


def test_a_killed_relay_s_shards_are_taken_over(bus: Bus) -> None:
    first = bus.spawn()
    eventually(lambda: sorted(bus.shares().values()) == [16])
    bus.start()
    eventually(lambda: sorted(bus.shares().values()) == [8, 8])

    bus.record_notes(20)
    first.kill()
    bus.record_notes(20)

    bus.settles()
    assert sorted(bus.shares().values()) == [16]


def test_a_frozen_relay_is_succeeded_and_does_no_harm_when_it_wakes(bus: Bus) -> None:
    frozen = bus.spawn()
    [before] = eventually(bus.shares)
    bus.spawn()
    eventually(lambda: sorted(bus.shares().values()) == [8, 8])

    frozen.freeze()
    bus.record(*(NoteChanged(note_id=uuid4(), revision=1) for _ in range(40)))
    eventually(lambda: bus.waiting() == 0, seconds=20)
    [after] = bus.shares()
    frozen.thaw()

    assert after != before
    bus.settles(seconds=30)


def test_each_subject_keeps_its_order_while_relays_come_and_die(bus: Bus) -> None:
    """Two join while much waits and more is recorded; one is killed at any instruction."""
    with listening(bus):
        keys = [uuid4() for _ in range(16)]
        tell(bus, keys, range(1, 11))
        relays = [bus.spawn(loops="relay", batch=BATCH)]
        for revisions in (range(11, 14), range(14, 17)):
            tell(bus, keys, revisions)
            relays.append(bus.spawn(loops="relay", batch=BATCH))
        eventually(lambda: len(bus.shares()) == 3)
        tell(bus, keys, range(17, 22))
        relays[0].kill()
        tell(bus, keys, range(22, 26))

        eventually(lambda: bus.waiting() == 0, seconds=60)
        heard = hearings(bus)

    firsts = defaultdict(list)
    for key, revision in dict.fromkeys(heard):
        firsts[key].append(revision)
    assert firsts == {key: list(range(1, 26)) for key in keys}
    # What the killed one had under way came again, and nothing else.
    assert len(heard) - 25 * len(keys) <= BATCH


def tell(bus: Bus, keys: Sequence[UUID], revisions: Sequence[int]) -> None:
    """Each revision of all notes in one transaction."""
    for revision in revisions:
        bus.record(*(NoteChanged(note_id=key, revision=revision) for key in keys))


@contextmanager
def listening(bus: Bus) -> Iterator[None]:
    """A broker keeps what the auditor is told a second time, for `hearings`."""
    if bus.setup.transport == "local":
        yield
        return
    queue = f"{bus.topology.namespace}{SPY}"
    with bus.channel() as channel:
        channel.queue_declare(queue)
        key = bus.topology.routing_key("auditor", NoteChanged.type)
        channel.queue_bind(queue, bus.topology.exchange, key)
    yield
    with bus.channel() as channel:
        channel.queue_delete(queue)


def hearings(bus: Bus) -> list[Telling]:
    """All that the auditor was told, in order; two workers of it may handle it in another."""
    if bus.setup.transport == "local":
        with bus.databases["auditor"].transaction() as session:
            rows = session.execute(select(Hearing.note_id, Hearing.revision).order_by(Hearing.id))
            return [(row.note_id, row.revision) for row in rows]
    told = []
    with bus.channel() as channel:
        while (got := channel.basic_get(f"{bus.topology.namespace}{SPY}", auto_ack=True))[0]:
            data = unseal(got[2]).data
            told.append((UUID(data["note_id"]), data["revision"]))
    return told
