"""The past of social in key order, as events, for listeners that are rebuilt."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from contracts.social import (
    KeywordFollowed,
    KeywordUnfollowed,
    MemberBlocked,
    MemberFollowed,
    MemberUnblocked,
    MemberUnfollowed,
)
from services.social.events import block_changed, follow_changed, keyword_follow_changed
from services.social.models import Block, Follow, KeywordFollow


def list_follow_history(
    session: Session, after: MemberFollowed | MemberUnfollowed | None, limit: int
) -> Sequence[MemberFollowed | MemberUnfollowed]:
    """The pairs that were ever made, in key order, each as its latest event."""
    key = tuple_(Follow.follower_id, Follow.followed_id)
    statement = select(Follow).order_by(Follow.follower_id, Follow.followed_id).limit(limit)
    if after is not None:
        statement = statement.where(key > (after.follower_id, after.followed_id))
    return [follow_changed(row) for row in session.scalars(statement)]


def list_keyword_follow_history(
    session: Session, after: KeywordFollowed | KeywordUnfollowed | None, limit: int
) -> Sequence[KeywordFollowed | KeywordUnfollowed]:
    """The same of members and keywords."""
    order = KeywordFollow.member_id, KeywordFollow.slug
    statement = select(KeywordFollow).order_by(*order).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*order) > (after.member_id, after.slug))
    return [keyword_follow_changed(row) for row in session.scalars(statement)]


def list_block_history(
    session: Session, after: MemberBlocked | MemberUnblocked | None, limit: int
) -> Sequence[MemberBlocked | MemberUnblocked]:
    """The same of blocks."""
    key = tuple_(Block.blocker_id, Block.blocked_id)
    statement = select(Block).order_by(Block.blocker_id, Block.blocked_id).limit(limit)
    if after is not None:
        statement = statement.where(key > (after.blocker_id, after.blocked_id))
    return [block_changed(row) for row in session.scalars(statement)]
