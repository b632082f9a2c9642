"""Tables of identity: public facts, secrets (as hashes only), and what admits people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import new_metadata
from chassis.messaging import tables


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = {datetime: DateTime(timezone=True)}


tables.attach(Base.metadata)


class Member(Base):
    """Somebody who joined, as all members may see them."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint("role IN ('member', 'moderator', 'administrator')", name="role_known"),
        CheckConstraint("state IN ('active', 'suspended', 'left')", name="state_known"),
        Index("ix_members_invitees", "sponsor_id", "joined_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    headline: Mapped[str]
    company: Mapped[str]
    location: Mapped[str]
    bio: Mapped[str]
    portrait_url: Mapped[str | None]
    locale: Mapped[str]
    role: Mapped[str]
    state: Mapped[str]
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    joined_at: Mapped[datetime]
    revision: Mapped[int]


class Credentials(Base):
    """What a member signs in with; `email_key` is `email` without its spelling's accidents."""

    __tablename__ = "credentials"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class Invitation(Base):
    """A place offered to one person; its row stays for ever. The first one has no sponsor."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'administrator')", name="role_known"),
        CheckConstraint("(used_at IS NULL) = (invitee_id IS NULL)", name="used_by_somebody"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="one_end"),
        Index("ix_invitations_sponsored", "sponsor_id", "created_at", "id"),
        Index(
            "uq_invitations_first_start",
            "is_first_start",
            unique=True,
            postgresql_where=text("is_first_start AND used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    role: Mapped[str]
    is_first_start: Mapped[bool]
    email: Mapped[str | None]
    note: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    invitee_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), unique=True)


class MemberSession(Base):
    """A device that signed in: the family of its refresh tokens."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One token of a family; `parent_id` is the one that was rotated into it."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_parent_id", "parent_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("refresh_tokens.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
