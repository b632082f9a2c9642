"""The catalogue: loading what the code brings along, adding to it."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.folding import fold
from chassis.slugs import slug_of
from services.skills.actions import contributions, mentions
from services.skills.actions.voices import Turned
from services.skills.detection.detector import Kind
from services.skills.detection.words import normalise
from services.skills.errors import TermTaken
from services.skills.models import CatalogueVersion, PostRef, Skill, SkillAlias, SkillTerm

T = TypeVar("T")
CATALOGUE = Path(__file__).parent.parent / "catalogue.csv"
# Categories whose words are names of products more often than common nouns.
TOOLS = ("software", "infrastructure", "security", "data")
_PERSON = re.compile(
    r"(?:eur|euse|ier|iere|iste|ien|ienne|logue|iatre|trice|tier|graphe|naire|er|or|ist|ian"
    r"|smith|maker|keeper|wright|man|woman|ant|nurse|chef|cheffe|notaire|avocat|avocate)$"
)
ROWS = 5_000  # that one statement writes
PAGE = 200  # posts that are read again in one transaction


@dataclass(frozen=True)
class Entry:
    """A skill as it is added; `aliases` in either language.

    `ambiguous` are those of its labels and aliases that are everyday words too; with a `!`
    at the end they are names, for which a capital proves nothing.
    """

    slug: str
    label_en: str
    label_fr: str
    category: str
    aliases: Sequence[str] = ()
    broader: str = ""
    related: Sequence[str] = ()
    ambiguous: Sequence[str] = ()

    @property
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

    What it brought once and brings no more is no term any longer; no skill goes.
    """
    entries = list(read_catalogue())
    ours = {term for entry in entries for term in entry.terms}
    _lock_catalogue(session)
    gone = delete(SkillTerm).where(SkillTerm.is_ours, SkillTerm.term.not_in(ours))
    dropped = session.execute(gone.returning(SkillTerm.term)).all()
    if not add_skills(session, entries, is_ours=True) and dropped:
        _count_up(session)


def read_catalogue() -> Iterator[Entry]:
    """The entries of `catalogue.csv`."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lists = {
                name: [one for one in row.pop(name).split("|") if one]
                for name in ("aliases", "related", "ambiguous")
            }
            yield Entry(**row, **lists)  # type: ignore[arg-type]


def add_skills(session: Session, entries: Sequence[Entry], *, is_ours: bool = False) -> int:
    """Add skills, or change those of the same slug; returns how many terms are new.

    Posts that were heard of before are read again by the worker. Raises TermTaken when a term
    belongs to another skill.
    """
    slugs = _slugs_of_terms(entries)
    if not slugs:
        return 0
    _lock_catalogue(session)
    ids = _upsert_skills(session, entries)
    rows = [
        {"term": term, "skill_id": ids[entry.slug], "kind": kind, "is_ours": is_ours}
        for entry in entries
        for term, kind in sorted(entry.terms.items())
    ]
    added = 0
    for page in _pages(rows, ROWS):
        new = insert(SkillTerm).values(page).on_conflict_do_nothing()
        added += len(session.execute(new.returning(SkillTerm.term)).all())
    _refuse_taken(session, {term: ids[slug] for term, slug in slugs.items()})
    changed = _keep_kinds(session, rows) | _keep_kin(session, entries)
    _keep_aliases(session, entries, ids)
    if added or changed:
        _count_up(session)
    return added


def reread_posts(session: Session) -> bool:
    """Read some posts again that were read with an earlier catalogue; whether more wait."""
    version = select(CatalogueVersion.version).scalar_subquery()
    outdated = select(PostRef.id).where(PostRef.catalogue < version, PostRef.revision > 0)
    page = list(session.scalars(outdated.order_by(PostRef.catalogue, PostRef.id).limit(PAGE)))
    contributions.settle_posts(session, mentions.detect(session, page), turned=Turned())
    return len(page) == PAGE


def _pages(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The rows in pieces; `itertools` has it from Python 3.12 on."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


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


def _lock_catalogue(session: Session) -> None:
    """One change after the other; who reads texts meanwhile stamps them with the version."""
    row = insert(CatalogueVersion).values(id=1, version=1)
    session.execute(row.on_conflict_do_nothing(index_elements=["id"]))
    session.execute(select(CatalogueVersion.id).with_for_update())


def _count_up(session: Session) -> None:
    session.execute(update(CatalogueVersion).values(version=CatalogueVersion.version + 1))


def _upsert_skills(session: Session, entries: Sequence[Entry]) -> dict[str, int]:
    names = ("slug", "label_en", "label_fr", "category")
    ids: dict[str, int] = {}
    for page in _pages(entries, ROWS):
        rows = [{name: getattr(entry, name) for name in names} for entry in page]
        statement = insert(Skill).values(rows)
        new = {name: statement.excluded[name] for name in names[1:]}
        upserted = statement.on_conflict_do_update(index_elements=["slug"], set_=new)
        ids |= dict(session.execute(upserted.returning(Skill.slug, Skill.id)).all())
    return ids


def _keep_kinds(session: Session, rows: Sequence[Mapping[str, Any]]) -> bool:
    known = dict(session.execute(select(SkillTerm.term, SkillTerm.kind)).all())
    changed = [row for row in rows if known[row["term"]] != row["kind"]]
    for row in changed:
        kept = update(SkillTerm).where(SkillTerm.term == row["term"])
        session.execute(kept.values(kind=row["kind"]))
    return bool(changed)


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


def _keep_aliases(session: Session, entries: Sequence[Entry], ids: Mapping[str, int]) -> None:
    """The slugs that lead to a skill; no slug of another one."""
    own = set(session.scalars(select(Skill.slug)))
    rows = [
        {"slug": slug, "skill_id": ids[entry.slug]}
        for entry in entries
        for slug in sorted(entry.slugs - own)
    ]
    session.execute(delete(SkillAlias).where(SkillAlias.skill_id.in_(ids.values())))
    for page in _pages(rows, ROWS):
        session.execute(insert(SkillAlias).values(page).on_conflict_do_nothing())


def _refuse_taken(session: Session, wanted: dict[str, int]) -> None:
    for term, skill_id in session.execute(select(SkillTerm.term, SkillTerm.skill_id)):
        if wanted.get(term, skill_id) != skill_id:
            raise TermTaken(f"“{term}” belongs to another skill already.")
