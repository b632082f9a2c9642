"""What a worker measures of its own service, and that a counter begins before the first event."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from chassis import clock, upkeep
from chassis.chores import Chore
from chassis.database import Database
from chassis.messaging import failures
from chassis.messaging.consumer import Consumer, Message
from chassis.messaging.envelope import seal
from chassis.messaging.loops import Loop
from chassis.messaging.outbox import record
from chassis.tables import INBOX, OUTBOX
from chassis.testing.service import Server
from chassis.tests import toys
from chassis.tests.toys import NoteChanged


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with server.database_of(toys.Base.metadata, "toy") as url:
        database = Database(url)
        yield database
        database.close()


def test_age_and_number_of_waiting_events_are_measured(database: Database) -> None:
    with database.transaction() as session:
        record(session, _note(), _note())
        session.execute(update(OUTBOX).values(recorded_at=clock.now() - timedelta(minutes=3)))

    _run(_chores()["measure"], database)

    assert _value("skiller_outbox_backlog", service="writer") == 2
    assert _value("skiller_outbox_oldest_seconds", service="writer") == pytest.approx(180, abs=5)


def test_outbox_that_is_empty_has_no_age(database: Database) -> None:
    _run(_chores()["measure"], database)

    assert _value("skiller_outbox_oldest_seconds", service="writer") == 0


def test_what_is_tried_again_is_measured_by_queue_and_state(database: Database) -> None:
    with database.transaction() as session:
        failures.store(session, body=b"", error="", retry_in=None)
        failures.store(session, body=b"", error="", retry_in=60)

    _run(_chores()["measure"], database)

    for queue in ("failed_events", "letters"):
        for state in ("waiting", "dead"):
            assert _value("skiller_retries", service="writer", queue=queue, state=state) == 1


def test_counters_begin_at_nothing_before_the_first_event(database: Database) -> None:
    service = f"reader-{uuid4().hex[:6]}"
    chores = upkeep.chores_of(service, toys.handlers_of("reader"), {})

    _run(chores[0], database)

    for outcome in ("applied", "failed"):
        labels = {"service": service, "type": NoteChanged.type, "outcome": outcome}
        assert _value("skiller_events_handled_total", **labels) == 0
    returned = {"service": "discussion", "type": "post.liked", "listener": "skills"}
    _run(upkeep.chores_of("discussion", toys.handlers_of("writer"), {})[0], database)
    assert _value("skiller_events_returned_total", **returned) == 0


def test_age_of_an_event_is_observed_when_it_takes_effect(database: Database) -> None:
    service = f"reader-{uuid4().hex[:6]}"
    with clock.at(clock.now() - timedelta(minutes=10)):
        _, body = seal(_note())

    Consumer(service, database, toys.handlers_of("reader")).handle([Message(body.encode())])

    age = _value("skiller_event_age_seconds_sum", service=service)
    assert age == pytest.approx(600, abs=5)


def test_old_inbox_rows_are_forgotten_and_young_ones_kept(database: Database) -> None:
    young, old = uuid4(), uuid4()
    with database.transaction() as session:
        for event_id, days in ((young, 1), (old, 15)):
            at = clock.now() - timedelta(days=days)
            row = {"event_id": event_id, "handler": "any", "handled_at": at}
            session.execute(INBOX.insert().values(row))

    _run(_chores()["forget"], database)

    with database.transaction() as session:
        assert list(session.scalars(select(INBOX.c.event_id))) == [young]


def test_silence_of_a_loop_grows_until_it_speaks() -> None:
    loop = Loop("toy", lambda stop, beat: None)
    loop.last_beat -= 30

    assert loop.silence == pytest.approx(30, abs=1)
    loop.beat()
    assert loop.silence < 1


def _chores() -> dict[str, Chore]:
    chores = upkeep.chores_of("writer", toys.handlers_of("writer"), {"letters": failures.QUEUE})
    return {chore.name: chore for chore in chores}


def _run(chore: Chore, database: Database) -> None:
    assert chore.run(database, None) is False


def _note() -> NoteChanged:
    return NoteChanged(note_id=uuid4(), revision=1)


def _value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)
