"""Liking and taking a like back."""

from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, update
from sqlalchemy.orm import Session

from chassis import clock, context, members
from chassis.claims import Claims
from chassis.messaging.outbox import record
from chassis.statements import Statement
from chassis.toggles import set_state
from services.discussion import access
from services.discussion.errors import OwnPost
from services.discussion.events import like_changed
from services.discussion.models import Like, MemberRef, Post


def like_post(session: Session, *, actor: Claims, post_id: UUID) -> int:
    """Let `actor` like a post; records `post.liked` when that is new.

    Returns how many like it now. Raises PostNotFound or OwnPost.
    """
    return _set_like(session, actor, post_id, is_liked=True)


def unlike_post(session: Session, *, actor: Claims, post_id: UUID) -> int:
    """Take a like back; records `post.unliked` when there was one.

    Returns how many like it now. Raises PostNotFound.
    """
    return _set_like(session, actor, post_id, is_liked=False)


def _set_like(session: Session, actor: Claims, post_id: UUID, *, is_liked: bool) -> int:
    members.require_active(session, MemberRef, actor)
    post = access.lock_post(session, viewer_id=actor.id, post_id=post_id)
    if is_liked and post.author_id == actor.id:
        raise OwnPost
    liked_at = clock.now()
    revision = set_state(
        session,
        Like,
        key={"post_id": post_id, "member_id": actor.id},
        state={"is_liked": is_liked},
        stamp={"liked_at": liked_at, "is_imported": context.is_imported()},
    )
    count: int = post.like_count
    if revision is None:
        return count
    count += 1 if is_liked else -1
    _SET_COUNT.rows(session, post_id=post_id, count=count)
    like = Like(
        post_id=post_id,
        member_id=actor.id,
        is_liked=is_liked,
        revision=revision,
        liked_at=liked_at,
    )
    record(session, like_changed(like, author_id=post.author_id, kind=post.kind))
    return count


# The row is locked, so the count that was read is still the count.
_SET_COUNT = Statement(
    update(Post)
    .where(Post.id == bindparam("post_id", type_=Uuid))
    .values(like_count=bindparam("count", type_=Integer))
)
