"""Reading posts, each with its author, keywords and whether the viewer likes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from chassis.pages import Page, list_page
from services.discussion.errors import PostNotFound, QuestionNotFound
from services.discussion.models import FollowRef, Keyword, Like, MemberRef, Post, PostKeyword


@dataclass(frozen=True)
class PostView:
    """A post as a viewer sees it."""

    id: UUID
    kind: str
    author: MemberRef
    question_id: UUID | None
    title: str
    body: str
    body_html: str
    keywords: Sequence[Keyword]
    audience: str
    like_count: int
    liked_by_me: bool
    answer_count: int
    published_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether a question has no answer yet and may get one."""
        return self.answer_count == 0 and self.removed_at is None


def get_question(session: Session, *, viewer_id: UUID, question_id: UUID) -> PostView:
    """One question, or the place of a removed one; raises QuestionNotFound."""
    statement = _readable(viewer_id).where(Post.id == question_id, Post.kind == "question")
    row = session.execute(statement).first()
    if row is None:
        raise QuestionNotFound
    return _views(session, [row])[0]


def get_answer(session: Session, *, viewer_id: UUID, answer_id: UUID) -> PostView:
    """One answer; raises PostNotFound."""
    statement = _visible(viewer_id).where(Post.id == answer_id, Post.kind == "answer")
    row = session.execute(statement).first()
    if row is None:
        raise PostNotFound
    return _views(session, [row])[0]


def list_questions(
    session: Session,
    *,
    viewer_id: UUID,
    keyword: str | None,
    author: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page:
    """Questions, newest first, of one keyword's slug or one author where asked for."""
    statement = _visible(viewer_id).where(Post.question_id.is_(None))
    if author is not None:
        statement = statement.where(Post.author_id == author)
    if keyword is not None:
        statement = (
            statement.join(PostKeyword, PostKeyword.post_id == Post.id)
            .join(Keyword, Keyword.id == PostKeyword.keyword_id)
            .where(Keyword.slug == keyword)
        )
    return _page(session, statement, limit=limit, cursor=cursor)


def list_feed(session: Session, *, viewer_id: UUID, limit: int, cursor: str | None) -> Page:
    """What the people whom the viewer follows asked, newest first."""
    statement = (
        _visible(viewer_id)
        .join(FollowRef, FollowRef.followed_id == Post.author_id)
        .where(FollowRef.follower_id == viewer_id, FollowRef.is_following)
        .where(Post.question_id.is_(None))
    )
    return _page(session, statement, limit=limit, cursor=cursor)


def list_answers(
    session: Session, *, viewer_id: UUID, question_id: UUID, limit: int, cursor: str | None
) -> Page:
    """The answers to a question, oldest first; raises QuestionNotFound."""
    get_question(session, viewer_id=viewer_id, question_id=question_id)
    statement = _visible(viewer_id).where(Post.question_id == question_id)
    return _page(session, statement, limit=limit, cursor=cursor, ascending=True)


def _visible(viewer_id: UUID) -> Select[Any]:
    """What the viewer may read and finds in lists."""
    return _readable(viewer_id).where(Post.removed_at.is_(None))


def _readable(viewer_id: UUID) -> Select[Any]:
    """Every post that the viewer may read: the one place that decides it.

    Removed ones too: a question's place holds the answers of others.
    """
    likes_it = exists().where(Like.post_id == Post.id, Like.member_id == viewer_id, Like.is_liked)
    return select(Post, MemberRef, likes_it.label("liked_by_me")).join(
        MemberRef, MemberRef.id == Post.author_id
    )


def _page(
    session: Session,
    statement: Select[Any],
    *,
    limit: int,
    cursor: str | None,
    ascending: bool = False,
) -> Page:
    page = list_page(
        session,
        statement,
        sort_key=[Post.published_at, Post.id],
        limit=limit,
        cursor=cursor,
        ascending=ascending,
    )
    return page.map(lambda rows: _views(session, rows))


def _views(session: Session, rows: Sequence[Any]) -> list[PostView]:
    keywords = _keywords_of(session, [row.Post.id for row in rows])
    return [
        PostView(
            author=row.MemberRef,
            keywords=keywords.get(row.Post.id, []),
            liked_by_me=row.liked_by_me,
            **{name: getattr(row.Post, name) for name in _COPIED},
        )
        for row in rows
    ]


_COPIED = (
    "id",
    "kind",
    "question_id",
    "title",
    "body",
    "body_html",
    "audience",
    "like_count",
    "answer_count",
    "published_at",
    "edited_at",
    "removed_at",
)


def _keywords_of(session: Session, post_ids: Sequence[UUID]) -> dict[UUID, list[Keyword]]:
    found: dict[UUID, list[Keyword]] = {}
    statement = (
        select(PostKeyword.post_id, Keyword)
        .join(Keyword, Keyword.id == PostKeyword.keyword_id)
        .where(PostKeyword.post_id.in_(post_ids))
        .order_by(PostKeyword.position)
    )
    for post_id, keyword in session.execute(statement):
        found.setdefault(post_id, []).append(keyword)
    return found
