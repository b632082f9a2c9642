"""Where members are signed in, and how often anybody may try to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base


class MemberSession(Base):
    """A device that signed in: the family of its refresh tokens."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_member_id", "member_id", "opened_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    device: Mapped[str] = mapped_column(server_default="")
    opened_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]  # when the password was given last; null: when opened
    used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One token of a family; `parent_id` is the one that was rotated into it."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index("ix_refresh_tokens_parent_id", "parent_id"),
        Index("ix_refresh_tokens_session_id", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("refresh_tokens.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # when a sibling took its place


class Limit(Base):
    """How far somebody has used up what they may try; `key` is a hash of what and who.

    `full_at` is when the allowance is whole again (the generic cell rate algorithm's
    theoretical arrival time): one row and one statement, whatever the rate.
    """

    __tablename__ = "limits"
    __table_args__ = (Index("ix_limits_full_at", "full_at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    full_at: Mapped[datetime]
