"""Moderators take a post, or a group's likes of its own, out of the evidence, and put it back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.members import MemberNotFound
from services.skills.access import require_moderator
from services.skills.actions import contributions, locks, voices
from services.skills.actions.entries import find_entry
from services.skills.actions.recounts import count_again
from services.skills.actions.trials import (
    Step,
    find_steps,
    levels_today,
    rolled_back,
)
from services.skills.actions.voices import Turned
from services.skills.errors import DiscountNotFound, LineNotFound, OwnDiscount
from services.skills.models import (
    Contribution,
    Discount,
    DiscountedMember,
    LikeRef,
    MemberRef,
    PostRef,
    Skill,
)

MOST_TRIED = 2_000  # likes that a dry run takes away


@dataclass(frozen=True)
class Outcome:
    """A discount, or (None) what one would do: likes that count no more, and changed levels."""

    discount_id: UUID | None
    like_count: int
    is_complete: bool
    steps: Sequence[Step]


def make_discount(
    session: Session,
    *,
    actor: Claims,
    slug: str,
    post_id: UUID | None,
    member_ids: Collection[UUID],
    reason: str,
    is_dry_run: bool,
) -> Outcome:
    """Take a post out of a skill's evidence, or what a group likes of each other out of all.

    Levels follow at once of a post, of a group when the worker has counted its likes anew. A dry
    run does nothing. Again is as once. Raises what `require_moderator` raises, SkillNotFound,
    LineNotFound, MemberNotFound, or OwnDiscount for a group or post of one's own.
    """
    require_moderator(session, actor)
    skill = find_entry(session, slug=slug)
    group = sorted(set(member_ids))
    if actor.id in group:
        raise OwnDiscount
    if post_id is not None:
        return _of_post(session, actor, skill, post_id, reason, is_dry_run)
    known = select(func.count()).select_from(MemberRef).where(MemberRef.id.in_(group))
    if session.execute(known).scalar_one() < len(group):
        raise MemberNotFound
    return _of_group(session, actor, skill, group, reason, is_dry_run)


def end_discount(session: Session, *, actor: Claims, discount_id: UUID, reason: str) -> None:
    """Put back what a discount took out; it stays in the log.

    Raises what `require_moderator` raises, DiscountNotFound for one that ended, too, or OwnDiscount
    for what concerns the actor.
    """
    require_moderator(session, actor)
    named = select(Discount).where(Discount.id == discount_id, Discount.ended_at.is_(None))
    discount = session.scalar(named.with_for_update())
    if discount is None:
        raise DiscountNotFound
    author = select(PostRef.author_id).where(PostRef.id == discount.post_id)
    if actor.id in discount.member_ids or actor.id == session.scalar(author):
        raise OwnDiscount
    discount.ended_at, discount.ended_by_id = clock.now(), actor.id
    discount.end_reason = reason
    if discount.post_id is not None:
        _settle(session, discount.post_id)
        return
    locks.lock_members(session, changed=discount.member_ids, named=())
    gone = delete(DiscountedMember).where(DiscountedMember.discount_id == discount_id)
    session.execute(gone)
    count_again(session, discount.member_ids, cause="rules")


def take_out(session: Session, *, actor: Claims, skill: Skill, post_id: UUID, reason: str) -> UUID:
    """The discount of a post in a skill, as it stands already or new; levels follow at once."""
    row = insert(Discount).values(
        id=new_id(),
        skill_id=skill.id,
        post_id=post_id,
        reason=reason,
        made_by_id=actor.id,
        made_at=clock.now(),
    )
    made: UUID | None = session.scalar(row.on_conflict_do_nothing().returning(Discount.id))
    if made is None:
        known = select(Discount.id).filter_by(post_id=post_id, skill_id=skill.id, ended_at=None)
        return session.scalars(known).one()
    _settle(session, post_id)
    return made


def discount_group(
    session: Session, *, actor: Claims, skill: Skill, group: Sequence[UUID], reason: str
) -> UUID:
    """The discount of a group, whose likes the worker counts anew."""
    locks.lock_members(session, changed=group, named=())
    named = {"skill_id": skill.id, "member_ids": list(group), "ended_at": None}
    if (known := session.scalar(select(Discount.id).filter_by(**named))) is not None:
        return known
    discount_id = _add_group(session, actor, skill, group, reason)
    count_again(session, group, cause="rules")
    return discount_id


def _of_post(
    session: Session, actor: Claims, skill: Skill, post_id: UUID, reason: str, is_dry_run: bool
) -> Outcome:
    line = select(Contribution.member_id, Contribution.like_count)
    row = session.execute(line.filter_by(post_id=post_id, skill_id=skill.meant_id)).first()
    if row is None:
        raise LineNotFound
    if row.member_id == actor.id:
        raise OwnDiscount
    if not is_dry_run:
        made = take_out(session, actor=actor, skill=skill, post_id=post_id, reason=reason)
        return Outcome(made, row.like_count, True, ())
    with rolled_back(session):
        before = levels_today(session, [row.member_id])
        take_out(session, actor=actor, skill=skill, post_id=post_id, reason=reason)
        steps = find_steps(session, [row.member_id], before=before)
    return Outcome(None, row.like_count, True, steps)


def _of_group(
    session: Session,
    actor: Claims,
    skill: Skill,
    group: Sequence[UUID],
    reason: str,
    is_dry_run: bool,
) -> Outcome:
    own = (
        select(LikeRef.post_id, LikeRef.liker_id)
        .join(PostRef, PostRef.id == LikeRef.post_id)
        .where(LikeRef.liker_id.in_(group), PostRef.author_id.in_(group))
        .where(LikeRef.voice_id.is_not(None))
    )
    counted = session.execute(select(func.count()).select_from(own.subquery())).scalar_one()
    if not is_dry_run:
        made = discount_group(session, actor=actor, skill=skill, group=group, reason=reason)
        return Outcome(made, counted, True, ())
    rows = session.execute(own.order_by(LikeRef.post_id).limit(MOST_TRIED)).all()
    with rolled_back(session):
        locks.lock_members(session, changed=group, named=())
        _add_group(session, actor, skill, group, reason)
        pairs = {(row.post_id, row.liker_id) for row in rows}
        posts = {post_id for post_id, _ in pairs}
        locks.lock_more_posts(session, post_ids=posts)
        before = levels_today(session, group)
        turned = voices.count_likes(session, pairs)
        contributions.settle_posts(session, posts, turned=turned, cause="rules")
        steps = find_steps(session, group, before=before)
    return Outcome(None, counted, len(rows) == counted, steps)


def _add_group(
    session: Session, actor: Claims, skill: Skill, group: Sequence[UUID], reason: str
) -> UUID:
    discount = Discount(
        id=new_id(),
        skill_id=skill.id,
        member_ids=list(group),
        reason=reason,
        made_by_id=actor.id,
        made_at=clock.now(),
    )
    session.add(discount)
    session.flush()
    rows = [{"member_id": one, "discount_id": discount.id} for one in group]
    session.execute(insert(DiscountedMember).values(rows))
    return discount.id


def _settle(session: Session, post_id: UUID) -> None:
    session.flush()
    locks.lock_more_posts(session, post_ids=[post_id])
    contributions.settle_posts(session, [post_id], turned=Turned(), cause="rules")
