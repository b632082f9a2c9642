"""Members: what all may see, and the secrets by which they sign in, as hashes only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base


class Member(Base):
    """Somebody who joined, as all members may see them; one who left keeps only the id.

    `name_words` are the name as searches compare it, `inviting_stopped_reason` says that a
    moderator ended their inviting, `suspended_by_id` is the act that suspended them.
    """

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint("role IN ('member', 'moderator', 'administrator')", name="role_known"),
        CheckConstraint("state IN ('active', 'suspended', 'left')", name="state_known"),
        Index("ix_members_invitees", "sponsor_id", "joined_at", "id"),
        Index("ix_members_suspended_by_id", "suspended_by_id"),
        Index(
            "ix_members_name_words",
            text("array_to_tsvector(name_words)"),
            postgresql_using="gin",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    headline: Mapped[str]
    company: Mapped[str]
    location: Mapped[str]
    bio: Mapped[str]
    portrait_url: Mapped[str | None]
    locale: Mapped[str]
    role: Mapped[str]
    state: Mapped[str]
    is_proposable: Mapped[bool] = mapped_column(server_default=true())
    is_sharing_first_steps: Mapped[bool] = mapped_column(server_default=false())
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    joined_at: Mapped[datetime]
    inviting_stopped_reason: Mapped[str | None]
    suspended_by_id: Mapped[UUID | None]
    is_without_posts: Mapped[bool] = mapped_column(server_default=false())
    revision: Mapped[int]


class Credentials(Base):
    """What a member signs in with; `email_key` is `email` without its spelling's accidents."""

    __tablename__ = "credentials"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class Portrait(Base):
    """A member's picture, a WebP made here, at a path that only those know who were told."""

    __tablename__ = "portraits"

    key: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), unique=True)
    image: Mapped[bytes]
