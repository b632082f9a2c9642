"""What moderators take out of the evidence, what its holders contest, and what alarms tell."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.skills.models.base import Base


class Discount(Base):
    """A post that proves nothing in a skill, or a group whose likes of each other count nowhere.

    Who decided it, when and why; taken back it stays, with who did that.
    """

    __tablename__ = "discounts"
    __table_args__ = (
        CheckConstraint("(post_id IS NULL) = (member_ids <> '{}')", name="post_or_group"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_once"),
        Index("ix_discounts_newest", "made_at", "id"),
        Index(
            "ix_discounts_post",
            "post_id",
            "skill_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND post_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    post_id: Mapped[UUID | None]
    member_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    reason: Mapped[str]
    made_by_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_by_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    end_reason: Mapped[str] = mapped_column(server_default="")


class DiscountedMember(Base):
    """Who is in the group of a discount that stands."""

    __tablename__ = "discounted_members"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    discount_id: Mapped[UUID] = mapped_column(ForeignKey("discounts.id"), primary_key=True)


class Contest(Base):
    """What a holder says against one of their posts as a proof, and what a moderator answered."""

    __tablename__ = "contests"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_once"),
        Index(
            "ix_contests_open",
            "post_id",
            "skill_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("ix_contests_member", "member_id", "contested_at", "id"),
        Index("ix_contests_newest", "contested_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    post_id: Mapped[UUID]
    word: Mapped[str]
    contested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None]  # kept or taken_out
    answer: Mapped[str] = mapped_column(server_default="")
    answered_by_id: Mapped[UUID | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SkillAlarm(Base):
    """A group that likes itself in a skill (`rings`), as the latest night saw it."""

    __tablename__ = "skill_alarms"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_once"),
        Index("ix_skill_alarms_newest", "raised_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    member_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    own_count: Mapped[int]
    like_count: Mapped[int]
    raised_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None]  # discounted or dismissed
    reason: Mapped[str] = mapped_column(server_default="")
    answered_by_id: Mapped[UUID | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    discount_id: Mapped[UUID | None]
