"""A table as a file: for programs of tables, and as Markdown."""

import csv
import io

from services.projects.benchmarking import numbers
from services.projects.benchmarking.imports import GUARD, GUARDED
from services.projects.benchmarking.tables import Cell, Table, heading

BOM = "\ufeff"  # by which they know that it is UTF-8
FRENCH = "fr"
NAMES = {FRENCH: "Nom", "en": "Name"}
WORDS = {FRENCH: ("oui", "non"), "en": ("yes", "no")}


def to_csv(table: Table, *, locale: str) -> str:
    """What `imports.read_table` reads again: the same values, names and ids.

    In French with `;` and a decimal comma. Numbers stay numbers; what would begin a formula does
    not.
    """
    separator = ";" if locale == FRENCH else ","
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, lineterminator="\r\n")
    names = [_guarded(heading(one)) for one in table.criteria]
    writer.writerow(["id", NAMES[locale], *names])
    for one in table.alternatives:
        row = [table.cells.get((one.id, criterion.id)) for criterion in table.criteria]
        writer.writerow([one.id, _guarded(one.name), *(_shown(cell, locale) for cell in row)])
    return BOM + file.getvalue()


def to_markdown(table: Table, *, locale: str) -> str:
    """The same as a table of Markdown, for a text elsewhere."""
    rows = [[NAMES[locale], *(heading(one) for one in table.criteria)]]
    rows += [
        [
            one.name,
            *(
                _plain(table.cells.get((one.id, criterion.id)), locale)
                for criterion in table.criteria
            ),
        ]
        for one in table.alternatives
    ]
    head, *lines = (" | ".join(map(_escaped, row)) for row in rows)
    rule = " | ".join("---" for _ in rows[0])
    return "\n".join(f"| {line} |" for line in (head, rule, *lines)) + "\n"


def _plain(cell: Cell | None, locale: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell.value, bool):
        return WORDS[locale][0 if cell.value else 1]
    if isinstance(cell.value, str):
        return cell.value
    return numbers.written(cell.value, "," if locale == FRENCH else ".")


def _shown(cell: Cell | None, locale: str) -> str:
    plain = _plain(cell, locale)
    return _guarded(plain) if cell and isinstance(cell.value, str) else plain


def _guarded(words: str) -> str:
    return GUARD + words if words.startswith(GUARDED) else words


def _escaped(words: str) -> str:
    """On one line, and in one cell."""
    return " ".join(words.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
