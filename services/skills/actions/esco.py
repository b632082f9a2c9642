"""Adding the European classification ESCO to the catalogue, as an operator (ADR 0022)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.replicas import insert_all
from chassis.slugs import slug_of
from chassis.statements import Statement
from services.skills.actions.catalogue import count_up, lock_catalogue
from services.skills.actions.terms import keep_skills, keep_terms, lead_slugs
from services.skills.detection.detector import Kind
from services.skills.detection.words import normalise
from services.skills.esco import Concept
from services.skills.models import EscoConcept, Skill, SkillAlias, SkillTerm

CATEGORY = "esco"
LONGEST_SLUG = 100
LONGEST_KEYWORD = 50  # letters that one may have; a longer label is never chosen as one
# "Ruby (computer programming)": what stands in brackets only tells it from another.
_BRACKETS = re.compile(r"\s*\([^()]*\)$")


@dataclass(frozen=True)
class Imported:
    """What came of an import."""

    concept_count: int
    new_count: int  # skills
    known_count: int  # concepts that are a skill of the catalogue's
    term_count: int  # new ones


def import_concepts(session: Session, *, concepts: Sequence[Concept]) -> Imported:
    """Add the skills and words that are not there yet; again is as once, and ids stay.

    A concept that is called as a skill that there is, is that skill. No word is taken from another
    skill. Posts are read again by the worker.
    """
    lock_catalogue(session)
    of_term = dict(session.execute(select(SkillTerm.term, SkillTerm.skill_id)).all())
    of_uri = dict(session.execute(select(EscoConcept.uri, EscoConcept.skill_id)).all())
    known, new = dict(of_uri), []
    for concept in concepts:
        if concept.uri not in known:
            named = (of_term[term] for term in _names(concept) if term in of_term)
            skill_id = next(named, None)
            if skill_id is None:
                new.append(concept)
            else:
                known[concept.uri] = skill_id
    found_count = len(known) - len(of_uri)
    known |= _add_skills(session, new)
    rows = [(uri, known[uri]) for uri in sorted(known.keys() - of_uri.keys())]
    if rows:
        uris, ids = zip(*rows, strict=True)
        _KEEP.rows(session, uri=list(uris), skill_id=list(ids))
    added = _add_words(session, concepts, known, of_term)
    if rows or added:
        count_up(session)
    return Imported(len(concepts), len(new), found_count, added)


def _names(concept: Concept) -> Iterator[str]:
    """What it is called, as terms: in English, then in French, with and without brackets."""
    for label in (concept.label_en, concept.label_fr):
        yield _normal(label)
        yield _normal(_BRACKETS.sub("", label))


def _add_skills(session: Session, concepts: Sequence[Concept]) -> dict[str, int]:
    """Ids by URI; a slug that is taken gets a number."""
    taken = set(session.scalars(select(Skill.slug))) | set(session.scalars(select(SkillAlias.slug)))
    slugs: dict[str, str] = {}
    rows = []
    for concept in concepts:
        slug = first = slug_of(concept.label_en)[:LONGEST_SLUG].strip("-") or "esco"
        number = 1
        while slug in taken:
            number += 1
            slug = f"{first}-{number}"
        taken.add(slug)
        slugs[concept.uri] = slug
        rows.append((slug, _capital(concept.label_en), _capital(concept.label_fr), CATEGORY))
    ids = keep_skills(session, rows) if rows else {}
    return {uri: ids[slug] for uri, slug in slugs.items()}


def _add_words(
    session: Session,
    concepts: Sequence[Concept],
    known: Mapping[str, int],
    of_term: Mapping[str, int],
) -> int:
    """Terms that no skill has; the first concept of a file gets what two name."""
    terms: dict[str, tuple[int, Kind]] = {}
    leads: dict[str, int] = {}
    for concept in concepts:
        skill_id = known[concept.uri]
        labels = (concept.label_en, concept.label_fr)
        bare = (_BRACKETS.sub("", label) for label in labels)
        for text in (*labels, *bare, *concept.aliases):
            kind = _kind_of(text, is_knowledge=concept.is_knowledge)
            is_of_use = len(text) <= LONGEST_KEYWORD or kind == "plain" or text in labels
            term = _normal(text)
            if not term or term in of_term or not is_of_use:
                continue
            terms.setdefault(term, (skill_id, kind))
            if len(text) <= LONGEST_KEYWORD and terms[term][0] == skill_id:
                leads.setdefault(slug_of(text), skill_id)
    own = set(session.scalars(select(Skill.slug)))
    free = [(slug, one) for slug, one in sorted(leads.items()) if slug and slug not in own]
    lead_slugs(session, free, source="esco")
    rows = [(term, *of) for term, of in sorted(terms.items())]
    return keep_terms(session, rows, source="esco") if rows else 0


def _kind_of(text: str, *, is_knowledge: bool) -> Kind:
    """What one does (manage staff, answer calls) and single words are everyday language.

    They count where somebody chose them as a keyword, and never in a text.
    """
    return "plain" if is_knowledge and len(normalise(text)) > 1 else "keyword"


def _normal(text: str) -> str:
    return " ".join(normalise(text))


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


_KEEP = Statement(insert_all(EscoConcept, ("uri", "skill_id")).on_conflict_do_nothing())
