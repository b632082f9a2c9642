"""What can go wrong with benchmarks, and why a file is no table."""

from collections.abc import Sequence

from chassis.errors import Conflict, Invalid, NotFound, TooMany

MOST_LINES = 100


class BenchmarkNotFound(NotFound):
    code = "benchmark_not_found"
    detail = "This project has no such benchmark."


class BenchmarkVersionNotFound(NotFound):
    code = "benchmark_version_not_found"
    detail = "This benchmark has no such version."


class BaseVersionOutdated(Conflict):
    code = "version_outdated"
    detail = "Another version was published meanwhile: look at it, then publish yours."


class BenchmarksTooMany(Conflict):
    code = "benchmarks_too_many"
    detail = "This project has as many benchmarks as it may."


class VersionsTooFast(TooMany):
    code = "versions_too_fast"
    detail = "This project published as many versions as it may in a day; go on tomorrow."


class TableInvalid(Invalid):
    code = "table_invalid"
    detail = "The parts of this table do not fit together."


class FileInvalid(Invalid):
    code = "csv_invalid"
    detail = "Some of this file cannot be read: the lines and columns are named."


class FileEmpty(Invalid):
    code = "csv_empty"
    detail = "Nothing stands in this file."


class EncodingUnclear(Invalid):
    code = "csv_encoding_unclear"
    detail = "Say in which encoding this file is written."


class SeparatorUnclear(Invalid):
    code = "csv_separator_unclear"
    detail = "Say what stands between the columns of this file."


class FileRagged(Invalid):
    code = "csv_ragged"
    detail = "These lines have more or fewer columns than the others."


class NumberAmbiguous(Invalid):
    code = "number_ambiguous"
    detail = "Say which is the decimal sign: these numbers can be read both ways."


class TooManyColumns(Invalid):
    code = "too_many_columns"
    detail = "A table has 50 criteria at most."


class TooManyRows(Invalid):
    code = "too_many_rows"
    detail = "A table has 500 alternatives at most."


class TooManyCells(Invalid):
    code = "too_many_cells"
    detail = "A table has 10,000 values at most."


def at_lines(kind: type[Invalid], lines: Sequence[int]) -> Invalid:
    """An error that names the lines which show it."""
    return kind(errors={"lines": [str(line) for line in lines[:MOST_LINES]]} if lines else None)
