"""The envelope: CloudEvents attributes out, the same in, anything else refused."""

import json
from uuid import UUID, uuid4

import pytest

from chassis import clock, context
from chassis.messaging.envelope import Undecodable, identify, seal, unseal
from chassis.tests.toys import NoteChanged

NOTE = NoteChanged(note_id=uuid4(), revision=3, text="é")


def test_a_sealed_event_is_read_back() -> None:
    event_id, body = seal(NOTE)

    envelope = unseal(body.encode())

    assert (envelope.id, envelope.type, envelope.source) == (
        event_id,
        "note.changed",
        "/skiller/writer",
    )
    assert envelope.data["revision"] == 3 and not envelope.is_replay
    assert identify(body.encode()) == (event_id, "note.changed")


def test_the_attributes_are_those_of_cloudevents() -> None:
    attributes = json.loads(seal(NOTE)[1])

    assert attributes["specversion"] == "1.0" and attributes["subject"] == str(NOTE.note_id)
    assert attributes["dataschema"] == "urn:skiller:event:note.changed:1"
    assert attributes["time"].endswith("Z") and "traceparent" not in attributes


def test_the_correlation_of_the_request_travels_with_the_event() -> None:
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    with context.working_on("request-7", trace):
        envelope = unseal(seal(NOTE)[1].encode())

    assert (envelope.correlation_id, envelope.traceparent) == ("request-7", trace)


def test_a_replay_says_so() -> None:
    assert unseal(seal(NOTE, replay=uuid4())[1].encode()).is_replay


def test_what_is_imported_says_so_and_what_is_done_afterwards_does_not() -> None:
    with context.importing():
        imported = seal(NOTE)[1]

    assert json.loads(imported)["imported"] is True
    assert unseal(imported.encode()).imported and not unseal(imported.encode()).is_replay
    assert "imported" not in json.loads(seal(NOTE)[1])
    assert not unseal(seal(NOTE)[1].encode()).imported


@pytest.mark.parametrize("missing", ["id", "type", "source", "time", "data"])
def test_an_envelope_without_an_attribute_is_refused(missing: str) -> None:
    attributes = json.loads(seal(NOTE)[1])
    del attributes[missing]

    with pytest.raises(Undecodable, match=missing):
        unseal(json.dumps(attributes).encode())


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"[]", b"null", b"7", b'{"id": 7}', b"[" * 100_000]
)
def test_bytes_that_are_no_envelope_are_refused(body: bytes) -> None:
    with pytest.raises(Undecodable):
        unseal(body)
    assert identify(body) == (None, None)


def test_ids_and_times_come_from_the_clock() -> None:
    moment = clock.datetime(2015, 3, 1, tzinfo=clock.UTC)
    with clock.at(moment):
        event_id, body = seal(NOTE)

    assert json.loads(body)["time"] == "2015-03-01T00:00:00Z"
    assert UUID(int=event_id.int).int >> 80 == int(moment.timestamp() * 1000)
