"""How an event class becomes JSON and back, and how its schema is told.

Fields are `str`, `int`, `float`, `bool`, `UUID`, aware `datetime`, `Literal`, tuples
and small frozen dataclasses of these, or any of them `| None`.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

T = TypeVar("T")
Reader = Callable[[Any], Any]


class ContractError(ValueError):
    """What came does not fit the event's class; the message names each field."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact that happened, told in the past tense by its `source`.

    `key` names the fields whose row the event describes. Events of one key carry a
    `revision` made under the owner's row lock; the highest is the truth. What `private` names
    stands in no log, and is left out of what is kept of a message that nobody tries again.
    """

    type: ClassVar[str]
    source: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    private: ClassVar[tuple[str, ...]] = ()

    @property
    def subject(self) -> str:
        """The key as one string, for brokers and people."""
        return "/".join(str(getattr(self, part)) for part in self.key)


def encode(event: Event) -> dict[str, Any]:
    """The event's fields as JSON values."""
    return {field.name: _plain(getattr(event, field.name)) for field in fields(event)}


def decode(kind: type[T], data: Any) -> T:
    """Build `kind` from JSON values, ignoring unknown fields; raises ContractError.

    By msgspec, in C; what it refuses, and what has a time without a zone, is read once more by
    readers of our own, whose words name every field and repeat no value.
    """
    try:
        event = msgspec.convert(data, kind)
    except (msgspec.ValidationError, RecursionError):
        return _decode_slowly(kind, data)
    for name in _moments(kind):  # type: ignore[arg-type]
        moment = getattr(event, name)
        if moment is not None and moment.tzinfo is None:
            return _decode_slowly(kind, data)
    return event


@cache
def _moments(kind: Any) -> tuple[str, ...]:
    """The fields that are times."""
    hints = _hints(kind)
    return tuple(
        field.name
        for field in fields(kind)
        if datetime in (hints[field.name], *get_args(hints[field.name]))
    )


def _decode_slowly(kind: type[T], data: Any) -> T:
    if not isinstance(data, dict):
        raise ContractError(f"{kind.__name__}: expected an object")
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, is_required, read in _readers(kind):  # type: ignore[arg-type]
        if name not in data:
            if is_required:
                problems.append(f"{name}: missing")
            continue
        try:
            values[name] = read(data[name])
        except (ValueError, TypeError) as error:
            problems.append(f"{name}: {error}")
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


@cache
def _readers(kind: Any) -> tuple[tuple[str, bool, Reader], ...]:
    """For each field its name, whether it must be there, and how its value is read."""
    hints = _hints(kind)
    return tuple(
        (field.name, field.default is MISSING, _reader(hints[field.name])) for field in fields(kind)
    )


def _reader(kind: Any) -> Reader:
    """The function that turns a JSON value into this type, or raises ValueError."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        [option] = [option for option in get_args(kind) if option is not NoneType]
        read_option = _reader(option)
        return lambda value: None if value is None else read_option(value)
    if origin is Literal:
        return partial(_read_literal, get_args(kind))
    if origin is tuple:
        return partial(_read_tuple, _reader(get_args(kind)[0]))
    if is_dataclass(kind):
        return partial(decode, kind)  # type: ignore[arg-type]
    return _SCALAR_READERS[kind]


def _read_literal(allowed: tuple[str, ...], value: Any) -> Any:
    if value not in allowed:
        raise ValueError(f"not one of {', '.join(allowed)}")
    return value


def _read_tuple(read_item: Reader, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError("expected a list")
    return tuple(read_item(item) for item in value)


def _read_uuid(value: Any) -> UUID:
    if not isinstance(value, str):
        raise ValueError("expected UUID")
    return UUID(value)


def _read_datetime(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("expected datetime")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:  # its own words would repeat the value, and this goes to the log
        raise ValueError("expected datetime") from None
    if moment.tzinfo is None:
        raise ValueError("expected a time with its zone")
    return moment


def _read_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("expected float")
    return float(value)


def _read_exactly(kind: type, value: Any) -> Any:
    # Not isinstance: a bool is no int here.
    if type(value) is not kind:
        raise ValueError(f"expected {kind.__name__}")
    return value


_SCALAR_READERS: dict[Any, Reader] = {
    UUID: _read_uuid,
    datetime: _read_datetime,
    float: _read_float,
    str: partial(_read_exactly, str),
    int: partial(_read_exactly, int),
    bool: partial(_read_exactly, bool),
}
