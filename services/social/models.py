"""Tables of social."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import tables
from chassis.database import new_metadata
from chassis.members import MemberRefColumns


class Base(DeclarativeBase):
    metadata = new_metadata()


tables.attach(Base.metadata)


class MemberRef(MemberRefColumns, Base):
    """A member, as identity tells; `active_at` is when they joined or last published something."""

    __tablename__ = "member_refs"

    sponsor_id: Mapped[UUID | None] = mapped_column(index=True)
    active_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Follow(Base):
    """Whether one member follows another; the row stays when they stop."""

    __tablename__ = "follows"
    __table_args__ = (
        CheckConstraint("follower_id <> followed_id", name="not_oneself"),
        Index(
            "ix_follows_followers",
            "followed_id",
            "changed_at",
            "follower_id",
            postgresql_where=text("is_following"),
        ),
        Index(
            "ix_follows_following",
            "follower_id",
            "changed_at",
            "followed_id",
            postgresql_where=text("is_following"),
        ),
    )

    follower_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    followed_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeywordFollow(Base):
    """Whether a member follows a keyword, which discussion need not know; the row stays.

    `merged_from` is the keyword for whose sake a merge added it, until the member turns it.
    """

    __tablename__ = "keyword_follows"
    __table_args__ = (Index("ix_keyword_follows_slug", "slug"),)

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    merged_from: Mapped[str | None]


class Block(Base):
    """Whether one member blocks another; the row stays when they take it back."""

    __tablename__ = "blocks"
    __table_args__ = (
        CheckConstraint("blocker_id <> blocked_id", name="not_oneself"),
        Index("ix_blocks_blocked", "blocked_id", postgresql_where=text("is_blocking")),
    )

    blocker_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    blocked_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    is_blocking: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeywordActivity(Base):
    """When a member last published something under a keyword, as discussion tells."""

    __tablename__ = "keyword_activities"
    __table_args__ = (Index("ix_keyword_activities_latest", "slug", "active_at", "member_id"),)

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    active_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Dismissal(Base):
    """A suggestion that a member does not want to see again."""

    __tablename__ = "dismissals"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    dismissed_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    dismissed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeywordMergeRef(Base):
    """A keyword that leads to another, or did, as discussion tells."""

    __tablename__ = "keyword_merge_refs"

    slug: Mapped[str] = mapped_column(primary_key=True)
    into_slug: Mapped[str]
    is_merged: Mapped[bool]
    revision: Mapped[int]
