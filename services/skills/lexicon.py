"""The catalogue in memory, as texts are read with it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.statements import ReadSession, Statement
from services.skills.detection.detector import Detector, Term
from services.skills.detection.subjects import Fields, Reader
from services.skills.models import CatalogueVersion, Skill, SkillTerm


@dataclass(frozen=True)
class Lexicon:
    """All of the catalogue in one version; of each skill, by its id, how it is called."""

    version: int
    reader: Reader
    skills: Mapping[int, Any]


_known: dict[str, Lexicon] = {}


def lexicon_of(session: ReadSession) -> Lexicon:
    """The catalogue as it is now; read again only when it has changed."""
    database = _database_of(session)
    row = _VERSION.first(session)
    version = row.version if row else 0
    known = _known.get(database)
    if known is None or known.version != version:
        known = _known[database] = _read(session, version)
    return known


def _read(session: ReadSession, version: int) -> Lexicon:
    skills = _SKILLS.rows(session)
    kin: dict[int, set[int]] = defaultdict(set)
    for row in skills:
        kin[row.id] |= {*row.related_ids, *([row.broader_id] if row.broader_id else [])}
    fields = Fields({row.id: row.category for row in skills}, kin)
    terms = [Term(row.term, row.skill_id, row.kind) for row in _TERMS.rows(session)]
    return Lexicon(version, Reader(Detector(terms), fields), {row.id: row for row in skills})


def _database_of(session: ReadSession) -> str:
    if isinstance(session, Session):
        return str(session.get_bind().engine.url.database)
    return session.info.dbname


_VERSION = Statement(select(CatalogueVersion.version))
_SKILLS = Statement(
    select(
        *(Skill.id, Skill.slug, Skill.label_en, Skill.label_fr, Skill.category),
        *(Skill.broader_id, Skill.related_ids),
    )
)
_TERMS = Statement(select(SkillTerm.term, SkillTerm.skill_id, SkillTerm.kind))
