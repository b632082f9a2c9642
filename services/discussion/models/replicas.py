"""What others tell, as discussion keeps it."""

from uuid import UUID

from sqlalchemy import (
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from chassis.blocks import BlockRefColumns
from chassis.members import MemberRefColumns
from services.discussion.models.base import Base


class MemberRef(MemberRefColumns, Base):
    """A member, as identity tells."""

    __tablename__ = "member_refs"

    asks_per_week: Mapped[int] = mapped_column(server_default="3")


class FollowRef(Base):
    """Whether one member follows another, as social tells."""

    __tablename__ = "follow_refs"

    follower_id: Mapped[UUID] = mapped_column(primary_key=True)
    followed_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]


class BlockRef(BlockRefColumns, Base):
    """Whether one member blocks another, as social tells."""


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


class SkillEntryRef(Base):
    """A skill that is called otherwise, or leads to another, as skills tells of the latest."""

    __tablename__ = "skill_entry_refs"

    slug: Mapped[str] = mapped_column(primary_key=True)
    slug_en: Mapped[str]
    slug_fr: Mapped[str]
    into_slug: Mapped[str | None]
    revision: Mapped[int]
