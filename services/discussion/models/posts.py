"""Posts and what is done to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    String,
    cast,
    false,
    func,
    literal_column,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from chassis.folding import fold
from chassis.markdown.text import Text, excerpt_of
from services.discussion.models.base import Base
from services.discussion.rules import CONFIGURATIONS, RENDERING

_IS_LISTED = text("question_id IS NULL AND removed_at IS NULL")


class Post(Base):
    """A question, an answer or a share; `body` is Markdown, the four after it what that renders to.

    `rendering` is the version of the rules by which it was rendered (`rules.RENDERING`). One
    that was removed keeps its place without a word.
    """

    __tablename__ = "posts"
    # What the server fills in is looked up where it is asked for.
    __mapper_args__ = {"eager_defaults": False}
    __table_args__ = (
        CheckConstraint("kind IN ('question', 'answer', 'share')", name="kind_known"),
        CheckConstraint("(kind = 'answer') = (question_id IS NOT NULL)", name="answers_a_question"),
        Index("ix_posts_newest", "published_at", "id", postgresql_where=_IS_LISTED),
        Index("ix_posts_author", "author_id", "published_at", "id", postgresql_where=_IS_LISTED),
        Index(
            "ix_posts_answers",
            "question_id",
            "published_at",
            "id",
            postgresql_where=text("question_id IS NOT NULL"),
        ),
        Index("ix_posts_written", "author_id", "id"),
        Index("ix_posts_search", "search", postgresql_using="gin"),
        Index("ix_posts_there", "published_at", "id", postgresql_where=text("removed_at IS NULL")),
        Index("ix_posts_kind", "kind", "published_at", "id", postgresql_where=_IS_LISTED),
        Index(
            "ix_posts_author_kind",
            "author_id",
            "kind",
            "published_at",
            "id",
            postgresql_where=text("removed_at IS NULL"),
        ),
        CheckConstraint("form IN ('experience', 'watch')", name="form_known"),
        CheckConstraint(
            "audience IN ('members', 'followers', 'followers-only')", name="audience_known"
        ),
        CheckConstraint("lang IN ('fr', 'en', 'other')", name="lang_known"),
        Index("ix_posts_rendering", "rendering", "id", postgresql_where=text("removed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    question_id: Mapped[UUID | None] = mapped_column(ForeignKey("posts.id"))
    asker_id: Mapped[UUID | None]  # of an answer: who asked, whose audience it has
    title: Mapped[str]
    body: Mapped[str]
    body_html: Mapped[str]
    excerpt: Mapped[str] = mapped_column(server_default="")
    prose: Mapped[str] = mapped_column(server_default="")
    lang: Mapped[str] = mapped_column(server_default="other")
    # Words of title, keywords and text, folded and stemmed; only ever asked by the server.
    search: Mapped[Any] = mapped_column(TSVECTOR, server_default="", deferred=True)
    rendering: Mapped[int] = mapped_column(server_default="0")
    audience: Mapped[str]
    like_count: Mapped[int] = mapped_column(server_default="0")
    answer_count: Mapped[int] = mapped_column(server_default="0")
    accepted_answer_id: Mapped[UUID | None]
    form: Mapped[str | None]  # of a share
    link: Mapped[str | None]  # of a share that points elsewhere
    revision: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    edited_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_moderated: Mapped[bool] = mapped_column(server_default="false")  # removed by moderators

    @staticmethod
    def called(*, title: str, lang: str, labels: Sequence[str]) -> ColumnElement[Any]:
        """What a post is found by beside its text."""
        return _vector(lang, "A", title).op("||")(_vector(lang, "B", " ".join(labels)))

    @staticmethod
    def shown(
        text: Text, *, title: str = "", lang: str = "other", labels: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The columns that a rendered body fills, with what is found by its words."""
        said = _vector(lang, "C", text.plain)
        return {
            "search": Post.called(title=title, lang=lang, labels=labels).op("||")(said),
            "body_html": text.html,
            "excerpt": excerpt_of(text.plain),
            "prose": text.prose,
            "rendering": RENDERING,
        }


class Like(Base):
    """Whether a member likes a post; the row stays when they take it back."""

    __tablename__ = "likes"
    __table_args__ = (
        Index("ix_likes_given", "member_id", "post_id"),
        Index("ix_likes_latest", "member_id", "liked_at", postgresql_where=text("is_liked")),
        Index(
            "ix_likes_likers", "post_id", "liked_at", "member_id", postgresql_where=text("is_liked")
        ),
    )

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    is_liked: Mapped[bool]
    revision: Mapped[int]
    liked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_imported: Mapped[bool] = mapped_column(server_default=false())  # by its latest turn


class Accept(Base):
    """Which answer of a question its asker accepts, or accepted last."""

    __tablename__ = "accepts"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    is_accepted: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PostVersion(Base):
    """What a post said before an edit: shown if it came later than a day after the post.

    One that came earlier is kept where somebody liked the post by then: what they liked was this.
    """

    __tablename__ = "post_versions"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    body_html: Mapped[str]
    # As the event tells them; an earlier release kept neither.
    prose: Mapped[str | None]
    keywords: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    is_shown: Mapped[bool] = mapped_column(server_default=true())
    replaced_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AnswerRequest(Base):
    """A member who was asked to answer a question."""

    __tablename__ = "answer_requests"
    __table_args__ = (Index("ix_answer_requests_member", "member_id", "requested_at"),)

    question_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    requester_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def _vector(lang: str, weight: str, words: str) -> ColumnElement[Any]:
    config = cast(CONFIGURATIONS[lang], REGCONFIG)
    return func.setweight(func.to_tsvector(config, fold(words)), literal_column(f"'{weight}'"))
