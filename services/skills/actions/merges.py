"""Moderators let a skill lead to another, and take that back (ADR 0022)."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from chassis.claims import Claims
from services.skills.access import require_moderator
from services.skills.actions.catalogue import count_up, lock_catalogue
from services.skills.actions.entries import Act, find_entry, keep_act, lead_to
from services.skills.actions.trials import Trial, count_concerned, find_posts_about, try_change
from services.skills.errors import MergeImpossible, MergeNotFound
from services.skills.models import Attribution, CatalogueAct, Skill


@dataclass(frozen=True)
class Merge:
    """How many posts and holders a merge concerns; a dry run's trial."""

    slug: str
    into: str
    post_count: int
    holder_count: int
    trial: Trial


def merge_skills(
    session: Session, *, actor: Claims, slug: str, into: str, reason: str, is_dry_run: bool
) -> Merge:
    """Let a skill lead to another; records `skill.merged`, posts are read again by the worker.

    Who hides either of them hides the other. A dry run does nothing. Again is as once. Raises what
    `require_moderator` raises, SkillNotFound or MergeImpossible.
    """
    require_moderator(session, actor)
    if not is_dry_run:
        lock_catalogue(session)
    entry, target = find_entry(session, slug=slug), _find_target(session, into)
    posts, holders = count_concerned(session, skill_id=entry.id)
    if entry.merged_into_id == target.id:
        return Merge(entry.slug, target.slug, posts, holders, Trial())
    if entry.merged_into_id is not None or entry.id == target.id:
        raise MergeImpossible
    trial = Trial()
    if is_dry_run:
        trial = _try(session, entry.id, target.id)
    else:
        lead_to(session, entry=entry, into=target)
        kept = _hide_both(session, entry.id, target.id)
        act = Act("merge", entry.slug, reason, into=target.slug, kept=kept)
        keep_act(session, actor=actor, act=act)
        count_up(session)
    return Merge(entry.slug, target.slug, posts, holders, trial)


def part_skills(session: Session, *, actor: Claims, slug: str, reason: str) -> Merge:
    """Take a merge back, in whatever order; records `skill.merged` of what leads elsewhere now.

    Raises what `require_moderator` raises, SkillNotFound or MergeNotFound.
    """
    require_moderator(session, actor)
    lock_catalogue(session)
    entry = find_entry(session, slug=slug)
    if entry.merged_into_id is None:
        raise MergeNotFound
    target = session.get_one(Skill, entry.merged_into_id)
    posts, holders = count_concerned(session, skill_id=target.id)
    _show_again(session, entry, target.id)
    lead_to(session, entry=entry, into=None)
    act = Act("part", entry.slug, reason, into=target.slug)
    keep_act(session, actor=actor, act=act)
    count_up(session)
    return Merge(entry.slug, target.slug, posts, holders, Trial())


def _find_target(session: Session, slug: str) -> Skill:
    """The entry to which a slug leads in the end."""
    entry = find_entry(session, slug=slug)
    return session.get_one(Skill, entry.root_id) if entry.root_id else entry


def _try(session: Session, skill_id: int, into_id: int) -> Trial:
    def change(session: Session) -> None:
        lead = update(Skill).where((Skill.id == skill_id) | (Skill.root_id == skill_id))
        session.execute(lead.values(root_id=into_id).execution_options(synchronize_session=False))

    return try_change(
        session, change=change, find_posts=partial(find_posts_about, skill_id=skill_id)
    )


def _hide_both(session: Session, skill_id: int, into_id: int) -> dict[str, Any]:
    """Hide the other of who hides a skill; returns who hid what before."""
    hiding, before = _hiders(session, skill_id), _hiders(session, into_id)
    theirs = aliased(Attribution)
    rows = select(theirs.member_id, literal(into_id), literal(True))
    rows = rows.where(theirs.skill_id == skill_id, theirs.is_hidden).order_by(theirs.member_id)
    _hide(session, rows)
    return {"hid": sorted(map(str, hiding - before)), "hid_other": sorted(map(str, before))}


def _show_again(session: Session, entry: Skill, into_id: int) -> None:
    """What the merge hid is shown, and what was hidden since is hidden in both."""
    latest = select(CatalogueAct.kept)
    latest = latest.where(CatalogueAct.slug == entry.slug, CatalogueAct.act == "merge")
    order = CatalogueAct.acted_at.desc(), CatalogueAct.id.desc()
    kept = session.scalar(latest.order_by(*order).limit(1)) or {}
    by_merge = {UUID(one) for one in kept.get("hid", ())}
    known = by_merge | {UUID(one) for one in kept.get("hid_other", ())}
    since = _hiders(session, into_id) - known
    given = func.unnest(literal(sorted(since))).table_valued("id")
    rows = select(given.c.id, literal(entry.id), literal(True)).order_by(given.c.id)
    if since:
        _hide(session, rows)
    shown = update(Attribution).where(Attribution.skill_id == into_id)
    shown = shown.where(Attribution.member_id.in_(sorted(by_merge)))
    still = aliased(Attribution)
    # Another skill that leads there may be hidden as well.
    hides = exists().where(
        still.member_id == Attribution.member_id,
        still.is_hidden,
        still.skill_id == Skill.id,
        Skill.root_id == into_id,
        Skill.id != entry.id,
    )
    session.execute(
        shown.where(~hides).values(is_hidden=False).execution_options(synchronize_session=False)
    )


def _hiders(session: Session, skill_id: int) -> set[UUID]:
    hidden = select(Attribution.member_id)
    return set(
        session.scalars(hidden.where(Attribution.skill_id == skill_id, Attribution.is_hidden))
    )


def _hide(session: Session, rows: Any) -> None:
    columns = ["member_id", "skill_id", "is_hidden"]
    hidden = insert(Attribution).from_select(columns, rows)
    session.execute(
        hidden.on_conflict_do_update(
            index_elements=columns[:2], set_={"is_hidden": hidden.excluded.is_hidden}
        )
    )
