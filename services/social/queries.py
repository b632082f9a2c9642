"""What social reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import members
from chassis.pages import Page, list_page
from contracts.social import (
    KeywordFollowed,
    KeywordUnfollowed,
    MemberFollowed,
    MemberUnfollowed,
)
from services.social.events import follow_changed, keyword_follow_changed
from services.social.models import Follow, KeywordFollow, MemberRef


@dataclass(frozen=True)
class Export:
    """What social keeps of a member."""

    members: Sequence[dict[str, Any]]
    keywords: Sequence[dict[str, Any]]
    follower_ids: Sequence[UUID]

    @property
    def follower_count(self) -> int:
        return len(self.follower_ids)


def list_followers(session: Session, *, member_id: UUID, limit: int, cursor: str | None) -> Page:
    """Who follows a member now, the latest first; raises MemberNotFound."""
    members.require_known(session, MemberRef, member_id)
    theirs = Follow.followed_id == member_id
    return _list_members(session, Follow.follower_id, theirs, limit=limit, cursor=cursor)


def list_following(session: Session, *, member_id: UUID, limit: int, cursor: str | None) -> Page:
    """Whom a member follows now, the latest first; raises MemberNotFound."""
    members.require_known(session, MemberRef, member_id)
    theirs = Follow.follower_id == member_id
    return _list_members(session, Follow.followed_id, theirs, limit=limit, cursor=cursor)


def _list_members(
    session: Session,
    side: InstrumentedAttribute[UUID],
    theirs: ColumnElement[bool],
    *,
    limit: int,
    cursor: str | None,
) -> Page:
    """The active members on one side of the follows that stand."""
    statement = (
        select(MemberRef)
        .join(Follow, side == MemberRef.id)
        .where(theirs, Follow.is_following, MemberRef.state == members.ACTIVE)
    )
    sort_key = [Follow.changed_at, side]
    page = list_page(session, statement, sort_key=sort_key, limit=limit, cursor=cursor)
    return page.map(lambda rows: [row[0] for row in rows])


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


def get_export(session: Session, *, member_id: UUID) -> Export:
    """What there is of a member, the oldest first; empty for an unknown member."""
    members = (
        select(MemberRef, Follow.changed_at)
        .join(Follow, Follow.followed_id == MemberRef.id)
        .where(Follow.follower_id == member_id, Follow.is_following)
        .order_by(Follow.changed_at, MemberRef.id)
    )
    keywords = (
        select(KeywordFollow)
        .where(KeywordFollow.member_id == member_id, KeywordFollow.is_following)
        .order_by(KeywordFollow.changed_at, KeywordFollow.slug)
    )
    followers = (
        select(Follow.follower_id)
        .where(Follow.followed_id == member_id, Follow.is_following)
        .order_by(Follow.changed_at, Follow.follower_id)
    )
    return Export(
        members=[
            {"member": member, "followed_at": since} for member, since in session.execute(members)
        ],
        keywords=[
            {"slug": row.slug, "followed_at": row.changed_at} for row in session.scalars(keywords)
        ],
        follower_ids=list(session.scalars(followers)),
    )
