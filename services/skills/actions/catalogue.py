"""The catalogue: loading what the code brings along, adding to it."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.folding import fold
from chassis.slugs import slug_of
from services.skills.actions import contributions, mentions
from services.skills.actions.terms import (
    MODERATORS,
    Source,
    keep_skills,
    keep_terms,
    lead_slugs,
)
from services.skills.actions.voices import Turned
from services.skills.detection.detector import Kind
from services.skills.detection.subjects import READING
from services.skills.detection.weighing import TOOLS
from services.skills.detection.words import normalise
from services.skills.errors import TermTaken
from services.skills.models import CatalogueVersion, PostRef, Skill, SkillAlias, SkillTerm

CATALOGUE = Path(__file__).parent.parent / "catalogue.csv"
CLUES = CATALOGUE.with_name("clues.csv")
_PERSON = re.compile(
    r"(?:eur|euse|ier|iere|iste|ien|ienne|logue|iatre|trice|tier|graphe|naire|er|or|ist|ian"
    r"|smith|maker|keeper|wright|man|woman|ant|nurse|chef|cheffe|notaire|avocat|avocate)$"
)
_ROW = ("slug", "label_en", "label_fr", "category")
PAGE = 200  # posts that are read again in one transaction


@dataclass(frozen=True)
class Entry:
    """A skill as it is added; `aliases` in either language.

    `ambiguous` are those of its labels and aliases that are everyday words too; with a `!`
    at the end they are names, for which a capital proves nothing. `clues` are words that speak
    of it without naming it; a `?` is behind those that are everyday words.
    """

    slug: str
    label_en: str
    label_fr: str
    category: str
    aliases: Sequence[str] = ()
    broader: str = ""
    related: Sequence[str] = ()
    ambiguous: Sequence[str] = ()
    clues: Sequence[str] = ()

    @cached_property
    def terms(self) -> dict[str, Kind]:
        """Its labels and aliases as they are compared, with what each proves by itself."""
        kinds: dict[str, Kind] = {}
        for written in self.ambiguous:
            name = written.removesuffix("!")
            kind = _kind_of(name, self.category, is_name=name != written)
            kinds[_normal(name)] = kind
        texts = (self.label_en, self.label_fr, *self.aliases)
        return {
            term: kinds.get(term) or _kind_by_form(text, self.category)
            for text in texts
            if (term := _normal(text))
        }

    @property
    def slugs(self) -> set[str]:
        """What keywords make of its labels and aliases, but its own slug."""
        texts = (self.label_en, self.label_fr, *self.aliases)
        return {slug for text in texts if (slug := slug_of(text))} - {self.slug}


def load_catalogue(session: Session) -> None:
    """Bring the database up to the catalogue that the code brings along.

    What it brought once and brings no more is no term any longer; no skill goes. What moderators
    decided stands: merges, labels, whose a word is. Posts are read again as well when the code
    reads the same words otherwise than it did. Records `skill.renamed` of what it calls
    otherwise.
    """
    lock_catalogue(session)
    decided = select(SkillAlias.slug).where(SkillAlias.source.in_(MODERATORS))
    taken = set(session.scalars(decided))
    entries = [entry for entry in read_catalogue() if entry.slug not in taken]
    ours = {term for entry in entries for term in entry.terms}
    gone = delete(SkillTerm).where(SkillTerm.source == "catalogue", SkillTerm.term.not_in(ours))
    dropped = session.execute(gone.returning(SkillTerm.term)).all()
    is_older = _keep_reading(session)
    if not add_skills(session, entries, source="catalogue") and (dropped or is_older):
        count_up(session)


def read_catalogue() -> Iterator[Entry]:
    """The entries of `catalogue.csv`, each with its clues of `clues.csv`."""
    with CLUES.open(encoding="utf-8", newline="") as file:
        clues = {row["slug"]: row["clues"].split() for row in csv.DictReader(file)}
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lists = {
                name: [one for one in row.pop(name).split("|") if one]
                for name in ("aliases", "related", "ambiguous")
            }
            yield Entry(**row, **lists, clues=clues.get(row["slug"], ()))  # type: ignore[arg-type]


def add_skills(session: Session, entries: Sequence[Entry], *, source: Source = "added") -> int:
    """Add skills, or change those of the same slug; returns how many terms are new or changed.

    Posts that were heard of before are read again by the worker. A term of the catalogue's is
    taken over from what yields to it, and left to a moderator's; otherwise raises TermTaken
    when it belongs to another skill.
    """
    slugs = _slugs_of_terms(entries)
    if not slugs:
        return 0
    lock_catalogue(session)
    ids = keep_skills(session, [[getattr(entry, name) for name in _ROW] for entry in entries])
    rows = [
        (term, ids[entry.slug], kind)
        for entry in entries
        for term, kind in sorted(entry.terms.items())
    ]
    added = keep_terms(session, rows, source=source)
    if source != "catalogue":
        _refuse_taken(session, {term: ids[slug] for term, slug in slugs.items()})
    is_changed = _keep_kin(session, entries)
    if source == "catalogue":
        is_changed |= _keep_clues(session, entries)
    _keep_aliases(session, entries, ids, source)
    if added or is_changed:
        count_up(session)
    return added


def reread_posts(session: Session) -> bool:
    """Read some posts again that were read with an earlier catalogue; whether more wait."""
    version = select(CatalogueVersion.version).scalar_subquery()
    outdated = select(PostRef.id).where(PostRef.catalogue < version, PostRef.revision > 0)
    page = list(session.scalars(outdated.order_by(PostRef.catalogue, PostRef.id).limit(PAGE)))
    found = mentions.detect(session, page)
    contributions.settle_posts(session, found, turned=Turned(), cause="rules")
    return len(page) == PAGE


def _kind_by_form(text: str, category: str) -> Kind:
    """A word beyond tools is a common noun; of their endings some say who does it."""
    if " " in text or category in TOOLS or not text.isalpha() or text.isupper():
        return "plain"
    return "person" if _PERSON.search(fold(text)) else "common"


def _kind_of(text: str, category: str, *, is_name: bool) -> Kind:
    """Of a term that means other things too."""
    if len(text) > 1 and text.isupper():
        return "acronym"
    if is_name:
        return "name"
    return "word" if category in TOOLS and text[0].isupper() else "noun"


def _normal(text: str) -> str:
    return " ".join(normalise(text))


def _slugs_of_terms(entries: Sequence[Entry]) -> dict[str, str]:
    slugs: dict[str, str] = {}
    for entry in entries:
        for term in entry.terms:
            if slugs.setdefault(term, entry.slug) != entry.slug:
                raise TermTaken(f"“{term}” belongs to two of the skills to add.")
    return slugs


def lock_catalogue(session: Session) -> None:
    """One change after the other; who reads texts meanwhile stamps them with the version."""
    row = insert(CatalogueVersion).values(id=1, version=1)
    session.execute(row.on_conflict_do_nothing(index_elements=["id"]))
    session.execute(select(CatalogueVersion.id).with_for_update())


def count_up(session: Session) -> None:
    """Let all posts be read again, and every process forget the catalogue that it knows."""
    session.execute(update(CatalogueVersion).values(version=CatalogueVersion.version + 1))


def _keep_kin(session: Session, entries: Sequence[Entry]) -> bool:
    """Which skills are broader and related, of those that there are."""
    skills = {skill.slug: skill for skill in session.scalars(select(Skill))}
    is_changed = False
    for entry in entries:
        skill, broader = skills[entry.slug], skills.get(entry.broader)
        related = [skills[slug].id for slug in entry.related if slug in skills]
        kin = (broader.id if broader else None, related)
        is_changed |= kin != (skill.broader_id, skill.related_ids)
        skill.broader_id, skill.related_ids = kin
    session.flush()
    return is_changed


def _keep_clues(session: Session, entries: Sequence[Entry]) -> bool:
    known = dict(session.execute(select(Skill.slug, Skill.clues)).all())
    changed = [entry for entry in entries if known[entry.slug] != list(entry.clues)]
    if changed:
        kept = update(Skill.__table__).where(Skill.slug == bindparam("of"))  # type: ignore[arg-type]
        rows = [{"of": entry.slug, "clues": list(entry.clues)} for entry in changed]
        session.connection().execute(kept, rows)
    return bool(changed)


def _keep_reading(session: Session) -> bool:
    """Whether posts were read by earlier rules of detection than these."""
    earlier = update(CatalogueVersion).where(CatalogueVersion.reading != READING)
    kept = earlier.values(reading=READING).returning(CatalogueVersion.id)
    return session.execute(kept).first() is not None


def _keep_aliases(
    session: Session, entries: Sequence[Entry], ids: Mapping[str, int], source: Source
) -> None:
    """The slugs that lead to a skill; no slug of another one."""
    own = set(session.scalars(select(Skill.slug)))
    rows = [(slug, ids[entry.slug]) for entry in entries for slug in sorted(entry.slugs - own)]
    theirs = SkillAlias.skill_id.in_(ids.values()), SkillAlias.source == source
    session.execute(delete(SkillAlias).where(*theirs))
    lead_slugs(session, rows, source=source)


def _refuse_taken(session: Session, wanted: dict[str, int]) -> None:
    for term, skill_id in session.execute(select(SkillTerm.term, SkillTerm.skill_id)):
        if wanted.get(term, skill_id) != skill_id:
            raise TermTaken(f"“{term}” belongs to another skill already.")
