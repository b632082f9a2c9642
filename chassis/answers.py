"""An answer's schema, compiled once into the plan that writes it as JSON.

The marshmallow schema stays the one declaration (documents, tests, this); its own `dump`
costs five times what the rest of a request does. `Blueprint.response` uses it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
from marshmallow import Schema, fields

Convert = Callable[[Any], Any]

# What the encoder in C writes as marshmallow would, without being told how.
_PLAIN = (fields.String, fields.UUID, fields.Integer, fields.Float, fields.Boolean)
_encoder = msgspec.json.Encoder()


class Plan:
    """Writes objects or mappings as a schema says; one per schema, for the process's life."""

    def __init__(self, schema: Schema) -> None:
        named = schema.dump_fields
        self._names = tuple(field.data_key or name for name, field in named.items())
        sources = [field.attribute or name for name, field in named.items()]
        self._of_object = _several(attrgetter, sources)
        self._of_mapping = _several(itemgetter, sources)
        converts = [_convert_of(field, name, schema) for name, field in named.items()]
        self._converts = [(place, c) for place, c in enumerate(converts) if c is not None]
        self._is_plain = not self._converts and tuple(sources) == self._names
        self._ready: dict[type, bool] = {}

    def __call__(self, one: Any) -> Any:
        """The answer as what `encode` can write; raises where a field is missing."""
        kind = type(one)
        if (ready := self._ready.get(kind)) is None:
            ready = self._ready[kind] = self._is_plain and self._is_written_alike(kind)
        if ready:
            return one
        get = self._of_mapping if isinstance(one, Mapping) else self._of_object
        values = get(one)
        if self._converts:
            values = list(values)
            for place, convert in self._converts:
                if values[place] is not None:
                    values[place] = convert(values[place])
        return dict(zip(self._names, values, strict=True))

    def _is_written_alike(self, kind: type) -> bool:
        """Whether the encoder writes a dataclass or struct by itself as this plan would."""
        if is_dataclass(kind):
            return tuple(field.name for field in fields_of(kind)) == self._names
        return issubclass(kind, msgspec.Struct) and kind.__struct_fields__ == self._names

    def encode(self, one: Any) -> bytes:
        """The answer as JSON in UTF-8."""
        return _encoder.encode(self(one))


def _several(
    getter: Callable[..., Callable[[Any], Any]], sources: Sequence[str]
) -> Callable[[Any], Sequence[Any]]:
    """A getter of all sources that answers a sequence, of one source and of none too."""
    if not sources:
        return lambda one: ()
    get = getter(*sources)
    return get if len(sources) > 1 else lambda one: (get(one),)


def _convert_of(field: fields.Field[Any], name: str, schema: Schema) -> Convert | None:
    """What makes a field's value writable; None where the encoder takes it as it is."""
    if isinstance(field, fields.Nested):
        plan = Plan(field.schema)
        return (lambda many: [plan(one) for one in many]) if field.many else plan
    if isinstance(field, fields.List):
        inner = _convert_of(field.inner, name, schema)
        return list if inner is None else lambda many: [inner(one) for one in many]
    if isinstance(field, fields.DateTime):
        return datetime.isoformat
    if type(field) in _PLAIN:
        return None
    # A field of another kind is dumped by itself.
    return lambda value: field._serialize(value, name, None)
