"""Following and unfollowing members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.messaging.outbox import record
from chassis.toggles import set_state
from services.social import access
from services.social.actions.pairs import hold_both
from services.social.errors import FollowingOneself
from services.social.events import follow_changed
from services.social.models import Follow


def follow_member(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Let `actor` follow a member; records `member.followed` when that is new.

    Raises FollowingOneself, or MemberNotFound also across a block.
    """
    if actor.id == member_id:
        raise FollowingOneself
    hold_both(session, actor=actor, member_id=member_id)
    # Whoever blocks holds both as well, and writes first.
    access.lock_pair(session, actor.id, member_id)
    access.require_seen(session, viewer_id=actor.id, member_id=member_id)
    set_following(session, follower_id=actor.id, followed_id=member_id, is_following=True)


def unfollow_member(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Let `actor` stop following; records `member.unfollowed` when they did follow.

    Raises MemberNotFound.
    """
    hold_both(session, actor=actor, member_id=member_id)
    set_following(session, follower_id=actor.id, followed_id=member_id, is_following=False)


def set_following(
    session: Session,
    *,
    follower_id: UUID,
    followed_id: UUID,
    is_following: bool,
    at: datetime | None = None,
) -> None:
    """Turn a pair, both of whom are held; now, where nothing else is said."""
    pair = {"follower_id": follower_id, "followed_id": followed_id}
    state = {"is_following": is_following}
    stamp = {"changed_at": at or clock.now()}
    revision = set_state(session, Follow, key=pair, state=state, stamp=stamp)
    if revision is not None:
        follow = Follow(**pair, **state, **stamp, revision=revision)
        record(session, follow_changed(follow))
