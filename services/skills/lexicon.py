"""The catalogue in memory, as texts are read with it."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.database import Database
from chassis.statements import ReadSession, Statement
from services.skills.detection.detector import Detector, Kind, Term
from services.skills.detection.subjects import Reader
from services.skills.detection.weighing import Fields
from services.skills.models import CatalogueVersion, Skill, SkillTerm


@dataclass(frozen=True, slots=True)
class Entry:
    """How a skill is called: what is kept of its row."""

    slug: str
    label_en: str
    label_fr: str
    category: str


@dataclass(frozen=True)
class Lexicon:
    """All of the catalogue in one version; of each skill, by its id, how it is called.

    The terms of a skill that leads to another mean the other.
    """

    version: int
    reader: Reader
    skills: Mapping[int, Entry]


@dataclass
class _Latest:
    """The lexicon that was made last, and a hash of what of."""

    what: int = 0
    lexicon: Lexicon | None = None


# One text of each for all terms, not those that came with the rows.
KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}
_known: dict[str, Lexicon] = {}
_latest = _Latest()
# Many who come at once, when a process has just begun, wait for one reading instead of making
# each their own beside the others.
_making = threading.Lock()


def lexicon_of(session: ReadSession) -> Lexicon:
    """The catalogue as it is now; read again only when it has changed."""
    database = _database_of(session)
    row = _VERSION.first(session)
    version = row.version if row else 0
    known = _known.get(database)
    if known is None or known.version != version:
        with _making:
            known = _known.get(database)
            if known is None or known.version != version:
                known = _known[database] = _lexicon_of(*read_entries(session), version)
    return known


def read_ahead(database: Database) -> None:
    """Read the catalogue before anybody asks: whoever came first would wait longer than pages."""
    with database.reading() as connection:
        lexicon_of(connection)


def _lexicon_of(skills: Sequence[Any], terms: Sequence[Any], version: int) -> Lexicon:
    """The lexicon made last, where it was of the same entries: a version may say no more."""
    # Of each its hash alone, not all of it a second time.
    what = hash((*(hash(_said(row)) for row in skills), *map(hash, terms)))
    if _latest.what != what:
        _latest.what, _latest.lexicon = what, make_lexicon(skills, terms, version=version)
    assert _latest.lexicon is not None
    return replace(_latest.lexicon, version=version, skills=_entries_of(skills))


def _said(row: Any) -> tuple[Any, ...]:
    """What texts are read with, of an entry."""
    near = row.broader_id, *row.related_ids
    return row.id, row.root_id, row.category, near, row.clues


def read_entries(session: ReadSession) -> tuple[Sequence[Any], Sequence[Any]]:
    """The rows of skills and terms as this transaction sees them."""
    return _SKILLS.rows(session), _TERMS.rows(session)


def make_lexicon(skills: Sequence[Any], terms: Sequence[Any], *, version: int) -> Lexicon:
    """The catalogue of these rows; takes a second or more."""
    meant = {row.id: row.root_id or row.id for row in skills}
    kin: dict[int, set[int]] = defaultdict(set)
    for row in skills:
        near = {*row.related_ids, *([row.broader_id] if row.broader_id else [])}
        kin[meant[row.id]] |= {meant.get(one, one) for one in near} - {meant[row.id]}
    fields = Fields({row.id: row.category for row in skills}, kin)
    meaning = (Term(row.term, meant[row.skill_id], KINDS[row.kind]) for row in terms)
    clues = ((meant[row.id], row.clues.split(" ")) for row in skills if row.clues)
    reader = Reader(Detector(meaning, clues), fields)
    return Lexicon(version, reader, _entries_of(skills))


def _entries_of(skills: Sequence[Any]) -> Mapping[int, Entry]:
    return {row.id: Entry(row.slug, row.label_en, row.label_fr, row.category) for row in skills}


def _database_of(session: ReadSession) -> str:
    if isinstance(session, Session):
        return str(session.get_bind().engine.url.database)
    return session.info.dbname


_VERSION = Statement(select(CatalogueVersion.version))
_SKILLS = Statement(
    select(
        *(Skill.id, Skill.slug, Skill.label_en, Skill.label_fr, Skill.category),
        *(Skill.broader_id, Skill.related_ids, Skill.root_id),
        # One text for each: as a list they are 60,000.
        func.array_to_string(Skill.clues, " ").label("clues"),
    )
)
_TERMS = Statement(select(SkillTerm.term, SkillTerm.skill_id, SkillTerm.kind))
