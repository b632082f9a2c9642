"""Whom and what a viewer may see: the one place that decides, for lists and reads."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from chassis import blocks, members
from chassis.auth import require_recent_password
from chassis.claims import Claims
from chassis.members import MemberNotFound
from chassis.pages import AnySelect
from chassis.statements import ReadSession, Statement, viewer
from services.skills.errors import ModeratorsOnly
from services.skills.models import (
    Attribution,
    BlockRef,
    FollowRef,
    MemberRef,
    PostRef,
    Skill,
    SkillAlias,
    UnknownKeyword,
)

MODERATORS = ("moderator", "administrator")
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
    """Posts that evidence counts and does not name: thanks, and, for followers only, others'."""
    is_private: ColumnElement[bool] = post.audience == PRIVATE
    is_others: ColumnElement[bool] = post.author_id != viewer()
    is_veiled: ColumnElement[bool] = (is_private & is_others) | post.call_id.is_not(None)
    return is_veiled


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


def require_moderator(session: Session, actor: Claims) -> None:
    """Raises MemberSuspended, SessionOver, ModeratorsOnly or PasswordNeeded."""
    members.require_active(session, MemberRef, actor)
    if actor.role not in MODERATORS:
        raise ModeratorsOnly
    require_recent_password(actor)


def require_reading_moderator(viewer: Claims) -> None:
    """The same for one who only reads; raises ModeratorsOnly."""
    if viewer.role not in MODERATORS:
        raise ModeratorsOnly


def meant_by(slugs: Any) -> AnySelect:
    """The ids of the skills that these slugs lead to: their own, aliases', merged ones'."""
    by_alias = select(SkillAlias.skill_id).where(SkillAlias.slug == any_(slugs))
    is_named = (Skill.slug == any_(slugs)) | Skill.id.in_(by_alias)
    return select(func.coalesce(Skill.root_id, Skill.id)).where(is_named)


def uses_since(since: Any) -> AnySelect:
    """Uses of keywords that name no skill, by members of today, in posts not for followers only."""
    used = select(UnknownKeyword.slug, UnknownKeyword.written, UnknownKeyword.published_at)
    return (
        used.add_columns(PostRef.author_id)
        .join(PostRef, PostRef.id == UnknownKeyword.post_id)
        .join(MemberRef, MemberRef.id == PostRef.author_id)
        .where(UnknownKeyword.published_at > since, PostRef.audience != PRIVATE)
        .where(MemberRef.state == members.ACTIVE)
    )


_SEEN = Statement(
    select(MemberRef.id).where(
        MemberRef.id == bindparam("member_id", type_=Uuid),
        MemberRef.state != members.LEFT,
        is_seen(MemberRef.id),
    )
)
