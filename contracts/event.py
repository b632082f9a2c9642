"""How an event class becomes JSON and back, and how its schema is told.

Fields are `str`, `int`, `float`, `bool`, `UUID`, aware `datetime`, `Literal`, tuples
and small frozen dataclasses of these, or any of them `| None`.
"""

from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")
E = TypeVar("E", bound="Event")


class ContractError(ValueError):
    """What came does not fit the event's class; the message names each field."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact that happened, told in the past tense by its `source`.

    `key` names the fields whose row the event describes. Events of one key carry a
    `revision` made under the owner's row lock; the highest is the truth.
    """

    type: ClassVar[str]
    source: ClassVar[str]
    key: ClassVar[tuple[str, ...]]

    @property
    def subject(self) -> str:
        """The key as one string, for brokers and people."""
        return "/".join(str(getattr(self, part)) for part in self.key)


def encode(event: Event) -> dict[str, Any]:
    """The event's fields as JSON values."""
    return {field.name: _plain(getattr(event, field.name)) for field in fields(event)}


def decode(kind: type[T], data: Any) -> T:
    """Build `kind` from JSON values, ignoring unknown fields; raises ContractError."""
    if not isinstance(data, dict):
        raise ContractError(f"{kind.__name__}: expected an object")
    values: dict[str, Any] = {}
    problems: list[str] = []
    hints = _hints(kind)  # type: ignore[arg-type]
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name not in data:
            if field.default is MISSING:
                problems.append(f"{field.name}: missing")
            continue
        try:
            values[field.name] = _typed(hints[field.name], data[field.name])
        except (ValueError, TypeError) as error:
            problems.append(f"{field.name}: {error}")
    if problems:
        raise ContractError(f"{kind.__name__}: " + "; ".join(problems))
    return kind(**values)


def schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event class or of one field's type."""
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        return {
            "type": "object",
            "properties": {field.name: schema(hints[field.name]) for field in fields(kind)},
            "required": [field.name for field in fields(kind) if field.default is MISSING],
        }
    if get_origin(kind) in (Union, UnionType):
        return {"anyOf": [schema(option) for option in get_args(kind)]}
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": schema(get_args(kind)[0])}
    return dict(_SCALARS[kind])


_SCALARS: dict[Any, dict[str, str]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    NoneType: {"type": "null"},
}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _typed(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        options = [option for option in get_args(kind) if option is not NoneType]
        return None if value is None else _typed(options[0], value)
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"not one of {', '.join(get_args(kind))}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise ValueError("expected a list")
        return tuple(_typed(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        return decode(kind, value)  # type: ignore[arg-type]
    return _scalar(kind, value)


def _scalar(kind: Any, value: Any) -> Any:
    if kind is UUID and isinstance(value, str):
        return UUID(value)
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("expected a time with its zone")
        return moment
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise ValueError(f"expected {kind.__name__}")
