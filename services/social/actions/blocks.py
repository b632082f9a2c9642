"""Blocking members: from then on, neither sees anything of the other."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.messaging.outbox import record
from chassis.toggles import set_state
from services.social import access
from services.social.actions.follows import set_following
from services.social.actions.pairs import hold_both
from services.social.errors import BlockingOneself
from services.social.events import block_changed
from services.social.models import Block


def block_member(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Let `actor` block a member, which ends follows both ways.

    Records `member.blocked` when that is new, and `member.unfollowed` for each follow that
    stood. Who is blocked by that member may block them too. Raises BlockingOneself or
    MemberNotFound.
    """
    if actor.id == member_id:
        raise BlockingOneself
    hold_both(session, actor=actor, member_id=member_id)
    access.lock_pair(session, actor.id, member_id)
    _set_blocking(session, actor.id, member_id, is_blocking=True)
    for one, other in sorted([(actor.id, member_id), (member_id, actor.id)]):
        set_following(session, follower_id=one, followed_id=other, is_following=False)


def unblock_member(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Take a block back; records `member.unblocked` when there was one.

    Follows stay ended. Raises MemberNotFound.
    """
    hold_both(session, actor=actor, member_id=member_id)
    _set_blocking(session, actor.id, member_id, is_blocking=False)


def _set_blocking(session: Session, actor_id: UUID, member_id: UUID, *, is_blocking: bool) -> None:
    pair = {"blocker_id": actor_id, "blocked_id": member_id}
    state = {"is_blocking": is_blocking}
    stamp = {"changed_at": clock.now()}
    revision = set_state(session, Block, key=pair, state=state, stamp=stamp)
    if revision is not None:
        record(session, block_changed(Block(**pair, **state, **stamp, revision=revision)))
