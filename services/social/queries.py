"""What social reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, tuple_
from sqlalchemy.orm import Session

from chassis import members
from chassis.pages import AnyColumn, AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession
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


@dataclass(frozen=True, slots=True)
class PersonView:
    """A member as answers show them."""

    id: UUID
    name: str
    headline: str
    portrait_url: str | None

    @classmethod
    def of(cls, row: Any) -> "PersonView":
        """A row with `PERSON`."""
        return cls(row.id, row.name, row.headline, row.portrait_url)


PERSON = (MemberRef.id, MemberRef.name, MemberRef.headline, MemberRef.portrait_url)


def list_followers(
    session: ReadSession, *, member_id: UUID, limit: int, cursor: str | None
) -> Page[PersonView]:
    """Who follows a member now, the latest first; raises MemberNotFound."""
    return _page(_FOLLOWERS, session, member_id, limit=limit, cursor=cursor)


def list_following(
    session: ReadSession, *, member_id: UUID, limit: int, cursor: str | None
) -> Page[PersonView]:
    """Whom a member follows now, the latest first; raises MemberNotFound."""
    return _page(_FOLLOWING, session, member_id, limit=limit, cursor=cursor)


def _page(
    read: ListRead[PersonView],
    session: ReadSession,
    member_id: UUID,
    *,
    limit: int,
    cursor: str | None,
) -> Page[PersonView]:
    # Follows of somebody who left have ended, so a page of some is of one who is known.
    page = read.page(session, member_id=member_id, limit=limit, cursor=cursor)
    if not page.items:
        members.require_known(session, MemberRef, member_id)
    return page


def _side(cut: Cut, shown: AnyColumn, theirs: AnyColumn) -> AnySelect:
    """The active members on one side of the follows that stand."""
    statement = (
        select(*PERSON, Follow.changed_at)
        .join(Follow, shown == MemberRef.id)
        .where(theirs == bindparam("member_id", type_=Uuid), Follow.is_following)
        .where(MemberRef.state == members.ACTIVE)
    )
    return cut(statement, Follow.changed_at, shown)


_LATEST: dict[str, type] = {"changed_at": datetime, "id": UUID}
_FOLLOWERS = ListRead(
    lambda cut: _side(cut, Follow.follower_id, Follow.followed_id), PersonView.of, key=_LATEST
)
_FOLLOWING = ListRead(
    lambda cut: _side(cut, Follow.followed_id, Follow.follower_id), PersonView.of, key=_LATEST
)


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


def get_export(session: ReadSession, *, member_id: UUID) -> Export:
    """What there is of a member, the oldest first; empty for an unknown one."""
    return Export(
        members=_FOLLOWED.list(session, member_id=member_id),
        keywords=_KEYWORDS.list(session, member_id=member_id),
        follower_ids=_FOLLOWER_IDS.list(session, member_id=member_id),
    )


_mine = bindparam("member_id", type_=Uuid)
_FOLLOWED = Read(
    select(*PERSON, Follow.changed_at)
    .join(Follow, Follow.followed_id == MemberRef.id)
    .where(Follow.follower_id == _mine, Follow.is_following)
    .order_by(Follow.changed_at, MemberRef.id),
    lambda row: {"member": PersonView.of(row), "followed_at": row.changed_at},
)
_KEYWORDS = Read(
    select(KeywordFollow.slug, KeywordFollow.changed_at)
    .where(KeywordFollow.member_id == _mine, KeywordFollow.is_following)
    .order_by(KeywordFollow.changed_at, KeywordFollow.slug),
    lambda row: {"slug": row.slug, "followed_at": row.changed_at},
)
_FOLLOWER_IDS: Read[UUID] = Read(
    select(Follow.follower_id)
    .where(Follow.followed_id == _mine, Follow.is_following)
    .order_by(Follow.changed_at, Follow.follower_id),
    lambda row: row.follower_id,
)
