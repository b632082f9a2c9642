"""Each event is what its publisher really emits.

What makes a service tell its events stands in its own `tests/causes.py`.
"""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import select

from chassis.tables import OUTBOX
from chassis.testing.service import ServiceUnderTest
from contracts import EVENTS, decode
from standalone.services import SERVICES
from tests.contracts.samples import envelope_of, is_like

Make = Callable[..., ServiceUnderTest]
TELLING = [s.name for s in SERVICES if any(event.source == s.name for event in EVENTS.values())]


def causes_of(source: str) -> dict[str, Callable[[Make], ServiceUnderTest]]:
    """By event: what makes the service tell it."""
    causes: dict[str, Callable[[Make], ServiceUnderTest]]
    causes = import_module(f"services.{source}.tests.causes").CAUSES
    return causes


@pytest.mark.parametrize("source", TELLING)
def test_a_service_says_what_makes_it_tell_each_of_its_events(source: str) -> None:
    told = {name for name, event in EVENTS.items() if event.source == source}

    assert causes_of(source).keys() == told


@pytest.mark.parametrize("name", EVENTS)
def test_a_publisher_emits_what_the_sample_shows(name: str, service_under_test: Make) -> None:
    publisher = causes_of(EVENTS[name].source)[name](service_under_test)

    emitted = _emitted(publisher, name)
    sample = envelope_of(name)
    assert publisher.service.name == EVENTS[name].source
    assert emitted
    for envelope in emitted:
        assert is_like(_without_trace(envelope), _without_trace(sample)), envelope
        assert decode(EVENTS[name], envelope["data"])


def _without_trace(envelope: dict[str, Any]) -> dict[str, Any]:
    """What is told inside a request carries its trace; what follows from events has none."""
    return {key: value for key, value in envelope.items() if key != "traceparent"}


def _emitted(publisher: ServiceUnderTest, name: str) -> list[dict[str, Any]]:
    with publisher.session() as session:
        rows = session.scalars(select(OUTBOX.c.body).where(OUTBOX.c.type == name))
        return [json.loads(body) for body in rows]
