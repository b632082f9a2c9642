"""Keywords: as one types, on their own page, and who is active there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    String,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.slugs import slug_of
from chassis.statements import Cut, ListRead, Read, ReadSession, Statement, viewer
from services.discussion import access
from services.discussion.errors import KeywordMoved, KeywordNotFound
from services.discussion.models import (
    Keyword,
    KeywordAlias,
    KeywordFollowRef,
    MemberRef,
    Post,
    PostKeyword,
)
from services.discussion.queries.views import AuthorView, KeywordView

LATELY = timedelta(days=180)
MOST_POSTS, MOST_PEOPLE, MOST_RELATED = 300, 20, 8


@dataclass(frozen=True, slots=True)
class CountedKeywordView:
    """A keyword with its counts, which leave out what is for followers only."""

    slug: str
    label: str
    follower_count: int
    post_count: int
    followed_by_me: bool

    @classmethod
    def of(cls, row: Any) -> "CountedKeywordView":
        return cls(row.slug, row.label, row.follower_count, row.post_count, row.followed_by_me)


@dataclass(frozen=True, slots=True)
class KeywordPageView(CountedKeywordView):
    """The same, with keywords that stand beside it."""

    related: Sequence[KeywordView]


@dataclass(frozen=True, slots=True)
class ActiveMemberView:
    """Somebody active under a keyword, and why: so many likes of so many posts lately."""

    member: AuthorView
    like_count: int
    post_count: int

    @classmethod
    def of(cls, row: Any) -> "ActiveMemberView":
        member = AuthorView(row.id, row.name, row.headline, row.portrait_url)
        return cls(member, row.likes, row.posts)


def list_keywords(
    session: ReadSession, *, viewer_id: UUID, words: str, limit: int, cursor: str | None
) -> Page[CountedKeywordView]:
    """Keywords whose slug is, begins with, or holds a word that begins with what is typed."""
    slug = slug_of(words)
    typed = {"slug": slug, "begin": f"{slug}%", "inside": f"%-{slug}%"} if slug else {}
    read = _keywords(is_typed=bool(slug))
    return read.page(session, viewer_id=viewer_id, limit=limit, cursor=cursor, **typed)


def get_keyword(session: ReadSession, *, viewer_id: UUID, slug: str) -> KeywordPageView:
    """One keyword; raises KeywordNotFound, or KeywordMoved where the slug leads to another."""
    found = _ONE.first(session, viewer_id=viewer_id, slug=slug)
    if found is None:
        moved = _ALIAS.first(session, slug=slug)
        raise KeywordMoved(moved.slug) if moved else KeywordNotFound
    related = _RELATED.list(session, keyword_id=found.id)
    counted = CountedKeywordView.of(found)
    return KeywordPageView(
        counted.slug,
        counted.label,
        counted.follower_count,
        counted.post_count,
        counted.followed_by_me,
        related,
    )


def list_active_members(
    session: ReadSession, *, viewer_id: UUID, slug: str
) -> list[ActiveMemberView]:
    """Who is most liked under a keyword lately; raises as `get_keyword`."""
    since = clock.now() - LATELY
    found = _ACTIVE.list(session, viewer_id=viewer_id, slug=slug, since=since)
    if not found:
        get_keyword(session, viewer_id=viewer_id, slug=slug)
    return found


def _counted() -> AnySelect:
    follow = aliased(KeywordFollowRef)
    followed_by_me = exists().where(
        follow.member_id == viewer(), follow.slug == Keyword.slug, follow.is_following
    )
    # What stands under followers-only posts alone is nobody else's to know.
    return select(
        Keyword.id,
        Keyword.slug,
        Keyword.label,
        Keyword.follower_count,
        Keyword.post_count,
        followed_by_me.label("followed_by_me"),
    ).where(Keyword.post_count > 0)


@cache
def _keywords(*, is_typed: bool) -> ListRead[CountedKeywordView]:
    def build(cut: Cut) -> AnySelect:
        count = (-Keyword.post_count).label("place_count")
        if not is_typed:
            return cut(_counted().add_columns(count), count.element, Keyword.slug)
        begin, inside = (bindparam(name, type_=String) for name in ("begin", "inside"))
        rank = case((Keyword.slug == _SLUG, 0), (Keyword.slug.like(begin), 1), else_=2)
        found = _counted().where(Keyword.slug.like(begin) | Keyword.slug.like(inside))
        found = found.add_columns(rank.label("place_rank"), count)
        return cut(found, rank, count.element, Keyword.slug)

    key: dict[str, type] = {"place_rank": int} if is_typed else {}
    key |= {"place_count": int, "slug": str}
    return ListRead(build, CountedKeywordView.of, key=key, is_ascending=True)


def _related() -> AnySelect:
    """Keywords beside one on its newest posts, the most frequent first."""
    tag, beside, post = aliased(PostKeyword), aliased(PostKeyword), aliased(Post)
    newest = (
        select(tag.post_id)
        .join(post, post.id == tag.post_id)
        .where(tag.keyword_id == bindparam("keyword_id", type_=Keyword.id.type))
        .where(post.audience != "followers-only")
        .order_by(tag.published_at.desc(), tag.post_id.desc())
        .limit(literal_column(str(MOST_POSTS)))
        .subquery("newest")
    )
    return (
        select(Keyword.slug, Keyword.label)
        .select_from(newest)
        .join(beside, beside.post_id == newest.c.post_id)
        .join(Keyword, Keyword.id == beside.keyword_id)
        .where(Keyword.id != bindparam("keyword_id", type_=Keyword.id.type))
        .group_by(Keyword.id)
        .order_by(func.count().desc(), Keyword.slug)
        .limit(literal_column(str(MOST_RELATED)))
    )


def _active() -> AnySelect:
    """Authors of a keyword's newest posts and of answers to them, by the likes of these."""
    since: ColumnElement[Any] = bindparam("since", type_=DateTime(timezone=True))
    tag, listed, answer = aliased(PostKeyword), aliased(Post), aliased(Post)
    keyword_id = select(Keyword.id).where(Keyword.slug == _SLUG, Keyword.post_count > 0)
    newest = (
        select(listed.id, listed.author_id, listed.like_count)
        .join(tag, tag.post_id == listed.id)
        .where(tag.keyword_id == keyword_id.scalar_subquery(), tag.published_at > since)
        .where(access.is_visible(listed), listed.audience != "followers-only")
        .order_by(tag.published_at.desc(), tag.post_id.desc())
        .limit(literal_column(str(MOST_POSTS)))
        .cte("newest")
    )
    answers = (
        select(answer.author_id, answer.like_count)
        .join(newest, newest.c.id == answer.question_id)
        .where(access.is_visible(answer))
    )
    said = union_all(select(newest.c.author_id, newest.c.like_count), answers).subquery("said")
    likes = func.sum(said.c.like_count)
    return (
        select(
            MemberRef.id,
            MemberRef.name,
            MemberRef.headline,
            MemberRef.portrait_url,
            likes.label("likes"),
            func.count().label("posts"),
        )
        .join(said, said.c.author_id == MemberRef.id)
        .where(said.c.like_count > 0, access.is_listed())
        .group_by(MemberRef.id)
        .order_by(likes.desc(), func.count().desc(), MemberRef.id)
        .limit(literal_column(str(MOST_PEOPLE)))
    )


_SLUG = bindparam("slug", type_=String)
_ONE = Statement(_counted().where(Keyword.slug == _SLUG))
_ALIAS = Statement(
    select(Keyword.slug)
    .join(KeywordAlias, KeywordAlias.keyword_id == Keyword.id)
    .where(KeywordAlias.slug == _SLUG)
)
_RELATED = Read(_related(), lambda row: KeywordView(row.slug, row.label))
_ACTIVE = Read(_active(), ActiveMemberView.of)
