"""Files with tables in them: their bytes, their letters, their columns.

What cannot be decided is asked, never guessed.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.projects.benchmarking.errors import (
    EncodingUnclear,
    FileEmpty,
    FileRagged,
    SeparatorUnclear,
    TooManyColumns,
    TooManyRows,
    at_lines,
)
from services.projects.benchmarking.tables import LONGEST_VALUE, MOST_ALTERNATIVES, MOST_CRITERIA

UTF_8, UTF_16, WINDOWS = "utf-8", "utf-16", "windows-1252"
# A head and all alternatives; a line of the longest values, each letter of them quoted.
MOST_ROWS = MOST_ALTERNATIVES + 1
LONGEST_LINE = 2 * LONGEST_VALUE * (MOST_CRITERIA + 2)
ENCODINGS = (UTF_8, UTF_16, WINDOWS)
SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}


@dataclass(frozen=True)
class Line:
    """A row of a file, with the number of the line on which it begins."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """A file as rows of one width."""

    encoding: str
    separator: str  # a name of SEPARATORS
    header: Sequence[str]
    lines: Sequence[Line]


def read_sheet(content: bytes, *, encoding: str | None, separator: str | None) -> Sheet:
    """The rows of a file.

    `encoding` and `separator` say what is else found out. Raises EncodingUnclear,
    SeparatorUnclear, FileRagged or FileEmpty.
    """
    encoding = encoding or _encoding_of(content)
    text = _decoded(content, encoding)
    if not text.strip():
        raise FileEmpty
    if separator is None:
        separator = _separator_of(text)
    rows = _rows(text, SEPARATORS[separator])
    _require_even(rows)
    header, *lines = _without_empty_columns(rows)
    return Sheet(encoding, separator, header.cells, lines)


def _encoding_of(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF_16
    try:
        content.decode(UTF_8)
    except UnicodeDecodeError:
        return WINDOWS
    return UTF_8


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise at_lines(EncodingUnclear, [line]) from error
    return text.removeprefix("\ufeff")


def _separator_of(text: str) -> str:
    """The one that gives all rows one width above one."""
    widths: dict[str, list[int]] = {}
    unread: Exception = SeparatorUnclear()
    for name, separator in SEPARATORS.items():
        try:
            widths[name] = [len(row.cells) for row in _rows(text, separator)]
        except (FileEmpty, FileRagged) as error:
            unread = error
    even = [name for name, found in widths.items() if len(set(found)) == 1 and found[0] > 1]
    # With the one that stands in the head, and not in all rows as often: the rows are to blame.
    heads = even or [name for name, found in widths.items() if found[0] > 1]
    if len(heads) != 1:
        raise SeparatorUnclear if heads else unread
    return heads[0]


def _rows(text: str, separator: str) -> list[Line]:
    """The rows that have anything in them."""
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    rows, begins = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Line(begins, [cell.strip() for cell in cells]))
            if len(rows) > MOST_ROWS:
                raise TooManyRows
            begins = reader.line_num + 1
    except csv.Error as error:
        raise at_lines(FileRagged, [begins]) from error
    if not rows:
        raise FileEmpty
    return rows


def _lines(text: str) -> Iterator[str]:
    """The lines of a file; of one that no table has, not even its cells are made."""
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > LONGEST_LINE:
            raise at_lines(TooManyColumns, [number])
        yield line


def _require_even(rows: Sequence[Line]) -> None:
    width, _ = Counter(len(row.cells) for row in rows).most_common(1)[0]
    uneven = [row.number for row in rows if len(row.cells) != width]
    if uneven:
        raise at_lines(FileRagged, uneven)


def _without_empty_columns(rows: Sequence[Line]) -> list[Line]:
    """Without those at the right in which nothing stands: programs leave some."""
    width = max((at + 1 for row in rows for at, cell in enumerate(row.cells) if cell), default=0)
    return [Line(row.number, row.cells[:width]) for row in rows]
