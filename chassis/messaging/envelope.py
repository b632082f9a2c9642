"""The envelope of an event on the wire: CloudEvents 1.0, structured JSON mode.

Extensions: `correlationid`, `traceparent`; for a republished past `replay`; `imported` (true) for
what was done elsewhere before, and for all that follows from it.
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis import clock, context
from chassis.identifiers import new_id
from chassis.texts import is_storable
from contracts import Event, encode

CONTENT_TYPE = "application/cloudevents+json"


class Undecodable(ValueError):
    """These bytes are no envelope; trying again cannot help."""


class Envelope(msgspec.Struct, frozen=True):
    """What the consumer reads of an envelope; `data` is not yet checked against its class."""

    id: UUID
    type: str
    source: str
    told_at: datetime = msgspec.field(name="time")
    data: Any
    correlation_id: str = msgspec.field(name="correlationid", default="")
    traceparent: str = ""
    replay: str | None = None
    imported: bool = False

    @property
    def is_replay(self) -> bool:
        return self.replay is not None


def seal(event: Event, *, replay: UUID | None = None) -> tuple[UUID, str]:
    """Wrap an event that happens now; returns its id and the JSON text."""
    event_id = new_id()
    correlation, trace = context.ids_for(ids_in(event))
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": source_of(event),
        "type": event.type,
        "subject": event.subject,
        "time": clock.now().astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": f"urn:skiller:event:{event.type}:1",
        "correlationid": correlation or event_id.hex,
        "traceparent": trace,
        "data": encode(event),
    }
    if replay:
        attributes["replay"] = str(replay)
    if context.is_imported():
        attributes["imported"] = True
    if not attributes["traceparent"]:
        del attributes["traceparent"]
    return event_id, json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))


def ids_in(event: Event) -> frozenset[UUID]:
    """The ids that an event is about."""
    return frozenset(value for value in vars(event).values() if isinstance(value, UUID))


def source_of(event: Event | type[Event]) -> str:
    """How an envelope names the service that owns an event's type."""
    return f"/skiller/{event.source}"


def unseal(body: bytes) -> Envelope:
    """Read an envelope; raises Undecodable with the reason."""
    try:
        envelope = _DECODER.decode(body)
        if not (is_storable(envelope.type) and is_storable(envelope.source)):
            raise ValueError("letters that stand for nothing")
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Undecodable(f"not an event envelope: {_reason(error)}") from error
    if envelope.told_at.tzinfo is None:
        return msgspec.structs.replace(envelope, told_at=envelope.told_at.replace(tzinfo=UTC))
    return envelope


def _reason(error: Exception) -> str:
    """What is wrong, without a word of the message: this goes to the log."""
    return str(error) if isinstance(error, msgspec.DecodeError) else type(error).__name__


def identify(body: bytes) -> tuple[UUID | None, str | None]:
    """Id and type of the event in a message, where its bytes can be read."""
    try:
        envelope = unseal(body)
    except Undecodable:
        return None, None
    return envelope.id, envelope.type


_DECODER = msgspec.json.Decoder(Envelope)
