"""The codec of events: what is written is read back, and what does not fit is named."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from uuid import UUID

import pytest

from contracts.event import ContractError, Event, decode, encode, schema

ID = UUID("01890000-0000-7000-8000-000000000001")
MOMENT = datetime(2015, 3, 1, 12, 0, 0, 5, UTC)


@dataclass(frozen=True, kw_only=True)
class Tag:
    label: str


@dataclass(frozen=True, kw_only=True)
class Painted(Event):
    type = "wall.painted"
    source = "house"
    key = ("wall_id", "colour")

    wall_id: UUID
    colour: Literal["red", "blue"]
    painted_at: datetime
    width: float
    coats: int
    is_dry: bool
    tags: tuple[Tag, ...]
    note: str | None
    revision: int = 1


PAINTED = Painted(
    wall_id=ID,
    colour="red",
    painted_at=MOMENT,
    width=2.5,
    coats=3,
    is_dry=False,
    tags=(Tag(label="éte\u0301"), Tag(label="")),
    note=None,
)


def changed(**fields: object) -> dict[str, object]:
    return encode(PAINTED) | fields


def test_an_event_survives_json() -> None:
    assert decode(Painted, json.loads(json.dumps(encode(PAINTED)))) == PAINTED


def test_times_are_written_in_utc() -> None:
    paris = timezone(timedelta(hours=1))

    written = encode(decode(Painted, changed(painted_at="2015-03-01T13:00:00+01:00")))

    assert written["painted_at"] == "2015-03-01T12:00:00Z"
    assert decode(Painted, written).painted_at == datetime(2015, 3, 1, 13, tzinfo=paris)


def test_unknown_fields_are_ignored_when_read_and_refused_when_written() -> None:
    assert decode(Painted, changed(brush="large")) == PAINTED
    with pytest.raises(TypeError):
        Painted(**vars(PAINTED), brush="large")


def test_a_missing_field_takes_its_default_or_is_named() -> None:
    data = changed()
    del data["revision"]
    assert decode(Painted, data).revision == 1

    del data["coats"], data["note"]
    with pytest.raises(ContractError, match=r"coats: missing; note: missing"):
        decode(Painted, data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wall_id", "no id"),
        ("wall_id", 7),
        ("colour", "green"),
        ("painted_at", "yesterday"),
        ("painted_at", "2015-03-01T12:00:00"),
        ("width", "wide"),
        ("width", True),
        ("coats", 1.5),
        ("coats", True),
        ("is_dry", 0),
        ("tags", "a"),
        ("tags", [{"label": 1}]),
        ("tags", [1]),
        ("note", 1),
    ],
)
def test_a_value_of_another_kind_is_named(field: str, value: object) -> None:
    with pytest.raises(ContractError, match=field):
        decode(Painted, changed(**{field: value}))


@pytest.mark.parametrize("data", [None, [], "text", 1])
def test_what_is_no_object_is_refused(data: object) -> None:
    with pytest.raises(ContractError, match="expected an object"):
        decode(Painted, data)


def test_an_integer_serves_as_a_float() -> None:
    assert decode(Painted, changed(width=2)).width == 2.0


def test_the_subject_is_the_key() -> None:
    assert PAINTED.subject == f"{ID}/red"


def test_the_schema_tells_each_field_and_what_is_required() -> None:
    told = schema(Painted)

    assert told["properties"]["wall_id"] == {"type": "string", "format": "uuid"}
    assert told["properties"]["note"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert told["properties"]["tags"]["items"]["required"] == ["label"]
    assert "coats" in told["required"] and "revision" not in told["required"]
