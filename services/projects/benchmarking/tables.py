"""A benchmark's table: alternatives, what they are compared by, and a value for each pair."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

NUMBER, TEXT, BOOLEAN, NOTE = "number", "text", "boolean", "note"
KINDS = (NUMBER, TEXT, BOOLEAN, NOTE)
MOST_ALTERNATIVES, MOST_CRITERIA, MOST_CELLS = 500, 50, 10_000
LONGEST_NAME, LONGEST_UNIT, LONGEST_VALUE, LONGEST_SOURCE = 100, 30, 500, 300
# What is written here and read elsewhere keeps its value: a float's own digits.
LARGEST_NUMBER = 1e15
OLD_AFTER_DAYS = 365

# Begins with no sign and no digit: nothing that a program of tables would make something else of.
IS_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")

Value = float | str | bool
Pair = tuple[str, str]  # an alternative's id and a criterion's


@dataclass(frozen=True, slots=True)
class Criterion:
    """What alternatives are compared by; a note is 1 to 5."""

    id: str
    name: str
    kind: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of those that are compared."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What an alternative has by a criterion, and since when who says so."""

    value: Value
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Table:
    """One version; pairs of which nothing is known have no cell."""

    criteria: Sequence[Criterion] = ()
    alternatives: Sequence[Alternative] = ()
    cells: Mapping[Pair, Cell] = field(default_factory=dict)


def kept(table: Table) -> dict[str, Any]:
    """A table as a row keeps it."""
    return {
        "criteria": [[one.id, one.name, one.kind, one.unit] for one in table.criteria],
        "alternatives": [[one.id, one.name] for one in table.alternatives],
        "cells": [
            [*pair, cell.value, cell.source, cell.as_of.isoformat()]
            for pair, cell in table.cells.items()
        ],
    }


def table_of(kept: Mapping[str, Any]) -> Table:
    """The same, read again."""
    return Table(
        [Criterion(*one) for one in kept["criteria"]],
        [Alternative(*one) for one in kept["alternatives"]],
        {
            (alternative, criterion): Cell(value, source, date.fromisoformat(as_of))
            for alternative, criterion, value, source, as_of in kept["cells"]
        },
    )


def complaints(table: Table) -> dict[str, list[str]]:
    """What is wrong with a table, by the part of it."""
    wrong: dict[str, list[str]] = {}
    for part, found in (("criteria", table.criteria), ("alternatives", table.alternatives)):
        if len({one.id for one in found}) != len(found):
            wrong[part] = ["Each has an id of its own."]
    if len({heading(one) for one in table.criteria}) != len(table.criteria):
        wrong["criteria"] = ["Each has a name of its own."]
    kinds = {one.id: one.kind for one in table.criteria}
    names = {one.id for one in table.alternatives}
    for place, ((alternative, criterion), cell) in enumerate(table.cells.items()):
        if alternative not in names or criterion not in kinds:
            wrong[f"cells.{place}"] = ["There is no such alternative, or no such criterion."]
        elif not fits(cell.value, kinds[criterion]):
            wrong[f"cells.{place}"] = [f"Not a {kinds[criterion]}."]
    return wrong


def heading(criterion: Criterion) -> str:
    """A criterion as the head of a column."""
    return f"{criterion.name} ({criterion.unit})" if criterion.unit else criterion.name


def fits(value: Any, kind: str) -> bool:
    """Whether a value is one of a kind."""
    if kind == TEXT:
        return isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE
    if kind == BOOLEAN:
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if kind == NOTE:
        return value in (1, 2, 3, 4, 5)
    return abs(value) < LARGEST_NUMBER  # not for what is no number, nor for infinity


def aged(table: Table, before: Table, *, source: str, as_of: date) -> Table:
    """A table whose new and changed values have this source and day; others keep theirs."""
    cells = {}
    for pair, cell in table.cells.items():
        known = before.cells.get(pair)
        is_same = known is not None and same(known.value, cell.value)
        cells[pair] = known if known and is_same else Cell(cell.value, source, as_of)
    return Table(table.criteria, table.alternatives, cells)


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same: `true` is not 1."""
    return isinstance(one, bool) is isinstance(other, bool) and one == other


@dataclass(frozen=True, slots=True)
class Difference:
    """What two versions have otherwise, of one thing: None where it was not there."""

    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one version to another, by id."""

    criteria: Sequence[Difference]
    alternatives: Sequence[Difference]
    cells: Mapping[Pair, Difference]


def changes(before: Table, after: Table) -> Changes:
    """What is otherwise in a later version, by the ids of its parts."""
    return Changes(
        list(_differences(before.criteria, after.criteria)),
        list(_differences(before.alternatives, after.alternatives)),
        {
            pair: Difference(before.cells.get(pair), after.cells.get(pair))
            for pair in dict.fromkeys((*before.cells, *after.cells))
            if not _is_same_cell(before.cells.get(pair), after.cells.get(pair))
        },
    )


def _differences(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    was, now = {one.id: one for one in before}, {one.id: one for one in after}
    for name in dict.fromkeys((*was, *now)):
        if was.get(name) != now.get(name):
            yield Difference(was.get(name), now.get(name))


def _is_same_cell(one: Cell | None, other: Cell | None) -> bool:
    if one is None or other is None:
        return one is other
    told = (one.source, one.as_of) == (other.source, other.as_of)
    return told and same(one.value, other.value)
