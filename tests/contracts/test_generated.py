"""The contracts as documents: who listens, and AsyncAPI for those who write another listener."""

import json
from collections.abc import Iterator
from typing import Any

from chassis.messaging.topology import SUBSCRIPTIONS_FILE, read_subscriptions
from contracts import EVENTS
from standalone.services import SERVICES
from tests.contracts.samples import envelope_of

ASYNCAPI: dict[str, Any] = json.loads(
    SUBSCRIPTIONS_FILE.with_name("asyncapi.json").read_text("utf-8")
)


def test_subscriptions_are_what_the_handlers_hear() -> None:
    heard = {
        name: sorted(s.name for s in SERVICES if name in s.handlers.subscriptions)
        for name in EVENTS
    }

    assert read_subscriptions() == heard


def test_handlers_hear_events_that_exist() -> None:
    assert {name for s in SERVICES for name in s.handlers.subscriptions} <= set(EVENTS)


def test_every_reference_of_the_document_leads_somewhere() -> None:
    references = list(_references(ASYNCAPI))

    assert references
    for reference in references:
        place: Any = ASYNCAPI
        for part in reference.removeprefix("#/").split("/"):
            assert part in place, reference
            place = place[part]


def test_the_document_has_every_event_with_its_sender_and_listeners() -> None:
    sends = {f"{kind.source}.sends.{name}" for name, kind in EVENTS.items()}
    receives = {f"{s}.receives.{name}" for name, who in read_subscriptions().items() for s in who}

    assert ASYNCAPI["asyncapi"].startswith("3.")
    assert set(ASYNCAPI["channels"]) == set(ASYNCAPI["components"]["messages"]) == set(EVENTS)
    assert {channel["address"] for channel in ASYNCAPI["channels"].values()} == set(EVENTS)
    assert set(ASYNCAPI["operations"]) == sends | receives
    for name, operation in ASYNCAPI["operations"].items():
        assert operation["action"] == ("send" if ".sends." in name else "receive")


def test_the_document_describes_the_samples() -> None:
    for name in EVENTS:
        payload = ASYNCAPI["components"]["messages"][name]["payload"]
        assert _fits(payload, envelope_of(name)["data"]), name


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _fits(schema: dict[str, Any], value: Any) -> bool:
    """As much of JSON Schema as the document uses; objects have no other properties here."""
    if "anyOf" in schema:
        return any(_fits(option, value) for option in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kinds: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
        "array": list,
        "object": dict,
    }
    if not isinstance(value, kinds[schema["type"]]):
        return False
    if schema["type"] == "array":
        return all(_fits(schema["items"], item) for item in value)
    if schema["type"] == "object":
        return set(schema["required"]) <= set(value) <= set(schema["properties"]) and all(
            _fits(schema["properties"][key], inner) for key, inner in value.items()
        )
    return True
