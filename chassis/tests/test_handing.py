"""A past that is handed straight to a listener leaves what the same past leaves that travelled."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import context
from chassis.messaging.handing import hand_over
from chassis.messaging.handlers import Handlers
from chassis.messaging.republish import History
from chassis.tests import toys
from chassis.tests.bus import Bus, MakeBus
from chassis.tests.toys import Digest, Note, NoteChanged
from contracts import Event


@pytest.fixture
def bus(make_bus: MakeBus) -> Bus:
    return make_bus("local")


def told_of(notes: Sequence[NoteChanged], *, is_imported: bool = False) -> History:
    ordered = sorted(notes, key=lambda event: event.note_id)

    def page(_: Session, after: NoteChanged | None, limit: int) -> Sequence[Event]:
        rest = [event for event in ordered if after is None or event.note_id > after.note_id]
        return rest[:limit]

    return History((NoteChanged,), page, is_imported=is_imported)


def test_each_page_is_heard_once_and_newer_rows_stay(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messaging.republish.PAGE", 10)
    notes = bus.record_notes(25)
    bus.start()
    bus.settles()
    bus.stop()
    newer, rest = replace(notes[0], revision=5), [replace(one, revision=3) for one in notes[1:]]
    reader, heard = bus.databases["reader"], []

    for part in ([newer], notes[:1] + rest):
        hand_over(
            bus.databases[toys.WRITER],
            [told_of(part)],
            reader,
            toys.handlers_of("reader"),
            tell=heard.append,
        )

    assert heard == [1, 0, 10, 10, 5, 0]
    known = {one.note_id: one.revision for one in (newer, *rest)}
    assert bus.revisions("reader", Note) == bus.revisions("reader", Digest) == known
    # What is done once for an event is not done again for one that is told again.
    assert bus.tallies("reader") == dict.fromkeys(known, 1)
    assert bus.waiting() == 0 and bus.revisions("auditor", Note).keys() == known.keys()


def test_what_is_heard_is_of_the_past_and_imported_where_it_was(bus: Bus) -> None:
    handlers, heard = Handlers(), []

    @handlers.on_batch(NoteChanged)
    def when_note_changed_say_how(events: Sequence[NoteChanged], _: Session) -> None:
        heard.append((len(events), context.is_of_the_past(), context.is_imported()))

    notes = bus.record_notes(2)
    history = [told_of(notes[:1]), told_of(notes, is_imported=True)]
    count = hand_over(bus.databases[toys.WRITER], history, bus.databases["reader"], handlers)

    assert count == 3 and heard == [(1, True, False), (2, True, True)]
    assert not context.is_of_the_past()


def test_a_handler_that_fails_ends_it_and_undoes_its_page(bus: Bus) -> None:
    notes = bus.record_notes(2) + bus.record_notes(1, text="fail batch reader")

    with pytest.raises(ValueError, match="cannot bear"):
        hand_over(
            bus.databases[toys.WRITER],
            [told_of(notes)],
            bus.databases["reader"],
            toys.handlers_of("reader"),
        )

    assert bus.revisions("reader", Note) == {} and bus.failed("reader") == []


def test_a_page_that_met_another_writer_crosswise_is_heard_again(bus: Bus) -> None:
    notes, tries = bus.record_notes(3), []
    handlers = toys.handlers_of("reader")

    @handlers.on_batch(NoteChanged)
    def when_note_changed_lose_once(_: Sequence[NoteChanged], session: Session) -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            session.execute(
                text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$")
            )

    count = hand_over(
        bus.databases[toys.WRITER], [told_of(notes)], bus.databases["reader"], handlers
    )

    assert count == 3 and tries == [0, 1]
    assert bus.revisions("reader", Note) == {note.note_id: 1 for note in notes}


def test_postgres_counts_the_rows_while_tables_fill(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messaging.handing.FIRST_LOOK", 10)
    notes = [NoteChanged(note_id=uuid4(), revision=1) for _ in range(12)]
    reader = bus.databases["reader"]

    hand_over(bus.databases[toys.WRITER], [told_of(notes)], reader, toys.handlers_of("reader"))

    with reader.transaction() as session:
        counted = text("SELECT reltuples FROM pg_class WHERE oid = 'digests'::regclass")
        assert session.scalar(counted) == 12
