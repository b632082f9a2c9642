"""What others tell, as projects keeps it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, text, true
from sqlalchemy.orm import Mapped, mapped_column

from chassis.blocks import BlockRefColumns
from chassis.members import MemberRefColumns
from services.projects.models.base import Base


class MemberRef(MemberRefColumns, Base):
    """A member, as identity tells; one who is not proposable is proposed to nobody."""

    __tablename__ = "member_refs"

    is_proposable: Mapped[bool] = mapped_column(server_default=true())
    asks_per_week: Mapped[int] = mapped_column(server_default="3")
    # Null of whom only a token told.
    joined_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class FollowRef(Base):
    """Whether one member follows another, as social tells."""

    __tablename__ = "follow_refs"

    follower_id: Mapped[UUID] = mapped_column(primary_key=True)
    followed_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_following: Mapped[bool]
    revision: Mapped[int]


class BlockRef(BlockRefColumns, Base):
    """Whether one member blocks another, as social tells."""


class AttributionRef(Base):
    """A skill of a member, as skills tells; one that they hide is for nobody else to see."""

    __tablename__ = "attribution_refs"
    __table_args__ = (
        Index(
            "ix_attribution_refs_skill",
            "skill",
            "score",
            "member_id",
            postgresql_where=text("is_held AND NOT is_hidden"),
        ),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill: Mapped[str] = mapped_column(primary_key=True)  # slug
    label_en: Mapped[str]
    label_fr: Mapped[str]
    level: Mapped[int]
    score: Mapped[float]
    is_held: Mapped[bool]
    is_hidden: Mapped[bool]
    revision: Mapped[int]


class HeardAsk(Base):
    """That a member was asked to answer a question, as discussion told: it counts as asking."""

    __tablename__ = "heard_asks"
    __table_args__ = (Index("ix_heard_asks_member", "member_id", "asked_at"),)

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
