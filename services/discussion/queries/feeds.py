"""What reaches a member: what the people whom they follow asked and shared."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession
from services.discussion import access
from services.discussion.models import FollowRef, Post
from services.discussion.queries.views import PostView, in_order

KEY = {"published_at": datetime, "id": UUID}
# Who follows more is shown what is recent among as many posts, if that makes a page.
MANY, RECENT = 300, 1000
_FOLLOWED = (FollowRef.follower_id == access.viewer(), FollowRef.is_following)


def list_feed(
    session: ReadSession, *, viewer_id: UUID, limit: int, cursor: str | None, is_card: bool = False
) -> Page[PostView]:
    """What the people whom the viewer follows asked and shared, newest first."""
    for read in _CARDS if is_card else _WHOLE:
        page = read.page(session, viewer_id=viewer_id, limit=limit, cursor=cursor)
        # A feed of few is whole if there is any; what is recent, only where it fills a page.
        if page.next_cursor or (page.items and read in (_CARDS[0], _WHOLE[0])):
            break
    return page


def _feed_by_authors(cut: Cut, condition: ColumnElement[bool], *, is_card: bool) -> AnySelect:
    """Whoever posted the newest of a page is among the first authors by their latest post.

    So each who is followed costs one step into an index, and few cost more.
    """
    latest = _listed_by(cut, FollowRef.followed_id).limit(1).lateral("latest")
    followed = select(FollowRef.followed_id).join(latest, latest.c.id.is_not(None))
    followed = followed.where(*_FOLLOWED, condition, access.is_unblocked(FollowRef.followed_id))
    authors = cut(followed, latest.c.published_at, latest.c.id).subquery("authors")
    listed = _listed_by(cut, authors.c.followed_id).lateral("listed")
    ids = select(listed.c.id).select_from(authors).join(listed, listed.c.id.is_not(None))
    return in_order(cut(ids, listed.c.published_at, listed.c.id), is_card=is_card)


def _feed_of_recent(cut: Cut, *, is_card: bool) -> AnySelect:
    """What is newest of all, where the viewer follows its author.

    Who follows thousands finds a page there, for less than a step for each of them.
    """
    post = aliased(Post)
    newest = cut(select(post.id, post.published_at, post.author_id), post.published_at, post.id)
    recent = newest.where(*_is_listed(post)).limit(RECENT).subquery("recent")
    followed = select(FollowRef.followed_id).where(*_FOLLOWED)
    ids = select(recent.c.id).where(recent.c.author_id.in_(followed), _follows_many())
    ids = ids.where(access.is_unblocked(recent.c.author_id))
    return in_order(cut(ids, recent.c.published_at, recent.c.id), is_card=is_card)


def _follows_many() -> ColumnElement[bool]:
    """Whether the viewer follows more than MANY; counted no further than that."""
    some = select(FollowRef.followed_id).where(*_FOLLOWED).limit(literal_column(str(MANY + 1)))
    count = select(func.count()).select_from(some.subquery("some"))
    return count.scalar_subquery() > literal_column(str(MANY))


def _listed_by(cut: Cut, author_id: Any) -> AnySelect:
    """Questions and shares of somebody whom the viewer follows, and so may read."""
    post = aliased(Post)
    listed = select(post.published_at, post.id).where(post.author_id == author_id)
    return cut(listed.where(*_is_listed(post)), post.published_at, post.id)


def _is_listed(post: type[Post]) -> tuple[ColumnElement[bool], ...]:
    return post.question_id.is_(None), post.removed_at.is_(None)


def _reads(*, is_card: bool) -> tuple[ListRead[PostView], ...]:
    builds = (
        lambda cut: _feed_by_authors(cut, ~_follows_many(), is_card=is_card),
        lambda cut: _feed_of_recent(cut, is_card=is_card),
        lambda cut: _feed_by_authors(cut, _follows_many(), is_card=is_card),
    )
    return tuple(ListRead(build, PostView.of, key=KEY) for build in builds)


_WHOLE, _CARDS = _reads(is_card=False), _reads(is_card=True)
