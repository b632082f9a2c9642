"""Every event can still be read and written as its golden sample says."""

import json
from dataclasses import MISSING, fields

import pytest

from chassis.messaging.envelope import seal, unseal
from contracts import EVENTS, ContractError, decode, encode
from tests.contracts.samples import body_of, envelope_of, is_like, names

every_event = pytest.mark.parametrize("name", EVENTS)


def test_every_event_has_one_sample() -> None:
    assert names() == sorted(EVENTS)


@every_event
def test_a_sample_is_read_and_written_again_unchanged(name: str) -> None:
    data = envelope_of(name)["data"]

    assert encode(decode(EVENTS[name], data)) == data


@every_event
def test_a_sample_shows_every_field_with_a_value_where_it_may_have_one(name: str) -> None:
    """No last evidence, no portrait, leading nowhere: that is what some show."""
    data = envelope_of(name)["data"]
    empty = {key for key, value in data.items() if value in (None, [])}

    assert list(data) == [field.name for field in fields(EVENTS[name])]
    assert empty <= {"last_evidence_at", "portrait_url", "into", "organisation"}


@every_event
def test_an_envelope_is_sealed_as_the_sample_is(name: str) -> None:
    sample = envelope_of(name)
    _, text = seal(decode(EVENTS[name], sample["data"]))
    sealed = unseal(text.encode())
    golden = unseal(body_of(name))

    assert (sealed.type, sealed.source, sealed.data) == (golden.type, golden.source, golden.data)


@every_event
def test_an_envelope_has_the_sample_s_attributes(name: str) -> None:
    """A trace is carried where there is one; ids and times are new each time."""
    sample = envelope_of(name)
    sealed = json.loads(seal(decode(EVENTS[name], sample["data"]))[1])
    del sample["traceparent"]

    assert is_like(sealed, sample)
    for attribute in ("specversion", "source", "type", "subject", "datacontenttype", "dataschema"):
        assert sealed[attribute] == sample[attribute]


@every_event
def test_what_a_later_publisher_adds_is_ignored(name: str) -> None:
    data = envelope_of(name)["data"]

    assert decode(EVENTS[name], {**data, "added_later": {"by": ["somebody"]}}) == decode(
        EVENTS[name], data
    )


@every_event
def test_a_missing_field_is_refused_by_its_name(name: str) -> None:
    data = envelope_of(name)["data"]
    needed = [field.name for field in fields(EVENTS[name]) if field.default is MISSING]

    for field in needed:
        with pytest.raises(ContractError, match=f"{field}: missing"):
            decode(EVENTS[name], {key: value for key, value in data.items() if key != field})
    assert needed


@every_event
def test_a_value_of_another_type_is_refused_by_its_name(name: str) -> None:
    data = envelope_of(name)["data"]

    for field in data:
        with pytest.raises(ContractError, match=f"{field}: "):
            decode(EVENTS[name], {**data, field: {"an": "object"}})


@every_event
def test_a_publisher_cannot_tell_what_was_not_agreed(name: str) -> None:
    event = decode(EVENTS[name], envelope_of(name)["data"])
    told = {field.name: getattr(event, field.name) for field in fields(event)}

    with pytest.raises(TypeError, match="added_secretly"):
        EVENTS[name](**told, added_secretly=1)
