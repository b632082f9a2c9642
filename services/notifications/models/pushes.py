"""Devices that are told at once, what was pushed to them, and what waits for a push service."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.retries import RetryColumns, retry_constraints
from services.notifications.models.base import Base

TIME = DateTime(timezone=True)


class PushSubscription(Base):
    """A browser that may be pushed to; it belongs to the session in which it was subscribed.

    A push is sealed for it by its public key and secret: `p256dh` and `auth` of RFC 8291.
    """

    __tablename__ = "push_subscriptions"
    __table_args__ = (
        UniqueConstraint("endpoint"),
        Index("ix_push_subscriptions_member_id", "member_id"),
        Index("ix_push_subscriptions_session_id", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    session_id: Mapped[UUID]
    endpoint: Mapped[str]
    public_key: Mapped[str]
    auth_secret: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(TIME)


class Push(Base):
    """A push of notices, kept for two days; `object_id` is null of what waited and is told as one.

    `sent_at` is when a first device was told.
    """

    __tablename__ = "pushes"
    __table_args__ = (
        Index("ix_pushes_member_id", "member_id", "planned_at"),
        Index("ix_pushes_planned", "planned_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    object_id: Mapped[UUID | None]
    notice_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    planned_at: Mapped[datetime] = mapped_column(TIME)
    sent_at: Mapped[datetime | None] = mapped_column(TIME)


class PushTry(RetryColumns, Base):
    """That a push is to be handed over for one device; the row goes when it was."""

    __tablename__ = "push_tries"
    __table_args__ = (
        *retry_constraints("push_tries"),
        Index("ix_push_tries_push_id", "push_id"),
        Index("ix_push_tries_subscription_id", "subscription_id"),
    )

    next_try_at: Mapped[datetime] = mapped_column(TIME)
    push_id: Mapped[UUID]
    subscription_id: Mapped[UUID]
    member_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(TIME)
