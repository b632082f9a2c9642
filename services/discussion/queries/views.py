"""A post as a viewer sees it, with its author, keywords and whether the viewer likes it.

Views are made by the score: structs, which cost a fifth of frozen dataclasses.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import false, func, literal, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect
from chassis.statements import viewer
from services.discussion.models import Keyword, Like, MemberRef, Post, PostKeyword


class AuthorView(msgspec.Struct, frozen=True):
    """The author of a post, as every answer carries its authors."""

    id: UUID
    name: str
    headline: str
    portrait_url: str | None


class KeywordView(msgspec.Struct, frozen=True):
    """A keyword of a question or a share."""

    slug: str
    label: str


class PostView(msgspec.Struct, frozen=True):
    """A post as a viewer sees it; in a card, `body` and `body_html` are empty."""

    id: UUID
    kind: str
    author: AuthorView
    question_id: UUID | None
    question_title: str | None
    title: str
    body: str
    body_html: str
    excerpt: str
    lang: str
    keywords: Sequence[KeywordView]
    audience: str
    like_count: int
    liked_by_me: bool
    answer_count: int
    accepted_answer_id: UUID | None
    is_accepted: bool
    form: str | None
    link: str | None
    published_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "PostView":
        """A row of `shown`."""
        return cls(
            row.id,
            row.kind,
            AuthorView(row.author_id, row.name, row.headline, row.portrait_url),
            row.question_id,
            row.question_title,
            row.title,
            row.body,
            row.body_html,
            row.excerpt,
            row.lang,
            [KeywordView(slug, label) for slug, label in row.keywords],
            row.audience,
            row.like_count,
            row.liked_by_me,
            row.answer_count,
            row.accepted_answer_id,
            row.is_accepted,
            row.form,
            row.link,
            row.published_at,
            row.edited_at,
            row.removed_at,
        )

    @property
    def is_waiting(self) -> bool:
        """Whether a question has no answer yet and may get one."""
        return self.kind == "question" and self.answer_count == 0 and self.removed_at is None


def shown(ids: AnySelect, *, is_card: bool = False) -> AnySelect:
    """The posts of these ids as `PostView` takes them, in no order."""
    wanted = ids.subquery("wanted")
    # Looked up for each post, also in the plan: a join might read all likes or keywords there are.
    liked_by_me = select(Like.is_liked).where(Like.post_id == Post.id, Like.member_id == viewer())
    keyword = select(array([Keyword.slug, Keyword.label]))
    keywords = (
        select(keyword.where(Keyword.id == PostKeyword.keyword_id).scalar_subquery())
        .where(PostKeyword.post_id == Post.id)
        .order_by(PostKeyword.position)
    )
    question = aliased(Post)
    accepted = select(question.accepted_answer_id).where(question.id == Post.question_id)
    asked = select(question.title).where(question.id == Post.question_id)
    is_accepted = func.coalesce(accepted.scalar_subquery() == Post.id, false())
    nothing = literal("")
    return (
        select(
            *(getattr(Post, name) for name in _COPIED),
            (nothing if is_card else Post.body).label("body"),
            (nothing if is_card else Post.body_html).label("body_html"),
            MemberRef.name,
            MemberRef.headline,
            MemberRef.portrait_url,
            func.coalesce(liked_by_me.scalar_subquery(), false()).label("liked_by_me"),
            func.array(keywords.scalar_subquery()).label("keywords"),
            is_accepted.label("is_accepted"),
            asked.scalar_subquery().label("question_title"),
            *(column for column in wanted.c if column.name.startswith("place_")),
        )
        .select_from(wanted)
        .join(Post, Post.id == wanted.c.id)
        .join(MemberRef, MemberRef.id == Post.author_id)
    )


def in_order(ids: AnySelect, *, is_ascending: bool = False, is_card: bool = False) -> AnySelect:
    """A page of ids, shown in its order."""
    order = [Post.published_at, Post.id]
    page = shown(ids, is_card=is_card)
    return page.order_by(*(key if is_ascending else key.desc() for key in order))


_COPIED = (
    *("id", "kind", "author_id", "question_id", "title", "excerpt", "lang", "audience"),
    *("like_count", "answer_count", "accepted_answer_id", "form", "link"),
    *("published_at", "edited_at", "removed_at"),
)
