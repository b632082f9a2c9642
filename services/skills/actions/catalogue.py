"""The catalogue: loading what the code brings along, adding to it."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.skills.actions import mentions
from services.skills.detection import normalise
from services.skills.errors import TermTaken
from services.skills.models import CatalogueVersion, Skill, SkillTerm

CATALOGUE = Path(__file__).parent.parent / "catalogue.csv"


@dataclass(frozen=True)
class Entry:
    """A skill as it is added; `aliases` in either language."""

    slug: str
    label_en: str
    label_fr: str
    category: str
    aliases: Sequence[str] = ()

    @property
    def terms(self) -> set[str]:
        """Its labels and aliases as they are compared."""
        texts = (self.label_en, self.label_fr, *self.aliases)
        return {" ".join(words) for text in texts if (words := normalise(text))}


def load_catalogue(session: Session) -> None:
    """Bring the database up to the catalogue that the code brings along."""
    add_skills(session, list(read_catalogue()))


def read_catalogue() -> Iterator[Entry]:
    """The entries of `catalogue.csv`."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            aliases = [alias for alias in row.pop("aliases").split("|") if alias]
            yield Entry(**row, aliases=aliases)


def add_skills(session: Session, entries: Sequence[Entry]) -> int:
    """Add skills, or change those of the same slug; returns how many terms are new.

    Posts that were heard of before are looked through for the new terms. Raises TermTaken
    when a term belongs to another skill.
    """
    slugs = _slugs_of_terms(entries)
    if not slugs:
        return 0
    _lock_catalogue(session)
    ids = _upsert_skills(session, entries)
    wanted = {term: ids[slug] for term, slug in slugs.items()}
    rows = [{"term": term, "skill_id": skill_id} for term, skill_id in sorted(wanted.items())]
    added = session.execute(
        insert(SkillTerm).values(rows).on_conflict_do_nothing().returning(SkillTerm.term)
    ).all()
    _refuse_taken(session, wanted)
    if added:
        session.execute(update(CatalogueVersion).values(version=CatalogueVersion.version + 1))
        mentions.detect_everywhere(session)
    return len(added)


def _slugs_of_terms(entries: Sequence[Entry]) -> dict[str, str]:
    slugs: dict[str, str] = {}
    for entry in entries:
        for term in entry.terms:
            if slugs.setdefault(term, entry.slug) != entry.slug:
                raise TermTaken(f"“{term}” belongs to two of the skills to add.")
    return slugs


def _lock_catalogue(session: Session) -> None:
    """Wait until posts that are being read with the present terms are stored."""
    row = insert(CatalogueVersion).values(id=1, version=0)
    session.execute(row.on_conflict_do_nothing(index_elements=["id"]))
    session.execute(select(CatalogueVersion.id).with_for_update())


def _upsert_skills(session: Session, entries: Sequence[Entry]) -> dict[str, int]:
    rows = [
        {
            "slug": entry.slug,
            "label_en": entry.label_en,
            "label_fr": entry.label_fr,
            "category": entry.category,
        }
        for entry in entries
    ]
    statement = insert(Skill).values(rows)
    new = {name: statement.excluded[name] for name in ("label_en", "label_fr", "category")}
    returned = session.execute(
        statement.on_conflict_do_update(index_elements=["slug"], set_=new).returning(
            Skill.slug, Skill.id
        )
    )
    return dict(returned.all())


def _refuse_taken(session: Session, wanted: dict[str, int]) -> None:
    statement = select(SkillTerm).where(SkillTerm.term.in_(wanted))
    for known in session.scalars(statement):
        if known.skill_id != wanted[known.term]:
            raise TermTaken(f"“{known.term}” belongs to another skill already.")
