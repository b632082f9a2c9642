"""Keywords: their names, where they stand, and how they were merged."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.discussion.models.base import Base


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
        Index(
            "ix_post_keywords_waiting",
            "keyword_id",
            "published_at",
            "post_id",
            postgresql_where=text("is_waiting"),
        ),
    )

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    keyword_id: Mapped[UUID] = mapped_column(ForeignKey("keywords.id"), primary_key=True)
    position: Mapped[int]
    written: Mapped[str] = mapped_column(server_default="")  # as the author spelt it
    # The post's own, for the order of lists, and whether it is a question without an answer:
    # triggers keep both.
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_waiting: Mapped[bool] = mapped_column(server_default=false())


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
    __table_args__ = (Index("ix_keyword_moves_post_id", "post_id"),)

    keyword_id: Mapped[UUID] = mapped_column(primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    position: Mapped[int]
    written: Mapped[str]
    is_doubled: Mapped[bool]
