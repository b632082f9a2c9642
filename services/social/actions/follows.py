"""Following and unfollowing members."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import actors, clock
from chassis.claims import Claims
from chassis.convergence import set_state
from chassis.messaging.outbox import record
from services.social.errors import FollowingOneself, MemberNotFound
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
    actors.admit(session, MemberRef, actor)
    if not actors.exists(session, MemberRef, member_id):
        raise MemberNotFound
    pair = {"follower_id": actor.id, "followed_id": member_id}
    state = {"is_following": is_following}
    stamp = {"changed_at": clock.now()}
    revision = set_state(session, Follow, key=pair, state=state, stamp=stamp)
    if revision is not None:
        follow = Follow(**pair, **state, **stamp, revision=revision)
        record(session, follow_changed(follow))
