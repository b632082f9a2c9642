"""Delivery on both transports: nothing is lost, and every event has its effect once."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from chassis import cli
from chassis import database as chassis_database
from chassis.messaging import relay
from chassis.messaging.consumer import Consumer, Message
from chassis.messaging.envelope import seal
from chassis.messaging.republish import History, republish
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from chassis.tests import toys
from chassis.tests.bus import Bus, MakeBus, Transport
from chassis.tests.toys import Digest, Note, NoteChanged, NoteForgotten, Tally


def note(text: str = "", revision: int = 1) -> NoteChanged:
    return NoteChanged(note_id=uuid4(), revision=revision, text=text)


def states(bus: Bus) -> list[str]:
    """Of the failures that the reader keeps."""
    return [event.state for event in bus.failed()]


def test_each_listener_applies_each_event(bus: Bus) -> None:
    bus.start()

    bus.record_notes(30)

    bus.settles()


def test_what_was_recorded_before_the_start_is_delivered(bus: Bus) -> None:
    bus.record(*(note() for _ in range(250)))

    bus.start()

    bus.settles()


def test_a_commit_wakes_the_relay(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "SWEEP_SECONDS", 3)
    bus.start()
    bus.record_notes(1)
    bus.settles()

    for _ in range(5):
        bus.record_notes(2)

        bus.settles(seconds=1)


def test_what_follows_a_crowd_is_gathered(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    handle = Consumer.handle

    def counted(consumer: Consumer, messages: Sequence[Message]) -> None:
        if consumer.service == "reader":
            batches.append(len(messages))
        handle(consumer, messages)

    monkeypatch.setattr(Consumer, "handle", counted)
    monkeypatch.setattr(relay, "GATHER_SECONDS", 1.0)
    bus.record(*(note() for _ in range(relay.CROWD)))
    bus.start()
    eventually(lambda: sum(batches) == relay.CROWD)

    for _ in range(20):
        bus.record(note())
    bus.settles()

    assert sum(batches) == relay.CROWD + 20
    assert len(batches) <= 4


def test_an_event_without_subscriber_is_published_and_deleted(bus: Bus) -> None:
    bus.start()

    bus.record(NoteForgotten(note_id=uuid4()), note())

    bus.settles()


def test_a_duplicate_has_no_effect(bus: Bus) -> None:
    event = note()
    bus.events.append(event)
    body = seal(event)[1].encode()
    for service in toys.LISTENERS:
        for _ in range(5):
            bus.inject(body, service=service)

    bus.start()

    bus.settles()


def test_events_in_any_order_converge_to_the_newest(bus: Bus) -> None:
    key = uuid4()
    bus.start()

    for revision in (3, 1, 5, 2, 4):
        bus.record(NoteChanged(note_id=key, revision=revision, text=str(revision)))
    bus.record(*(NoteChanged(note_id=key, revision=revision) for revision in (8, 6, 7)))

    bus.settles()
    assert bus.revisions("reader", Note) == {key: 8}


@pytest.mark.parametrize("where", ["before acknowledging", "before deleting"])
def test_a_worker_killed_after_its_effect_repeats_nothing(bus: Bus, where: str) -> None:
    bus.record(*(note() for _ in range(30)))

    assert bus.spawn(dies=where).wait() == -9
    bus.start()

    bus.settles()


@pytest.mark.parametrize(
    ("text", "lacking"), [("fail reader", Note), ("fail batch reader", Digest)]
)
def test_a_poisonous_event_is_isolated_and_ends_as_a_dead_letter(
    bus: Bus, text: str, lacking: type[Note | Digest]
) -> None:
    poison = note(text)
    bus.record(note(), note(), poison, note(), note())

    bus.start()

    eventually(lambda: states(bus) == ["dead"])
    assert bus.failed()[0].attempts == len(bus.setup.retry_delays)
    assert bus.failed()[0].type == NoteChanged.type
    assert "cannot bear" in bus.failed()[0].error
    bus.settles(failed=1, lacks={lacking: poison})


def test_a_failing_event_that_comes_again_is_kept_once(bus: Bus) -> None:
    body = seal(note("fail reader"))[1].encode()
    for _ in range(4):
        bus.inject(body)

    bus.start()

    eventually(bus.is_acknowledged)
    eventually(lambda: states(bus) == ["dead"])


def test_a_dead_letter_is_applied_by_a_retry_after_the_fix(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.record(note("fail reader"), note())
    bus.start()
    eventually(lambda: states(bus) == ["dead"])
    bus.stop()  # it is called dead before its last attempt, which is over now

    toys.mended.add("fail reader")
    reader = Service(
        name="reader", settings=ServiceSettings, metadata=toys.Base.metadata, blueprints=[]
    )
    monkeypatch.setenv("SKILLER_DATABASE_URL", bus.setup.databases["reader"])
    monkeypatch.setattr(cli.Tools, "database", bus.databases["reader"])
    monkeypatch.setattr(cli.logs, "configure", lambda *_, **__: None)
    listed = CliRunner().invoke(cli.dead_letters, ["list"], obj=reader)
    retried = CliRunner().invoke(cli.dead_letters, ["retry", "--all"], obj=reader)

    assert "dead" in listed.output and "cannot bear" in listed.output
    assert retried.output == "1 to be tried again.\n"
    bus.start()
    bus.settles()


def test_a_passing_failure_is_retried_and_forgotten(
    make_bus: MakeBus, transport: Transport
) -> None:
    bus = make_bus(transport, retry_delays=(0.2,) * 50)
    bus.record(note("fail reader"), note())
    bus.start()
    eventually(bus.failed)

    toys.mended.add("fail reader")

    bus.settles()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"this is no envelope", "not an event envelope"),
        (b"[" * 100_000, "not an event envelope"),
        (b'{"id": "\\u0000\\ud800"}', "not an event envelope"),
        (seal(note())[1].replace('"revision":1', '"revision":"one"').encode(), "revision"),
    ],
    ids=["no JSON", "deep JSON", "no attributes", "wrong field"],
)
def test_what_cannot_be_read_is_kept_as_a_dead_letter(bus: Bus, body: bytes, error: str) -> None:
    bus.start()

    bus.inject(body)
    bus.record_notes(3)

    bus.settles(failed=1)
    [failed] = bus.failed()
    assert failed.state == "dead" and failed.body == body and error in failed.error


def test_an_unknown_event_type_is_acknowledged(bus: Bus) -> None:
    unknown = json.loads(seal(note())[1]) | {"type": "note.framed", "data": {"frame": "gold"}}
    bus.start()

    bus.inject(json.dumps(unknown).encode())
    bus.record_notes(3)

    bus.settles()


def test_a_message_that_kills_the_process_ends_as_a_dead_letter(
    make_bus: MakeBus, transport: Transport
) -> None:
    bus = make_bus(transport, retry_delays=(0.5, 0.5))
    killer = note("kill reader")
    bus.record(*(note() for _ in range(5)), killer, *(note() for _ in range(5)))

    with bus.supervised() as workers:
        eventually(lambda: states(bus) == ["dead"], seconds=60)
        lacks = dict.fromkeys((Note, Digest, Tally), killer)
        bus.settles(failed=1, lacks=lacks, seconds=30)
        bus.record_notes(1)
        bus.settles(failed=1, lacks=lacks)

        assert workers[-1].is_alive() and len(workers) > 3
    assert "3 times" in bus.failed()[0].error


def test_sigterm_finishes_the_batch_in_hand(bus: Bus, tmp_path: Path) -> None:
    held = note(f"hold {tmp_path}")
    bus.record(held)
    process = bus.spawn()
    eventually((tmp_path / "held").exists)

    process.terminate()
    (tmp_path / "go").touch()

    assert process.wait() == 0
    assert bus.tallies("reader") == {held.note_id: 1}
    assert bus.is_acknowledged()


def test_two_workers_share_the_work(bus: Bus) -> None:
    bus.start()
    bus.start()

    bus.record(*(note() for _ in range(200)))
    bus.record_notes(50)

    bus.settles()


def test_cut_database_connections_lose_nothing(bus: Bus) -> None:
    bus.start()

    for _ in range(3):
        bus.record_notes(20)
        for database in bus.databases.values():
            with database.transaction() as session:
                session.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )

    bus.settles()


def test_a_replay_goes_to_one_service_in_pages_while_live_events_flow(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messaging.republish.PAGE", 10)
    monkeypatch.setattr("chassis.messaging.republish.MOST_WAITING", 20)
    notes = sorted(bus.record_notes(45), key=lambda event: event.note_id)
    bus.start()
    bus.settles()
    pages: list[int] = []

    def page(_: object, after: NoteChanged | None, limit: int) -> list[NoteChanged]:
        bus.record_notes(1)  # live, between the pages
        rest = [event for event in notes if after is None or event.note_id > after.note_id]
        pages.append(len(rest[:limit]))
        return [replace(event, revision=2) for event in rest[:limit]]

    history = [History((NoteChanged,), page)]
    count = republish(bus.databases[toys.WRITER], history, "reader", [NoteChanged.type])

    told_again = {event.note_id: 2 for event in notes}
    known = {event.note_id: 1 for event in bus.events}
    eventually(lambda: bus.revisions("reader", Note) == known | told_again)
    eventually(lambda: bus.revisions("auditor", Note) == known)
    eventually(bus.is_acknowledged)
    assert bus.tallies("reader") == dict.fromkeys(known, 1)
    assert count == 45 and pages == [10, 10, 10, 10, 5, 0]


def test_a_stopped_database_is_waited_for(
    make_bus: MakeBus, transport: Transport, make_postgres: Callable[[], Any]
) -> None:
    postgres = make_postgres()
    bus = make_bus(transport, server=Server(postgres.admin_url()))
    bus.start()
    bus.record_notes(20)

    postgres.stop()
    postgres.start()
    bus.record_notes(20)

    bus.settles()


def test_waiting_for_a_lock_is_no_hang_and_no_attempt(
    make_bus: MakeBus, transport: Transport
) -> None:
    bus = make_bus(transport, lock_seconds=1)
    running = bus.start()
    bus.record_notes(3)
    bus.settles()

    with bus.databases["reader"].transaction() as session:
        session.execute(text("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE"))
        bus.record_notes(3)
        deadline = time.monotonic() + 5
        eventually(lambda: not running.is_beating() or time.monotonic() > deadline, seconds=10)
        assert running.is_beating()

    bus.settles()
    assert bus.failed() == []


def test_what_waits_for_a_missing_listener_costs_a_sweep_nothing(bus: Bus) -> None:
    with bus.databases[toys.WRITER].transaction() as session:
        session.execute(
            text(
                "INSERT INTO outbox (event_id, type, destination, body, next_try_at)"
                " SELECT gen_random_uuid(), 'note.changed', 'gone', '{}', now() FROM"
                " generate_series(1, 20000)"
            )
        )
        session.execute(text("ANALYZE outbox"))

        plans = [
            session.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")).scalar()
            for statement in (
                relay._NEW.replace("%s::int", "65535").replace("%s", "100"),
                relay._WAITED_FOR,
                relay._DUE.replace("%s::text[]", "ARRAY['gone']")
                .replace("%s::int", "65535")
                .replace("%s", "50"),
            )
        ]

    assert all(plan[0]["Plan"]["Shared Hit Blocks"] < 100 for plan in plans)


def test_a_burst_that_came_and_went_costs_no_later_sweep_anything(bus: Bus) -> None:
    """Statements are planned while the outbox is small, and meet it full of what was deleted."""
    url = bus.setup.databases[toys.WRITER]
    burst = (
        "INSERT INTO outbox (event_id, type, body) SELECT gen_random_uuid(), 'note.changed',"
        " repeat('x', 900) FROM generate_series(1, %s)"
    )
    with relay._connect(url) as leader, psycopg.connect(url, autocommit=True) as other:
        other.execute("ALTER TABLE outbox SET (autovacuum_enabled = off)")
        other.execute(burst, [5])
        other.execute("VACUUM ANALYZE outbox")
        leader.execute("SET plan_cache_mode = force_generic_plan")
        leader.execute("PREPARE count_delivery (bigint[]) AS " + relay._COUNT.replace("%s", "$1"))
        leader.execute("EXECUTE count_delivery('{1}')")
        other.execute(burst, [20_000])
        other.execute("DELETE FROM outbox")

        explained = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE count_delivery('{1}')"
        [[plan]] = leader.execute(explained).fetchall()

    assert plan[0]["Plan"]["Shared Hit Blocks"] < 100


def test_a_worker_whose_clock_is_wrong_waits_and_loses_nothing(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.record_notes(3)

    with monkeypatch.context() as wrong, psycopg.connect(bus.setup.databases["auditor"]) as looking:
        wrong.setattr(chassis_database, "datetime", Ahead)
        bus.start()
        deadline = time.monotonic() + 1
        eventually(lambda: time.monotonic() > deadline)
        applied = looking.execute("SELECT count(*) FROM notes").fetchone()

    assert applied == (0,)
    bus.settles()
    assert bus.failed() == []


class Ahead(datetime):
    """A clock that is ten years ahead."""

    @classmethod
    def now(cls, tz: Any = None) -> "Ahead":
        return cls.fromtimestamp(time.time() + 10 * 365 * 86400, tz)
