"""Lists as PostgreSQL arrays, written at once where all their values are of one plain type.

psycopg writes a list value by value and asks of each whether it needs quotes: a quarter of what a
consumer's process spent went there. The text is that of the manual, 8.15.2 ("Array Value Input").
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import NoneType
from typing import Any
from uuid import UUID

import psycopg
from psycopg.abc import Buffer
from psycopg.types.array import ListDumper


def register(connection: psycopg.Connection[Any]) -> None:
    """Let a connection write lists in this way."""
    connection.adapters.register_dumper(list, _PlainListDumper)


class _PlainListDumper(ListDumper):
    """What is mixed, nested or of any other type is written by psycopg."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        kinds = set(map(type, obj))
        has_null = NoneType in kinds
        kinds.discard(NoneType)
        write = _WRITERS.get(kinds.pop()) if len(kinds) == 1 else None
        if write is None:
            return super().dump(obj)
        if has_null:
            written = iter(write([value for value in obj if value is not None]))
            texts = ["NULL" if value is None else next(written) for value in obj]
        else:
            texts = write(obj)
        return ("{" + ",".join(texts) + "}").encode()


def _write_ids(values: list[UUID]) -> list[str]:
    return [f"{value.int:032x}" for value in values]


def _write_truths(values: list[bool]) -> list[str]:
    return ["t" if value else "f" for value in values]


def _write_moments(values: list[datetime]) -> list[str]:
    return [value.isoformat() for value in values]


def _write_numbers(values: list[float]) -> list[str]:
    return list(map(repr, values))


def _write_texts(values: list[str]) -> list[str]:
    """All in quotes, so that empty texts, blanks and the word NULL are what they are."""
    together = "".join(values)
    if "\x00" in together:  # libpq would end the array there
        raise psycopg.DataError("a text in a list holds NUL, which PostgreSQL does not take")
    if "\\" in together or '"' in together:
        values = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return [f'"{value}"' for value in values]


_WRITERS: Mapping[type[Any], Callable[[list[Any]], list[str]]] = {
    UUID: _write_ids,
    int: _write_numbers,
    float: _write_numbers,
    bool: _write_truths,
    datetime: _write_moments,
    str: _write_texts,
}
