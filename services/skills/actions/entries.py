"""Entries of the catalogue as acts find them, and what is told of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from services.skills.errors import SkillNotFound
from services.skills.events import merged, renamed
from services.skills.models import CatalogueAct, Skill, SkillAlias


@dataclass(frozen=True)
class Act:
    """What is done to an entry, and why; `kept` is what taking it back needs."""

    name: str
    slug: str
    reason: str
    into: str | None = None
    labels: tuple[str, str] | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)


def find_entry(session: Session, *, slug: str) -> Skill:
    """An entry by its slug, or an alias's, whether it leads to another or not.

    The caller holds the lock of the catalogue, or only looks. Raises SkillNotFound.
    """
    aliased = select(SkillAlias.skill_id).where(SkillAlias.slug == slug)
    for named in (Skill.slug == slug, Skill.id.in_(aliased)):
        chosen = select(Skill).where(named, ~Skill.is_retired)
        found = session.scalar(chosen.execution_options(populate_existing=True))
        if found is not None:
            return found
    raise SkillNotFound


def lead_to(session: Session, *, entry: Skill, into: Skill | None) -> None:
    """Let an entry lead to another, or, None, to none; records `skill.merged` of all it moves.

    Those that lead to it go with it.
    """
    merged_ones = select(Skill).where(Skill.merged_into_id.is_not(None)).order_by(Skill.id)
    into_of = {one.id: one for one in session.scalars(merged_ones)}
    into_of[entry.id] = entry
    entry.merged_into_id = into.id if into else None
    moved = []
    for one in into_of.values():
        root_id = _root_of(one, into_of)
        if root_id != one.root_id or one is entry:
            one.root_id = root_id
            moved.append(one.id)
    session.flush()
    record(session, *(merged(one, into) for one, into in _count_up(session, moved)))


def tell_renamed(session: Session, skill_ids: Collection[int]) -> None:
    """Record `skill.renamed` of entries that are called otherwise by now."""
    if skill_ids:
        session.flush()
        record(session, *(renamed(one, into) for one, into in _count_up(session, skill_ids)))


def keep_act(session: Session, *, actor: Claims, act: Act) -> None:
    """Keep who did what, when and why."""
    label_en, label_fr = act.labels or (None, None)
    row = CatalogueAct(
        id=new_id(),
        act=act.name,
        slug=act.slug,
        into_slug=act.into,
        label_en=label_en,
        label_fr=label_fr,
        actor_id=actor.id,
        reason=act.reason,
        kept=dict(act.kept),
        acted_at=clock.now(),
    )
    session.add(row)


def _root_of(entry: Skill, into_of: Mapping[int, Skill]) -> int | None:
    """Where an entry leads in the end; merges form trees, so there is an end."""
    at = entry.merged_into_id
    while at is not None:
        further = into_of.get(at)
        if further is None or further.merged_into_id is None:
            break
        at = further.merged_into_id
    return at


def _count_up(session: Session, skill_ids: Collection[int]) -> list[tuple[Skill, str | None]]:
    """Their next revisions; each with the slug that it leads to in the end."""
    counted = update(Skill).where(Skill.id.in_(skill_ids))
    counted = counted.values(revision=Skill.revision + 1, changed_at=clock.now())
    session.execute(counted.execution_options(synchronize_session=False))
    chosen = select(Skill).where(Skill.id.in_(skill_ids)).order_by(Skill.slug)
    found = session.scalars(chosen.execution_options(populate_existing=True)).all()
    roots = select(Skill.id, Skill.slug).where(Skill.id.in_({one.root_id for one in found}))
    slugs = dict(session.execute(roots).all())
    return [(one, slugs[one.root_id] if one.root_id else None) for one in found]
