"""Moderators say what a skill is called, and take that back (ADR 0022). Its slug stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.claims import Claims
from chassis.slugs import slug_of
from services.skills.access import require_moderator
from services.skills.actions.catalogue import Entry, count_up, lock_catalogue
from services.skills.actions.entries import Act, find_entry, keep_act, tell_renamed
from services.skills.actions.trials import Trial, count_concerned, find_posts_naming, try_change
from services.skills.detection.detector import Kind
from services.skills.errors import (
    LabelInvalid,
    LabelsNotFound,
    MergeImpossible,
    SlugTaken,
    TermTaken,
)
from services.skills.models import Skill, SkillAlias, SkillTerm


@dataclass(frozen=True)
class Renaming:
    """What a skill is called from now on, and whom that concerns; a dry run's trial."""

    slug: str
    labels: dict[str, str]
    post_count: int
    holder_count: int
    trial: Trial


def rename_skill(
    session: Session,
    *,
    actor: Claims,
    slug: str,
    labels: tuple[str, str],
    reason: str,
    is_dry_run: bool,
) -> Renaming:
    """Say what a skill is called in English and French; records `skill.renamed`.

    It is found by the new labels too; the old ones go on being understood. A dry run does
    nothing. Raises what `require_moderator` raises, SkillNotFound, MergeImpossible for one that
    leads elsewhere, LabelInvalid, TermTaken or SlugTaken.
    """
    require_moderator(session, actor)
    if not is_dry_run:
        lock_catalogue(session)
    entry = find_entry(session, slug=slug)
    if entry.merged_into_id is not None:
        raise MergeImpossible
    called = Entry(entry.slug, *labels, entry.category)
    if not all(map(slug_of, labels)):
        raise LabelInvalid
    new = _find_new_terms(session, entry, called)
    aliases = _find_new_aliases(session, entry, called)
    posts, holders = count_concerned(session, skill_id=entry.id)
    trial = _try(session, entry, new) if is_dry_run and new else Trial()
    if not is_dry_run and not _is_called(entry, called):
        before = {"label_en": entry.label_en, "label_fr": entry.label_fr}
        _call(session, entry, called)
        _add_terms(session, entry, new)
        _lead(session, entry, aliases)
        act = Act("rename", entry.slug, reason, labels=labels, kept=before)
        keep_act(session, actor=actor, act=act)
        tell_renamed(session, [entry.id])
        count_up(session)
    return Renaming(entry.slug, {"en": labels[0], "fr": labels[1]}, posts, holders, trial)


def restore_labels(session: Session, *, actor: Claims, slug: str, reason: str) -> Renaming:
    """Call a skill as the catalogue does again; records `skill.renamed`.

    It is found by the labels that moderators gave no more. Raises what `require_moderator`
    raises, SkillNotFound or LabelsNotFound.
    """
    require_moderator(session, actor)
    lock_catalogue(session)
    entry = find_entry(session, slug=slug)
    if entry.own_label_en is None or entry.own_label_fr is None:
        raise LabelsNotFound
    posts, holders = count_concerned(session, skill_id=entry.id)
    before = {"label_en": entry.label_en, "label_fr": entry.label_fr}
    entry.label_en, entry.label_fr = entry.own_label_en, entry.own_label_fr
    entry.own_label_en = entry.own_label_fr = None
    for model in (SkillTerm, SkillAlias):
        session.execute(delete(model).where(model.skill_id == entry.id, model.source == "renamed"))
    told = (entry.label_en, entry.label_fr)
    act = Act("restore", entry.slug, reason, labels=told, kept=before)
    keep_act(session, actor=actor, act=act)
    tell_renamed(session, [entry.id])
    count_up(session)
    return Renaming(entry.slug, {"en": told[0], "fr": told[1]}, posts, holders, Trial())


def _try(session: Session, entry: Skill, terms: dict[str, Kind]) -> Trial:
    return try_change(
        session,
        change=lambda session: _add_terms(session, entry, terms),
        find_posts=partial(find_posts_naming, terms=list(terms)),
    )


def _find_new_terms(session: Session, entry: Skill, called: Entry) -> dict[str, Kind]:
    """The terms of its labels that it has not yet; raises TermTaken."""
    meant = select(SkillTerm.term, Skill.id, Skill.root_id)
    meant = meant.join(Skill, Skill.id == SkillTerm.skill_id)
    known = session.execute(meant.where(SkillTerm.term.in_(called.terms))).all()
    for row in known:
        if (row.root_id or row.id) != entry.id:
            raise TermTaken(f"“{row.term}” belongs to another skill already.")
    return {
        term: kind for term, kind in called.terms.items() if term not in {row.term for row in known}
    }


def _find_new_aliases(session: Session, entry: Skill, called: Entry) -> list[str]:
    """The slugs that keywords make of its labels; raises SlugTaken."""
    own = select(Skill.slug, Skill.id, Skill.root_id).where(Skill.slug.in_(called.slugs))
    others = select(SkillAlias.slug, Skill.id, Skill.root_id)
    others = others.join(Skill, Skill.id == SkillAlias.skill_id)
    others = others.where(SkillAlias.slug.in_(called.slugs))
    known = [*session.execute(own), *session.execute(others)]
    if any((row.root_id or row.id) != entry.id for row in known):
        raise SlugTaken
    return sorted(called.slugs - {row.slug for row in known})


def _is_called(entry: Skill, called: Entry) -> bool:
    """By a moderator already."""
    labels = (entry.label_en, entry.label_fr)
    return labels == (called.label_en, called.label_fr) and entry.own_label_en is not None


def _call(session: Session, entry: Skill, called: Entry) -> None:
    """What the catalogue calls it is kept, whatever moderators called it in between."""
    if entry.own_label_en is None:
        entry.own_label_en, entry.own_label_fr = entry.label_en, entry.label_fr
    entry.label_en, entry.label_fr = called.label_en, called.label_fr
    session.flush()


def _lead(session: Session, entry: Skill, slugs: Sequence[str]) -> None:
    rows = [{"slug": slug, "skill_id": entry.id, "source": "renamed"} for slug in slugs]
    if rows:
        session.execute(insert(SkillAlias).values(rows).on_conflict_do_nothing())


def _add_terms(session: Session, entry: Skill, terms: dict[str, Kind]) -> None:
    rows = [
        {"term": term, "skill_id": entry.id, "kind": kind, "source": "renamed", "is_ours": False}
        for term, kind in sorted(terms.items())
    ]
    if rows:
        session.execute(insert(SkillTerm).values(rows).on_conflict_do_nothing())
