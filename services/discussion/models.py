"""Tables of discussion."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    cast,
    event,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REGCONFIG, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import tables
from chassis.database import new_metadata
from chassis.folding import fold
from chassis.markdown.text import Text, excerpt_of
from chassis.members import MemberRefColumns
from services.discussion.rules import CONFIGURATIONS, RENDERING


class Base(DeclarativeBase):
    metadata = new_metadata()


tables.attach(Base.metadata)
_TRIGRAMS = DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # type: ignore[no-untyped-call]
event.listen(Base.metadata, "before_create", _TRIGRAMS)


class MemberRef(MemberRefColumns, Base):
    """A member, as identity tells."""

    __tablename__ = "member_refs"


class FollowRef(Base):
    """Whether one member follows another, as social tells."""

    __tablename__ = "follow_refs"

    follower_id: Mapped[UUID] = mapped_column(primary_key=True)
    followed_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]


class BlockRef(Base):
    """Whether one member blocks another, as social tells."""

    __tablename__ = "block_refs"
    __table_args__ = (Index("ix_block_refs_blocked", "blocked_id", "blocker_id"),)

    blocker_id: Mapped[UUID] = mapped_column(primary_key=True)
    blocked_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_blocking: Mapped[bool]
    revision: Mapped[int]


class KeywordFollowRef(Base):
    """Whether a member follows a keyword, as social tells; the keyword need not be there yet."""

    __tablename__ = "keyword_follow_refs"
    __table_args__ = (
        Index("ix_keyword_follow_refs_slug", "slug", postgresql_where=text("is_following")),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]


class SkillRef(Base):
    """A skill of a member, as skills tells; questions may name it by any of the three slugs."""

    __tablename__ = "skill_refs"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    slug_en: Mapped[str]
    slug_fr: Mapped[str]
    is_held: Mapped[bool]
    revision: Mapped[int]


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


class Keyword(Base):
    """A word that questions are found by.

    Its label is the most used spelling, or what a moderator fixed. `post_count` is of posts that
    everybody may read.
    """

    __tablename__ = "keywords"
    __table_args__ = (
        Index("ix_keywords_most_used", text("post_count DESC"), "slug"),
        Index(
            "ix_keywords_like",
            "slug",
            postgresql_using="gin",
            postgresql_ops={"slug": "gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    is_label_fixed: Mapped[bool] = mapped_column(server_default="false")
    post_count: Mapped[int] = mapped_column(server_default="0")
    follower_count: Mapped[int] = mapped_column(server_default="0")
    revision: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def _vector(lang: str, weight: str, words: str) -> ColumnElement[Any]:
    config = cast(CONFIGURATIONS[lang], REGCONFIG)
    return func.setweight(func.to_tsvector(config, fold(words)), literal_column(f"'{weight}'"))


class KeywordAlias(Base):
    """A slug that leads to a keyword: a former one, or that of a keyword joined with it."""

    __tablename__ = "keyword_aliases"

    slug: Mapped[str] = mapped_column(primary_key=True)
    keyword_id: Mapped[UUID] = mapped_column(
        ForeignKey("keywords.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeywordSpelling(Base):
    """How often a keyword is written in one way."""

    __tablename__ = "keyword_spellings"

    keyword_id: Mapped[UUID] = mapped_column(
        ForeignKey("keywords.id", ondelete="CASCADE"), primary_key=True
    )
    written: Mapped[str] = mapped_column(primary_key=True)
    use_count: Mapped[int]
    first_used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PostKeyword(Base):
    """The keywords of a question, in the order of its author."""

    __tablename__ = "post_keywords"
    __table_args__ = (
        UniqueConstraint("post_id", "position"),
        Index("ix_post_keywords_keyword_id", "keyword_id", "post_id"),
        Index("ix_post_keywords_newest", "keyword_id", "published_at", "post_id"),
    )

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    keyword_id: Mapped[UUID] = mapped_column(ForeignKey("keywords.id"), primary_key=True)
    position: Mapped[int]
    written: Mapped[str] = mapped_column(server_default="")  # as the author spelt it
    # The post's own, for the order of lists; a trigger fills it in.
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


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


class Accept(Base):
    """Which answer of a question its asker accepts, or accepted last."""

    __tablename__ = "accepts"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    is_accepted: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PostVersion(Base):
    """What a post said before an edit that came later than a day after it."""

    __tablename__ = "post_versions"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    body_html: Mapped[str]
    replaced_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AnswerRequest(Base):
    """A member who was asked to answer a question."""

    __tablename__ = "answer_requests"
    __table_args__ = (Index("ix_answer_requests_member", "member_id", "requested_at"),)

    question_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    requester_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeywordMerge(Base):
    """A keyword that leads to another, or did: all that taking it back needs."""

    __tablename__ = "keyword_merges"

    slug: Mapped[str] = mapped_column(primary_key=True)
    keyword_id: Mapped[UUID]
    label: Mapped[str]
    is_label_fixed: Mapped[bool]
    # Its spellings with their counts, and the aliases that it had.
    spellings: Mapped[Any] = mapped_column(JSONB)
    aliases: Mapped[list[str]] = mapped_column(ARRAY(String))
    into_slug: Mapped[str]
    is_merged: Mapped[bool]
    merged_by_id: Mapped[UUID]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeywordMove(Base):
    """A post's keyword as it was before the merge that moved it, or took it as doubled."""

    __tablename__ = "keyword_moves"

    keyword_id: Mapped[UUID] = mapped_column(primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    position: Mapped[int]
    written: Mapped[str]
    is_doubled: Mapped[bool]
