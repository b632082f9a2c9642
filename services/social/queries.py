"""What social reads."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from chassis import actors
from chassis.pages import Page, list_page
from contracts.social import MemberFollowed, MemberUnfollowed
from services.social.errors import MemberNotFound
from services.social.models import Follow, MemberRef


def list_followers(session: Session, *, member_id: UUID, limit: int, cursor: str | None) -> Page:
    """Who follows a member now; raises MemberNotFound."""
    require_member(session, member_id)
    followers = (
        select(MemberRef)
        .join(Follow, Follow.follower_id == MemberRef.id)
        .where(Follow.followed_id == member_id, Follow.is_following)
        .where(MemberRef.state == actors.ACTIVE)
    )
    page = list_page(
        session,
        followers,
        sort_key=[Follow.changed_at, Follow.follower_id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(lambda rows: [row[0] for row in rows])


def list_following(session: Session, *, member_id: UUID, limit: int, cursor: str | None) -> Page:
    """Whom a member follows now; raises MemberNotFound."""
    require_member(session, member_id)
    followed = (
        select(MemberRef)
        .join(Follow, Follow.followed_id == MemberRef.id)
        .where(Follow.follower_id == member_id, Follow.is_following)
        .where(MemberRef.state == actors.ACTIVE)
    )
    page = list_page(
        session,
        followed,
        sort_key=[Follow.changed_at, Follow.followed_id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(lambda rows: [row[0] for row in rows])


def require_member(session: Session, member_id: UUID) -> None:
    """Raises MemberNotFound for someone who is not known or has left."""
    if not actors.exists(session, MemberRef, member_id):
        raise MemberNotFound


def list_follow_history(
    session: Session, after: MemberFollowed | MemberUnfollowed | None, limit: int
) -> Sequence[MemberFollowed | MemberUnfollowed]:
    """The pairs that were ever made, in key order, each as its latest event."""
    key = tuple_(Follow.follower_id, Follow.followed_id)
    statement = select(Follow).order_by(Follow.follower_id, Follow.followed_id).limit(limit)
    if after is not None:
        statement = statement.where(key > (after.follower_id, after.followed_id))
    return [
        (MemberFollowed if row.is_following else MemberUnfollowed)(
            follower_id=row.follower_id,
            followed_id=row.followed_id,
            revision=row.revision,
            changed_at=row.changed_at,
        )
        for row in session.scalars(statement)
    ]
