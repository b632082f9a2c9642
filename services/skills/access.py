"""Whom and what a viewer may see: the one place that decides, for lists and reads."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, select

from chassis import blocks, members
from chassis.members import MemberNotFound
from chassis.statements import ReadSession, Statement, viewer
from services.skills.models import Attribution, BlockRef, FollowRef, MemberRef

PRIVATE = "followers-only"  # the audience whose posts no evidence names


def is_seen(member_id: Any) -> ColumnElement[bool]:
    """Neither of the member and the viewer blocks the other."""
    return blocks.is_unblocked(BlockRef, member_id)


def is_shown() -> ColumnElement[bool]:
    """Attributions that their holder does not hide from the viewer, nor a block."""
    is_own: ColumnElement[bool] = Attribution.member_id == viewer()
    return (is_own | ~Attribution.is_hidden) & is_seen(Attribution.member_id)


def is_hidden(member_id: Any, skill_id: Any) -> ColumnElement[bool]:
    """The member hides this skill from the viewer."""
    hides: ColumnElement[bool] = exists().where(
        Attribution.member_id == member_id,
        Attribution.skill_id == skill_id,
        Attribution.is_hidden,
        Attribution.member_id != viewer(),
    )
    return hides


def is_veiled(post: Any) -> ColumnElement[bool]:
    """Posts that evidence counts and does not name: for followers only, and not the viewer's."""
    is_private: ColumnElement[bool] = post.audience == PRIVATE
    is_others: ColumnElement[bool] = post.author_id != viewer()
    return is_private & is_others


def is_readable(post: Any) -> ColumnElement[bool]:
    """Questions that the viewer may read: for followers only, where they follow the author."""
    follows: ColumnElement[bool] = exists().where(
        FollowRef.follower_id == viewer(),
        FollowRef.followed_id == post.author_id,
        FollowRef.is_following,
    )
    return ~is_veiled(post) | follows


def require_seen(session: ReadSession, *, viewer_id: UUID, member_id: UUID) -> None:
    """Raises MemberNotFound for somebody who is unknown here, has left, or is across a block."""
    if _SEEN.first(session, viewer_id=viewer_id, member_id=member_id) is None:
        raise MemberNotFound


_SEEN = Statement(
    select(MemberRef.id).where(
        MemberRef.id == bindparam("member_id", type_=Uuid),
        MemberRef.state != members.LEFT,
        is_seen(MemberRef.id),
    )
)
