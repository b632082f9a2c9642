"""Who follows whom, and whom the viewer blocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from chassis.pages import AnyColumn, AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, viewer
from services.social import access
from services.social.models import Block, Follow, MemberRef


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
    session: ReadSession, *, viewer_id: UUID, member_id: UUID, limit: int, cursor: str | None
) -> Page[PersonView]:
    """Who follows a member now, the latest first; raises MemberNotFound."""
    return _page(_FOLLOWERS, session, viewer_id, member_id, limit=limit, cursor=cursor)


def list_following(
    session: ReadSession, *, viewer_id: UUID, member_id: UUID, limit: int, cursor: str | None
) -> Page[PersonView]:
    """Whom a member follows now, the latest first; raises MemberNotFound."""
    return _page(_FOLLOWING, session, viewer_id, member_id, limit=limit, cursor=cursor)


def list_blocked(
    session: ReadSession, *, viewer_id: UUID, limit: int, cursor: str | None
) -> Page[PersonView]:
    """Whom the viewer blocks, the latest first."""
    return _BLOCKED.page(session, viewer_id=viewer_id, limit=limit, cursor=cursor)


def _page(
    read: ListRead[PersonView],
    session: ReadSession,
    viewer_id: UUID,
    member_id: UUID,
    *,
    limit: int,
    cursor: str | None,
) -> Page[PersonView]:
    # Follows of somebody who left have ended, so a page of some is of one who is known.
    page = read.page(session, viewer_id=viewer_id, member_id=member_id, limit=limit, cursor=cursor)
    if not page.items:
        access.require_seen(session, viewer_id=viewer_id, member_id=member_id)
    return page


def _side(cut: Cut, shown: AnyColumn, theirs: AnyColumn) -> AnySelect:
    """The members whom the viewer may see on one side of the follows that stand."""
    member_id = bindparam("member_id", type_=Uuid)
    statement = (
        select(*PERSON, Follow.changed_at)
        .join(Follow, shown == MemberRef.id)
        .where(theirs == member_id, Follow.is_following)
        .where(access.is_unblocked(member_id), access.is_listed())
    )
    return cut(statement, Follow.changed_at, shown)


def _blocked(cut: Cut) -> AnySelect:
    statement = (
        select(*PERSON, Block.changed_at)
        .join(Block, Block.blocked_id == MemberRef.id)
        .where(Block.blocker_id == viewer(), Block.is_blocking)
    )
    return cut(statement, Block.changed_at, Block.blocked_id)


_LATEST: dict[str, type] = {"changed_at": datetime, "id": UUID}
_FOLLOWERS = ListRead(
    lambda cut: _side(cut, Follow.follower_id, Follow.followed_id), PersonView.of, key=_LATEST
)
_FOLLOWING = ListRead(
    lambda cut: _side(cut, Follow.followed_id, Follow.follower_id), PersonView.of, key=_LATEST
)
_BLOCKED = ListRead(_blocked, PersonView.of, key=_LATEST)
