"""Reading posts, each with its author, keywords and whether the viewer likes it.

Their views are made by the score: structs, which cost a fifth of frozen dataclasses.

Every list first finds the ids of its page in an index, then shows those posts alone.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Uuid,
    bindparam,
    false,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect, Page
from chassis.slugs import slug_of
from chassis.statements import Cut, ListRead, Read, ReadSession
from services.discussion import access
from services.discussion.errors import PostNotFound, QuestionNotFound
from services.discussion.models import (
    FollowRef,
    Keyword,
    KeywordAlias,
    Like,
    MemberRef,
    Post,
    PostKeyword,
)

KEY = {"published_at": datetime, "id": UUID}
# Who follows more is shown what is recent among as many posts, if that makes a page.
MANY, RECENT = 300, 1000
_FOLLOWED = (FollowRef.follower_id == access.viewer(), FollowRef.is_following)


class AuthorView(msgspec.Struct, frozen=True):
    """The author of a post, as every answer carries its authors."""

    id: UUID
    name: str
    headline: str
    portrait_url: str | None


class KeywordView(msgspec.Struct, frozen=True):
    """A keyword of a question."""

    slug: str
    label: str


class PostView(msgspec.Struct, frozen=True):
    """A post as a viewer sees it."""

    id: UUID
    kind: str
    author: AuthorView
    question_id: UUID | None
    title: str
    body: str
    body_html: str
    lang: str
    keywords: Sequence[KeywordView]
    audience: str
    like_count: int
    liked_by_me: bool
    answer_count: int
    published_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "PostView":
        """A row of `_shown`."""
        return cls(
            row.id,
            row.kind,
            AuthorView(row.author_id, row.name, row.headline, row.portrait_url),
            row.question_id,
            row.title,
            row.body,
            row.body_html,
            row.lang,
            [KeywordView(slug, label) for slug, label in row.keywords],
            row.audience,
            row.like_count,
            row.liked_by_me,
            row.answer_count,
            row.published_at,
            row.edited_at,
            row.removed_at,
        )

    @property
    def is_waiting(self) -> bool:
        """Whether a question has no answer yet and may get one."""
        return self.answer_count == 0 and self.removed_at is None


def get_question(session: ReadSession, *, viewer_id: UUID, question_id: UUID) -> PostView:
    """One question, or the place of a removed one; raises QuestionNotFound."""
    question = _QUESTION.find(session, viewer_id=viewer_id, post_id=question_id)
    if question is None:
        raise QuestionNotFound
    return question


def get_answer(session: ReadSession, *, viewer_id: UUID, answer_id: UUID) -> PostView:
    """One answer; raises PostNotFound."""
    answer = _ANSWER.find(session, viewer_id=viewer_id, post_id=answer_id)
    if answer is None:
        raise PostNotFound
    return answer


def list_questions(
    session: ReadSession,
    *,
    viewer_id: UUID,
    keyword: str | None,
    author: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[PostView]:
    """Questions, newest first, of one keyword or one author where asked for.

    A keyword is meant by its slug, or by any spelling that has this slug.
    """
    wanted: dict[str, Any] = {"slug": slug_of(keyword)} if keyword is not None else {}
    wanted |= {"author_id": author} if author is not None else {}
    read = _questions(has_keyword=keyword is not None, has_author=author is not None)
    return read.page(session, viewer_id=viewer_id, limit=limit, cursor=cursor, **wanted)


def list_feed(
    session: ReadSession, *, viewer_id: UUID, limit: int, cursor: str | None
) -> Page[PostView]:
    """What the people whom the viewer follows asked, newest first."""
    for read in (_FEED_OF_FEW, _FEED_OF_RECENT, _FEED_OF_MANY):
        page = read.page(session, viewer_id=viewer_id, limit=limit, cursor=cursor)
        # A feed of few is whole if there is any; what is recent, only where it fills a page.
        if page.next_cursor or (page.items and read is _FEED_OF_FEW):
            break
    return page


def list_answers(
    session: ReadSession, *, viewer_id: UUID, question_id: UUID, limit: int, cursor: str | None
) -> Page[PostView]:
    """The answers to a question, oldest first; raises QuestionNotFound."""
    page = _ANSWERS.page(
        session, viewer_id=viewer_id, question_id=question_id, limit=limit, cursor=cursor
    )
    if not page.items:
        get_question(session, viewer_id=viewer_id, question_id=question_id)
    return page


def _shown(ids: AnySelect) -> AnySelect:
    """The posts of these ids as `PostView` takes them, in no order."""
    wanted = ids.subquery("wanted")
    # Looked up for each post, also in the plan: a join might read all likes or keywords there are.
    liked_by_me = select(Like.is_liked).where(
        Like.post_id == Post.id, Like.member_id == access.viewer()
    )
    keyword = select(array([Keyword.slug, Keyword.label]))
    keywords = (
        select(keyword.where(Keyword.id == PostKeyword.keyword_id).scalar_subquery())
        .where(PostKeyword.post_id == Post.id)
        .order_by(PostKeyword.position)
    )
    return (
        select(
            *Post.__table__.c,
            MemberRef.name,
            MemberRef.headline,
            MemberRef.portrait_url,
            func.coalesce(liked_by_me.scalar_subquery(), false()).label("liked_by_me"),
            func.array(keywords.scalar_subquery()).label("keywords"),
        )
        .select_from(wanted)
        .join(Post, Post.id == wanted.c.id)
        .join(MemberRef, MemberRef.id == Post.author_id)
    )


def _in_order(ids: AnySelect, *, is_ascending: bool = False) -> AnySelect:
    """A page of ids, shown in its order."""
    order = [Post.published_at, Post.id]
    return _shown(ids).order_by(*(key if is_ascending else key.desc() for key in order))


def _of_one(kind: str, is_there: Any) -> Read[PostView]:
    found = select(Post.id).where(Post.id == bindparam("post_id", type_=Uuid), Post.kind == kind)
    return Read(_shown(found.where(is_there)), PostView.of)


def _keyword_meant_by(slug: ColumnElement[str]) -> ScalarSelect[UUID]:
    """The id of the keyword of a slug, or of the one to which the slug leads."""
    by_alias = select(KeywordAlias.keyword_id).where(KeywordAlias.slug == slug)
    own = select(Keyword.id).where(Keyword.slug == slug)
    meant = select(func.coalesce(own.scalar_subquery(), by_alias.scalar_subquery()))
    return meant.scalar_subquery()


@cache
def _questions(*, has_keyword: bool, has_author: bool) -> ListRead[PostView]:
    """The list of questions, a statement for each set of filters."""

    def build(cut: Cut) -> AnySelect:
        ids = select(Post.id).where(Post.question_id.is_(None), access.is_visible())
        key: Any = (Post.published_at, Post.id)
        if has_keyword:
            # By the keyword's own index, which holds the time: the posts are not sorted.
            ids = ids.join(PostKeyword, PostKeyword.post_id == Post.id)
            slug = bindparam("slug", type_=Keyword.slug.type)
            meant = _keyword_meant_by(slug)
            ids = ids.where(PostKeyword.keyword_id == meant)
            key = (PostKeyword.published_at, PostKeyword.post_id)
        if has_author:
            ids = ids.where(Post.author_id == bindparam("author_id", type_=Uuid))
        return _in_order(cut(ids, *key))

    return ListRead(build, PostView.of, key=KEY)


def _feed_by_authors(cut: Cut, condition: ColumnElement[bool]) -> AnySelect:
    """Whoever posted the newest of a page is among the first authors by their latest post.

    So each who is followed costs one step into an index, and few cost more.
    """
    latest = _asked_by(cut, FollowRef.followed_id).limit(1).lateral("latest")
    followed = select(FollowRef.followed_id).join(latest, latest.c.id.is_not(None))
    followed = followed.where(*_FOLLOWED, condition)
    authors = cut(followed, latest.c.published_at, latest.c.id).subquery("authors")
    asked = _asked_by(cut, authors.c.followed_id).lateral("asked")
    ids = select(asked.c.id).select_from(authors).join(asked, asked.c.id.is_not(None))
    return _in_order(cut(ids, asked.c.published_at, asked.c.id))


def _feed_of_recent(cut: Cut) -> AnySelect:
    """What is newest of all, where the viewer follows its author.

    Who follows thousands finds a page there, for less than a step for each of them.
    """
    post = aliased(Post)
    listed = post.question_id.is_(None), access.is_visible(post)
    newest = cut(select(post.id, post.published_at, post.author_id), post.published_at, post.id)
    recent = newest.where(*listed).limit(RECENT).subquery("recent")
    followed = select(FollowRef.followed_id).where(*_FOLLOWED)
    ids = select(recent.c.id).where(recent.c.author_id.in_(followed), _follows_many())
    return _in_order(cut(ids, recent.c.published_at, recent.c.id))


def _follows_many() -> ColumnElement[bool]:
    """Whether the viewer follows more than MANY; counted no further than that."""
    some = select(FollowRef.followed_id).where(*_FOLLOWED).limit(literal_column(str(MANY + 1)))
    count = select(func.count()).select_from(some.subquery("some"))
    return count.scalar_subquery() > literal_column(str(MANY))


def _asked_by(cut: Cut, author_id: Any) -> AnySelect:
    post = aliased(Post)
    asked = select(post.published_at, post.id).where(
        post.author_id == author_id, post.question_id.is_(None), access.is_visible(post)
    )
    return cut(asked, post.published_at, post.id)


def _answers(cut: Cut) -> AnySelect:
    ids = select(Post.id).where(
        Post.question_id == bindparam("question_id", type_=Uuid), access.is_visible()
    )
    return _in_order(cut(ids, Post.published_at, Post.id), is_ascending=True)


_QUESTION = _of_one("question", access.is_readable())
_ANSWER = _of_one("answer", access.is_visible())
_FEED_OF_FEW = ListRead(lambda cut: _feed_by_authors(cut, ~_follows_many()), PostView.of, key=KEY)
_FEED_OF_RECENT = ListRead(_feed_of_recent, PostView.of, key=KEY)
_FEED_OF_MANY = ListRead(lambda cut: _feed_by_authors(cut, _follows_many()), PostView.of, key=KEY)
_ANSWERS = ListRead(_answers, PostView.of, key=KEY, is_ascending=True)
