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
    """A member, as identity tells."""

    __tablename__ = "member_refs"


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
    """Whether a member follows a keyword, which discussion need not know; the row stays."""

    __tablename__ = "keyword_follows"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
