"""Keyset pages: a cursor is the sort key of the last row, never an offset."""

import base64
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis.errors import Invalid
from chassis.texts import is_storable

V = TypeVar("V")
W = TypeVar("W")
# A select of whatever columns, and what lists are sorted by.
AnySelect: TypeAlias = "Select[*tuple[Any, ...]]"
AnyColumn: TypeAlias = "ColumnElement[Any] | InstrumentedAttribute[Any]"
LARGEST_INTEGER = 2**31 - 1
# What a list may hand out, and `PageArguments` takes; a text of its sort key has its bounds.
LONGEST_CURSOR = 1000


class CursorInvalid(Invalid):
    code = "cursor_invalid"
    detail = "This cursor was not made by this list."


@dataclass(frozen=True)
class Page(Generic[V]):
    """Some views of a list; `next_cursor` is None on the last page."""

    items: Sequence[V]
    next_cursor: str | None

    def map(self, function: Callable[[Sequence[V]], Sequence[W]]) -> "Page[W]":
        """The same page with its items replaced, all at once."""
        return Page(function(self.items), self.next_cursor)


def list_page(
    session: Session,
    statement: AnySelect,
    *,
    sort_key: Sequence[AnyColumn],
    limit: int,
    cursor: str | None,
    ascending: bool = False,
) -> Page[Any]:
    """One page of a statement, by columns that together are unique, highest first.

    The columns are added to the selected ones; items are rows. Raises CursorInvalid.
    """
    kinds = [column.type.python_type for column in sort_key]
    if cursor is not None:
        values = zip(values_of(cursor, kinds), sort_key, strict=True)
        after = tuple_(*(literal(value, column.type) for value, column in values))
        key = tuple_(*sort_key)
        statement = statement.where(key > after if ascending else key < after)
    labelled = [column.label(f"sort_key_{index}") for index, column in enumerate(sort_key)]
    statement = statement.add_columns(*labelled).order_by(
        *(column.asc() if ascending else column.desc() for column in sort_key)
    )
    rows = session.execute(statement.limit(limit + 1)).all()
    has_more = len(rows) > limit
    shown = rows[:limit]
    last = tuple(shown[-1])[-len(sort_key) :] if has_more else None
    return Page(shown, cursor_after(last, kinds) if last else None)


def cursor_after(values: Sequence[Any], kinds: Sequence[type]) -> str:
    """The cursor behind a row; raises ValueError rather than hand out one that is refused."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    # As letters, of at most four bytes, where \u would take up to twelve.
    text = json.dumps(plain, default=str, separators=(",", ":"), ensure_ascii=False)
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    try:
        values_of(cursor, kinds)
    except CursorInvalid as error:
        raise ValueError("this list sorts by what no cursor can hold") from error
    return cursor


def values_of(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The sort key that a cursor holds, of these types; raises CursorInvalid."""
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError("longer than any that was handed out")
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError("another list's cursor")
        return [_typed(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise CursorInvalid from error


def _typed(value: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return moment
    if kind is UUID:
        return UUID(str(value))
    if kind is str and not (isinstance(value, str) and is_storable(value)):
        raise ValueError("not a text of the database")
    if kind is int and (type(value) is not int or abs(value) > LARGEST_INTEGER):
        raise ValueError("not an integer of the database")
    if kind is float:
        if type(value) not in (int, float) or not math.isfinite(value):
            raise ValueError("not a number")
        return float(value)
    if kind not in (str, int):
        raise TypeError(f"no list sorts by {kind.__name__}")
    return value
