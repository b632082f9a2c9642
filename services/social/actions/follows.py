"""Following and unfollowing members."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.messaging.outbox import record
from chassis.toggles import set_state
from services.social.errors import FollowingOneself
from services.social.events import follow_changed
from services.social.models import Follow, MemberRef


def follow_member(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Let `actor` follow a member; records `member.followed` when that is new.

    Raises FollowingOneself or MemberNotFound.
    """
    if actor.id == member_id:
        raise FollowingOneself
    _set_following(session, actor, member_id, is_following=True)


def unfollow_member(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Let `actor` stop following; records `member.unfollowed` when they did follow.

    Raises MemberNotFound.
    """
    _set_following(session, actor, member_id, is_following=False)


def _set_following(session: Session, actor: Claims, member_id: UUID, *, is_following: bool) -> None:
    _hold_both(session, actor, member_id)
    pair = {"follower_id": actor.id, "followed_id": member_id}
    state = {"is_following": is_following}
    stamp = {"changed_at": clock.now()}
    revision = set_state(session, Follow, key=pair, state=state, stamp=stamp)
    if revision is not None:
        follow = Follow(**pair, **state, **stamp, revision=revision)
        record(session, follow_changed(follow))


def _hold_both(session: Session, actor: Claims, member_id: UUID) -> None:
    """Lock both members, so that neither leaves in the middle; raises MemberNotFound.

    In the order of ids, as the replica is written, so that nobody waits crosswise.
    """
    if member_id < actor.id:
        is_there = _hold(session, member_id)
        members.require_active(session, MemberRef, actor)
    else:
        members.require_active(session, MemberRef, actor)
        is_there = _hold(session, member_id)
    if not is_there:
        raise members.MemberNotFound


def _hold(session: Session, member_id: UUID) -> bool:
    """Whether a member is known and has not left, which stays so until the transaction ends."""
    state = select(MemberRef.state).where(MemberRef.id == member_id).with_for_update(read=True)
    return session.execute(state).scalar() not in (None, members.LEFT)
