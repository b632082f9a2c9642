"""Tables of benchmarks as they are shown, and what changed from one to another."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from chassis import clock
from services.projects.benchmarking import tables
from services.projects.benchmarking.tables import Difference, Value
from services.projects.queries.benchmarks import BenchmarkView, PublishedTable

MOST_CHANGES = 1_000


class CriterionView(msgspec.Struct, frozen=True):
    """What is compared."""

    id: str
    name: str
    kind: str
    unit: str


class AlternativeView(msgspec.Struct, frozen=True):
    """One of those compared."""

    id: str
    name: str


class CellView(msgspec.Struct, frozen=True):
    """A value, who says so, and since when; old after a year."""

    alternative: str
    criterion: str
    value: Value
    source: str
    as_of: date
    is_old: bool

    @classmethod
    def of(cls, pair: tables.Pair, cell: tables.Cell) -> "CellView":
        """A value of a table, as old as it is today."""
        old = clock.now().date() - timedelta(days=tables.OLD_AFTER_DAYS)
        return cls(*pair, cell.value, cell.source, cell.as_of, cell.as_of < old)


class TableView(msgspec.Struct, frozen=True):
    """A version of a benchmark; version 0 is empty."""

    benchmark: BenchmarkView
    version: int
    published_at: datetime | None
    criteria: Sequence[CriterionView]
    alternatives: Sequence[AlternativeView]
    cells: Sequence[CellView]

    @classmethod
    def of(cls, one: PublishedTable) -> "TableView":
        """A version as it is shown."""
        table = one.table
        return cls(
            one.benchmark,
            one.version,
            one.published_at,
            [_criterion_of(part) for part in table.criteria],
            [_alternative_of(part) for part in table.alternatives],
            [CellView.of(pair, cell) for pair, cell in table.cells.items()],
        )


class PartChangeView(msgspec.Struct, frozen=True):
    """A criterion or an alternative that came, went or changed; null: was not there."""

    before: CriterionView | AlternativeView | None
    after: CriterionView | AlternativeView | None


class CellChangeView(msgspec.Struct, frozen=True):
    """A value that came, went, or is another."""

    alternative: str
    criterion: str
    before: CellView | None
    after: CellView | None


class ChangesView(msgspec.Struct, frozen=True):
    """What changed from one version to another; of the cells the first thousand."""

    from_version: int
    to_version: int
    criteria: Sequence[PartChangeView]
    alternatives: Sequence[PartChangeView]
    cells: Sequence[CellChangeView]
    cell_count: int

    @classmethod
    def of(cls, before: PublishedTable, after: PublishedTable) -> "ChangesView":
        """From one version to another."""
        found = tables.changes(before.table, after.table)
        cells = list(found.cells.items())
        return cls(
            before.version,
            after.version,
            [_part_of(one, _criterion_of) for one in found.criteria],
            [_part_of(one, _alternative_of) for one in found.alternatives],
            [_change_of(pair, one) for pair, one in cells[:MOST_CHANGES]],
            len(cells),
        )


def _criterion_of(one: tables.Criterion) -> CriterionView:
    return CriterionView(one.id, one.name, one.kind, one.unit)


def _alternative_of(one: tables.Alternative) -> AlternativeView:
    return AlternativeView(one.id, one.name)


def _part_of(one: Difference, view: Any) -> PartChangeView:
    return PartChangeView(
        None if one.before is None else view(one.before),
        None if one.after is None else view(one.after),
    )


def _change_of(pair: tables.Pair, one: Difference) -> CellChangeView:
    before, after = (
        None if cell is None else CellView.of(pair, cell) for cell in (one.before, one.after)
    )
    return CellChangeView(*pair, before, after)
