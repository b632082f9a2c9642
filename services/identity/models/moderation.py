"""What moderators decided on members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base


class ModerationAct(Base):
    """What a moderator, or the operator where `actor_id` is null, did to members, and why."""

    __tablename__ = "moderation_acts"
    __table_args__ = (
        Index("ix_moderation_acts_newest", "acted_at", "id"),
        Index("ix_moderation_acts_member_id", "member_id", "acted_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    act: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str]
    role: Mapped[str | None]
    affected_ids: Mapped[list[UUID]]
    acted_at: Mapped[datetime]
