"""The envelope of an event on the wire: CloudEvents 1.0, structured JSON mode.

Extensions: `correlationid`, `traceparent` and, for a republished past, `replay`.
"""

import json
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Envelope:
    """What the consumer reads of an envelope; `data` is not yet checked against its class."""

    id: UUID
    type: str
    source: str
    told_at: datetime
    data: Any
    correlation_id: str
    traceparent: str
    is_replay: bool


def seal(event: Event, *, replay: UUID | None = None) -> tuple[UUID, str]:
    """Wrap an event that happens now; returns its id and the JSON text."""
    event_id = new_id()
    correlation, trace = context.ids_for(ids_in(event))
    attributes = {
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
        attributes = msgspec.json.decode(body)
        if not all(is_storable(str(attributes[name])) for name in ("type", "source")):
            raise ValueError("letters that stand for nothing")
        told_at = datetime.fromisoformat(attributes["time"])
        return Envelope(
            id=UUID(attributes["id"]),
            type=str(attributes["type"]),
            source=str(attributes["source"]),
            told_at=told_at.replace(tzinfo=told_at.tzinfo or UTC),
            data=attributes["data"],
            correlation_id=str(attributes.get("correlationid", "")),
            traceparent=str(attributes.get("traceparent", "")),
            is_replay="replay" in attributes,
        )
    except (
        msgspec.DecodeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise Undecodable(f"not an event envelope: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """What is wrong, without a word of the message: this goes to the log."""
    if isinstance(error, KeyError):
        return f"no {error.args[0]}"
    return str(error) if isinstance(error, msgspec.DecodeError) else type(error).__name__


def identify(body: bytes) -> tuple[UUID | None, str | None]:
    """Id and type of the event in a message, where its bytes can be read."""
    try:
        envelope = unseal(body)
    except Undecodable:
        return None, None
    return envelope.id, envelope.type
