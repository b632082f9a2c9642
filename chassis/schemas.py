"""Bases of the services' marshmallow schemas, and the shapes that all of them share."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, pre_load, validate

from chassis.pages import LONGEST_CURSOR
from chassis.texts import is_storable


def find_unstorable(value: Any) -> bool:
    """Whether a text holds what PostgreSQL cannot store: NUL or a lone surrogate."""
    waiting = [value]  # and no recursion: a client decides how deep this is
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if not is_storable(one):
                return True
        elif isinstance(one, Mapping):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return False


class RequestSchema(Schema):
    """What a client sends: unknown fields and unstorable characters are refused."""

    class Meta:
        unknown = RAISE

    @pre_load
    def refuse_unstorable(self, data: Any, **_: Any) -> Any:
        if isinstance(data, Mapping):
            bad = {
                name: ["Contains characters that cannot be stored."]
                for name in data
                if find_unstorable(data[name])
            }
            if bad:
                raise ValidationError(bad)
        return data


class AnswerSchema(Schema):
    """What a service answers: more fields may be added, none is renamed."""

    class Meta:
        unknown = EXCLUDE


class Digits(fields.Integer):
    """A whole number as everybody writes it in a query: Python would also read `1_0` and ` 10 `."""

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> Any:
        if not (isinstance(value, str) and value.isascii() and value.isdigit()):
            raise self.make_error("invalid")
        return super()._deserialize(value, *args, **more)


class IdList(fields.String):
    """Ids in a query, with commas between them."""

    default_error_messages = {"ids": "Not a list of ids with commas between them."}

    def _deserialize(self, *args: Any, **more: Any) -> Any:
        try:
            return [UUID(one) for one in super()._deserialize(*args, **more).split(",")]
        except ValueError as error:
            raise self.make_error("ids") from error


class SlugList(fields.String):
    """Slugs in a query, with commas between them."""

    def _deserialize(self, *args: Any, **more: Any) -> Any:
        return [one for one in super()._deserialize(*args, **more).split(",") if one]


class PageArguments(RequestSchema):
    """`?limit=` and `?cursor=` of every list."""

    limit = Digits(load_default=20, validate=validate.Range(1, 50))
    cursor = fields.String(load_default=None, validate=validate.Length(1, LONGEST_CURSOR))


class AuthorSchema(AnswerSchema):
    """A person, as every answer carries its authors."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    headline = fields.String(required=True)
    portrait_url = fields.String(required=True, allow_none=True)


class ProblemSchema(AnswerSchema):
    """RFC 9457, with a stable `code` and, for 422, `errors` by field."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    correlation_id = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page: `{"items": […], "next": cursor or null}`."""
    name = item.__name__.removesuffix("Schema") + "Page"
    return type(
        name + "Schema",
        (AnswerSchema,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True, attribute="next_cursor"),
        },
    )
