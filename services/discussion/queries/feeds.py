"""What reaches a member: what was asked and shared by whom, and about what, they follow."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, union
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, viewer
from services.discussion import access
from services.discussion.models import FollowRef, Keyword, KeywordFollowRef, Post, PostKeyword
from services.discussion.queries.tagged import newest_under
from services.discussion.queries.views import PostView, in_order

KEY = {"published_at": datetime, "id": UUID}
# Who follows more is shown what is recent among as many posts, if that makes a page.
MANY, RECENT = 300, 1000
MOST_KEYWORDS = 1000  # that are looked through
_FOLLOWED = (FollowRef.follower_id == viewer(), FollowRef.is_following)


def list_feed(
    session: ReadSession, *, viewer_id: UUID, limit: int, cursor: str | None, is_card: bool = False
) -> Page[PostView]:
    """Questions and shares of the people and keywords that the viewer follows, newest first."""
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
    latest = _listed_by(cut, FollowRef.followed_id).limit(literal_column("1")).lateral("latest")
    followed = select(FollowRef.followed_id).join(latest, latest.c.id.is_not(None))
    followed = followed.where(*_FOLLOWED, condition, access.is_unblocked(FollowRef.followed_id))
    authors = cut(followed, latest.c.published_at, latest.c.id).subquery("authors")
    listed = _listed_by(cut, authors.c.followed_id).lateral("listed")
    theirs = select(listed.c.published_at, listed.c.id).select_from(authors)
    theirs = theirs.join(listed, listed.c.id.is_not(None))
    return _with_keywords(
        cut, cut(theirs, listed.c.published_at, listed.c.id), condition, is_card=is_card
    )


def _feed_of_recent(cut: Cut, *, is_card: bool) -> AnySelect:
    """What is newest of all, where the viewer follows its author.

    Who follows thousands finds a page there, for less than a step for each of them.
    """
    post = aliased(Post)
    newest = cut(select(post.id, post.published_at, post.author_id), post.published_at, post.id)
    recent = newest.where(*_is_listed(post)).limit(RECENT).subquery("recent")
    followed = select(FollowRef.followed_id).where(*_FOLLOWED)
    theirs = select(recent.c.published_at, recent.c.id).where(_follows_many())
    theirs = theirs.where(recent.c.author_id.in_(followed))
    theirs = theirs.where(access.is_unblocked(recent.c.author_id))
    return _with_keywords(
        cut, cut(theirs, recent.c.published_at, recent.c.id), _follows_many(), is_card=is_card
    )


def _with_keywords(
    cut: Cut, by_people: AnySelect, condition: ColumnElement[bool], *, is_card: bool
) -> AnySelect:
    """A page of what people wrote and of what stands under keywords, each post once."""
    both = union(by_people, _by_keywords(cut, condition)).subquery("both")
    return in_order(cut(select(both.c.id), both.c.published_at, both.c.id), is_card=is_card)


def _by_keywords(cut: Cut, condition: ColumnElement[bool]) -> AnySelect:
    """Others' posts under keywords that the viewer follows."""
    mine = (
        select(Keyword.id)
        .join(KeywordFollowRef, KeywordFollowRef.slug == Keyword.slug)
        .where(KeywordFollowRef.member_id == viewer(), KeywordFollowRef.is_following)
        .where(condition)
        .limit(literal_column(str(MOST_KEYWORDS)))
    )
    return newest_under(cut, mine, _tagged)


def _tagged(keyword_id: Any) -> AnySelect:
    post, tag = aliased(Post), aliased(PostKeyword)
    tagged = select(tag.published_at, tag.post_id.label("id")).join(post, post.id == tag.post_id)
    tagged = tagged.where(tag.keyword_id == keyword_id, post.author_id != viewer())
    return tagged.where(access.is_visible(post))


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
