"""Rows of skills, terms and slugs that lead to them, as loads and moderators write them."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import and_, case, false, select, tuple_
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session

from chassis.replicas import insert_all
from chassis.statements import Statement
from services.skills.actions.entries import tell_renamed
from services.skills.models import Skill, SkillAlias, SkillTerm

# Whose a term is; a moderator's are touched by no loader, the catalogue's replace the others.
Source = Literal["catalogue", "esco", "added", "renamed", "candidate"]
MODERATORS = ("renamed", "candidate")
LABELS = (Skill.label_en, Skill.label_fr)


def keep_skills(session: Session, rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Add skills (slug, labels in English and French, category), or change those of the same slug.

    Where a moderator says what a skill is called, the labels are kept for taking that back.
    Records `skill.renamed` of those that are called otherwise by now; returns ids by slug.
    """
    before = {row.slug: row for row in session.execute(select(Skill.slug, *LABELS))}
    ids: dict[str, int] = {}
    renamed = []
    for row in _UPSERT.rows(session, **_columns(_ENTRY, rows)):
        ids[row.slug] = row.id
        known = before.get(row.slug)
        if known and (known.label_en, known.label_fr) != (row.label_en, row.label_fr):
            renamed.append(row.id)
    tell_renamed(session, renamed)
    return ids


def keep_terms(session: Session, rows: Sequence[Sequence[Any]], *, source: Source) -> int:
    """Add terms (term, skill, kind); returns how many are new or changed.

    The catalogue's replace all but moderators'.
    """
    written = [(*row, source, source == "catalogue") for row in rows]
    statement = _REPLACE if source == "catalogue" else _ADD
    return len(statement.rows(session, **_columns(_TERM, written)))


def lead_slugs(session: Session, rows: Sequence[Sequence[Any]], *, source: Source) -> None:
    """Let slugs (slug, skill) lead to skills, but those that lead to one already."""
    if rows:
        _LEAD.rows(session, **_columns(_ALIAS, [(*row, source) for row in rows]))


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def _upsert() -> Insert:
    statement = insert_all(Skill, _ENTRY)
    new, is_fixed = statement.excluded, Skill.own_label_en.is_not(None)
    return statement.on_conflict_do_update(
        index_elements=["slug"],
        set_={
            "category": new.category,
            "label_en": case((is_fixed, Skill.label_en), else_=new.label_en),
            "label_fr": case((is_fixed, Skill.label_fr), else_=new.label_fr),
            "own_label_en": case((is_fixed, new.label_en)),
            "own_label_fr": case((is_fixed, new.label_fr)),
            "is_retired": false(),
        },
    )


def _replace() -> Insert:
    new = insert_all(SkillTerm, _TERM)
    values = {name: new.excluded[name] for name in _TERM[1:]}
    before = tuple_(*(getattr(SkillTerm, name) for name in _TERM[1:]))
    is_others = and_(*(SkillTerm.source != name for name in MODERATORS))
    yields = is_others | (SkillTerm.skill_id == values["skill_id"])
    is_other = before.is_distinct_from(tuple_(*values.values()))
    return new.on_conflict_do_update(index_elements=["term"], set_=values, where=is_other & yields)


_ENTRY = ("slug", "label_en", "label_fr", "category")
_TERM = ("term", "skill_id", "kind", "source", "is_ours")
_ALIAS = ("slug", "skill_id", "source")
_UPSERT = Statement(_upsert().returning(Skill.id, Skill.slug, *LABELS))
_REPLACE = Statement(_replace().returning(SkillTerm.term))
_ADD = Statement(insert_all(SkillTerm, _TERM).on_conflict_do_nothing().returning(SkillTerm.term))
_LEAD = Statement(insert_all(SkillAlias, _ALIAS).on_conflict_do_nothing())
