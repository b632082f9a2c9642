"""Why a file is no table."""

from collections.abc import Sequence

from chassis.errors import Invalid

MOST_LINES = 100


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
