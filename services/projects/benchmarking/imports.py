"""A table from a file: what its columns are, which rows are known, and what cannot be read."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from chassis.identifiers import new_id
from chassis.texts import is_line, is_storable, tidy_line, without_controls
from services.projects.benchmarking import numbers, tables
from services.projects.benchmarking.errors import (
    NumberAmbiguous,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    at_lines,
)
from services.projects.benchmarking.sheets import Sheet
from services.projects.benchmarking.tables import Alternative, Cell, Criterion, Pair, Table, Value

ID = "id"
YES, NO = frozenset({"yes", "oui", "true", "vrai"}), frozenset({"no", "non", "false", "faux"})
# Before these a program of tables begins a formula: what is text gets one sign more.
GUARD, GUARDED = "'", ("=", "+", "-", "@", "'", "\t", "\r")
MOST_PROBLEMS = 100


@dataclass(frozen=True)
class Problem:
    """What cannot be read, and where: the line of the file, the column by its name."""

    line: int
    column: str
    code: str
    value: str


@dataclass(frozen=True)
class Import:
    """What a file says; without problems, a table."""

    decimal: str
    table: Table
    problems: Sequence[Problem]


@dataclass
class _Reading:
    """A file on its way to be a table."""

    known: Table
    sheet: Sheet
    at: date
    problems: list[Problem] = field(default_factory=list)

    def complain(self, line: int, column: str, code: str, value: str = "") -> None:
        self.problems.append(Problem(line, column, code, value[:100]))


def read_table(sheet: Sheet, known: Table, *, decimal: str | None, at: date) -> Import:
    """What a file says, for a benchmark whose latest version is `known`.

    Rows are known by an `id` column, else by their name; columns by their name. Raises
    NumberAmbiguous, TooManyColumns, TooManyRows or TooManyCells.
    """
    has_id = len(sheet.header) > 1 and sheet.header[0].casefold() == ID
    first = 1 if has_id else 0
    reading = _Reading(known, sheet, at)
    columns = sheet.header[first + 1 :]
    _require_size(sheet, len(columns))
    criteria = _criteria(reading, columns, first + 1)
    decimal = decimal or _decimal(reading, criteria, first + 1)
    alternatives = list(_alternatives(reading, first, has_id=has_id))
    cells = dict(_cells(reading, criteria, alternatives, first + 1, decimal))
    if len(cells) > tables.MOST_CELLS:
        raise TooManyCells
    table = Table(criteria, alternatives, cells)
    return Import(decimal, table, reading.problems[:MOST_PROBLEMS])


def _require_size(sheet: Sheet, columns: int) -> None:
    if columns > tables.MOST_CRITERIA:
        raise TooManyColumns
    if len(sheet.lines) > tables.MOST_ALTERNATIVES:
        raise TooManyRows


def _criteria(reading: _Reading, columns: Sequence[str], first: int) -> list[Criterion]:
    by_heading = _one_of_each({one.id: tables.heading(one) for one in reading.known.criteria})
    by_name = _one_of_each({one.id: one.name for one in reading.known.criteria})
    known = {one.id: one for one in reading.known.criteria}
    found: list[Criterion] = []
    for at, column in enumerate(columns, first):
        name = tidy_line(_unguarded(column))
        of_known = known.get(by_heading.get(name, by_name.get(name, "")))
        criterion = of_known or _new_criterion(reading, name, at)
        if not 0 < len(criterion.name) <= tables.LONGEST_NAME or not is_line(name):
            reading.complain(1, column, "heading_invalid", column)
        found.append(criterion)
    # By what they are called in the table: `Price` and `Price (€)` may be one that is known.
    often = Counter(map(tables.heading, found))
    for column, criterion in zip(columns, found, strict=True):
        if often[tables.heading(criterion)] > 1:
            reading.complain(1, column, "heading_doubled", column)
    return found


def _new_criterion(reading: _Reading, name: str, at: int) -> Criterion:
    whole, unit = name, ""
    if name.endswith(")") and " (" in name:
        whole, _, unit = name[:-1].rpartition(" (")
    if not whole or len(unit) > tables.LONGEST_UNIT:
        whole, unit = name, ""
    words = [line.cells[at] for line in reading.sheet.lines if line.cells[at]]
    return Criterion(_new_id(), whole, _kind_of(words), unit)


def _kind_of(words: Sequence[str]) -> str:
    """What all values of a new column are."""
    if words and all(numbers.may_be_number(one) for one in words):
        return tables.NUMBER
    if words and all(one.casefold() in YES | NO for one in words):
        return tables.BOOLEAN
    return tables.TEXT


def _decimal(reading: _Reading, criteria: Sequence[Criterion], first: int) -> str:
    """The decimal sign that all numbers of the file tell together."""
    told: dict[str, list[int]] = defaultdict(list)
    for at, criterion in enumerate(criteria, first):
        if criterion.kind in (tables.NUMBER, tables.NOTE):
            for line in reading.sheet.lines:
                if numbers.may_be_number(line.cells[at]):
                    told[line.cells[at]].append(line.number)
    found = numbers.decimals_of(told)
    if found.sign is not None:
        return found.sign
    unclear = found.unclear or tuple(told)
    raise at_lines(NumberAmbiguous, sorted(n for one in unclear for n in told[one])[:5])


def _alternatives(reading: _Reading, at: int, *, has_id: bool) -> Iterator[Alternative]:
    by_name = _one_of_each({one.id: one.name for one in reading.known.alternatives})
    often = Counter(tidy_line(line.cells[at]) for line in reading.sheet.lines)
    of_known = Counter(one.name for one in reading.known.alternatives)
    taken: set[str] = set()
    for line in reading.sheet.lines:
        name = tidy_line(_unguarded(line.cells[at]))
        if not name or len(name) > tables.LONGEST_NAME or not is_line(name):
            reading.complain(line.number, reading.sheet.header[at], "name_invalid", name)
        told = _unguarded(line.cells[0]) if has_id else ""
        if not told and (often[tidy_line(line.cells[at])] > 1 or of_known[name] > 1):
            # Which of them is meant, only an id tells.
            reading.complain(line.number, reading.sheet.header[at], "name_doubled", name)
        chosen = told or by_name.get(name) or _new_id()
        # One of another version, or of another benchmark, is a new alternative here.
        if not tables.IS_ID.fullmatch(chosen) or chosen in taken:
            reading.complain(line.number, ID, "id_unknown", told)
        taken.add(chosen)
        yield Alternative(chosen, name)


def _cells(
    reading: _Reading,
    criteria: Sequence[Criterion],
    alternatives: Sequence[Alternative],
    first: int,
    decimal: str,
) -> Iterator[tuple[Pair, Cell]]:
    for alternative, line in zip(alternatives, reading.sheet.lines, strict=True):
        for at, criterion in enumerate(criteria, first):
            words = line.cells[at]
            if not words:
                continue
            value = read_value(words, criterion.kind, decimal)
            if value is None or not tables.fits(value, criterion.kind):
                code = (
                    f"not_a_{criterion.kind}" if criterion.kind != tables.TEXT else "text_invalid"
                )
                reading.complain(line.number, reading.sheet.header[at], code, words)
                continue
            yield (alternative.id, criterion.id), Cell(value, "", reading.at)


def read_value(words: str, kind: str, decimal: str) -> Value | None:
    """What stands in a cell, as one of a kind; None where it is none."""
    if kind == tables.TEXT:
        text = without_controls(_unguarded(words)).strip()
        return text if is_storable(text) and text else None
    if kind == tables.BOOLEAN:
        folded = words.casefold()
        return True if folded in YES else False if folded in NO else None
    return numbers.parse_number(words, decimal)


def _unguarded(words: str) -> str:
    return words[1:] if words.startswith(GUARD) and words[1:].startswith(GUARDED) else words


def _new_id() -> str:
    """Begins with a letter: programs of tables take it for nothing else."""
    return f"a{new_id().hex}"


def _one_of_each(names: Mapping[str, str]) -> dict[str, str]:
    """Ids by name, of names that one alone has."""
    often = Counter(names.values())
    return {name: one for one, name in names.items() if often[name] == 1}
