"""What a plan writes is what the schema's own dump says, to the letter."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from marshmallow import Schema, fields

from chassis.answers import Plan

ID = UUID("018d323d-905a-7c6e-8f37-a29a97157778")


@dataclass(frozen=True)
class Plain:
    """As `PlainSchema` names it."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Secretive(Plain):
    """With more than is shown."""

    secret: str


@dataclass(frozen=True)
class Turned:
    """In another order than the schema's."""

    name: str
    id: UUID


@dataclass(frozen=True)
class Whole:
    """With another inside, and many."""

    one: Any
    many: list[Any]
    at: datetime


class EmptySchema(Schema):
    """Of nothing."""


class PlainSchema(Schema):
    """Of what the encoder writes by itself."""

    id = fields.UUID()
    name = fields.String()


class RenamedSchema(Schema):
    """Whose answer calls a field otherwise."""

    id = fields.UUID(data_key="member_id")
    name = fields.String()


class WholeSchema(Schema):
    """With nested ones."""

    one = fields.Nested(PlainSchema)
    many = fields.List(fields.Nested(PlainSchema))
    at = fields.DateTime()


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (EmptySchema(), {}),
        (EmptySchema(), Plain(ID, "Ada")),
        (PlainSchema(), Plain(ID, "Ada")),
        (PlainSchema(), {"id": ID, "name": "Ada", "more": 1}),
        (PlainSchema(), Secretive(ID, "Ada", "hush")),
        (PlainSchema(), Turned("Ada", ID)),
        (RenamedSchema(), Plain(ID, "Ada")),
        (
            WholeSchema(),
            Whole(
                Secretive(ID, "Ada", "hush"),
                [Plain(ID, "Ben"), Secretive(ID, "Cleo", "hush")],
                datetime(2015, 3, 1, 12, 0, 0, 5, tzinfo=UTC),
            ),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_plan_writes_what_the_schema_dumps(schema: Schema, value: Any) -> None:
    plan = Plan(schema)

    for _ in range(2):  # the second time it knows the type
        assert json.loads(plan.encode(value)) == schema.dump(value)
