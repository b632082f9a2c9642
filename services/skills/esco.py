"""Reading what the European classification ESCO publishes: `skills_fr.csv`, `skills_en.csv`.

The files of its download have a row for each concept, in all languages by the same `conceptUri`;
the `altLabels` stand in one cell, a line each.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.skills.errors import EscoInvalid

FILES = {"en": "skills_en.csv", "fr": "skills_fr.csv"}
COLUMNS = ("conceptUri", "skillType", "preferredLabel", "altLabels")
KNOWLEDGE = "knowledge"  # the `skillType` of what one knows; else it is what one does


@dataclass(frozen=True)
class Concept:
    """A skill as ESCO has it, the alternative labels of both languages."""

    uri: str
    label_en: str
    label_fr: str
    aliases: Sequence[str]
    is_knowledge: bool


@dataclass(frozen=True)
class _Row:
    label: str
    aliases: Sequence[str]
    is_knowledge: bool


def read_concepts(folder: Path) -> tuple[list[Concept], int]:
    """The concepts that have a label in both languages, and how many have not.

    Raises EscoInvalid, which names the file and what is wrong with it.
    """
    english, french = (dict(_rows(folder / FILES[language])) for language in ("en", "fr"))
    concepts = [
        Concept(uri, row.label, other.label, (*row.aliases, *other.aliases), row.is_knowledge)
        for uri, row in english.items()
        if row.label and (other := french.get(uri)) and other.label
    ]
    return concepts, len(english.keys() | french.keys()) - len(concepts)


def _rows(path: Path) -> Iterator[tuple[str, _Row]]:
    try:
        # The published files begin with a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise EscoInvalid(f"{path.name} has no column {', '.join(missing)}.")
            for row in reader:
                yield _read(row, f"{path.name}, line {reader.line_num}")
    except FileNotFoundError as error:
        raise EscoInvalid(f"There is no {path.name} in {path.parent}.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EscoInvalid(f"{path.name} cannot be read: {error}") from error


def _read(row: dict[str | None, str | None], place: str) -> tuple[str, _Row]:
    """A row with too few cells has None in the last, one with too many a list under None."""
    if None in row or None in row.values():
        raise EscoInvalid(f"{place}: the row has not as many cells as the first.")
    cells = {name: (row[name] or "").strip() for name in COLUMNS}
    if not cells["conceptUri"]:
        raise EscoInvalid(f"{place}: conceptUri is empty.")
    aliases = [line.strip() for line in cells["altLabels"].splitlines() if line.strip()]
    is_knowledge = cells["skillType"] == KNOWLEDGE
    return cells["conceptUri"], _Row(cells["preferredLabel"], aliases, is_knowledge)
