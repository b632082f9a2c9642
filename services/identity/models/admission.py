"""What lets people in: invitations, and the requests of strangers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    and_,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base
from services.identity.models.mails import MailedToken


class Invitation(Base):
    """A place offered to one person; its row stays for ever. The first one has no sponsor.

    `place_returned_at` is when somebody from elsewhere first liked what the invitee wrote.
    One made for a request goes to the address confirmed there, which `email` does not show.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'administrator')", name="role_known"),
        CheckConstraint("(used_at IS NULL) = (invitee_id IS NULL)", name="used_by_somebody"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="one_end"),
        Index("ix_invitations_sponsored", "sponsor_id", "created_at", "id"),
        Index(
            "ix_invitations_to_remind",
            "created_at",
            postgresql_where=text(
                "is_mailed AND reminded_at IS NULL AND used_at IS NULL AND revoked_at IS NULL"
            ),
        ),
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
    is_mailed: Mapped[bool] = mapped_column(server_default=false())
    note: Mapped[str]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitation_requests.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    place_returned_at: Mapped[datetime | None]
    invitee_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), unique=True)

    @classmethod
    def opened_by(cls, token_hash: bytes) -> ColumnElement[bool]:
        """Whether this token is the invitation's own, or went out in one of its mails."""
        mailed = select(MailedToken.subject_id).where(
            MailedToken.token_hash == token_hash, MailedToken.purpose == "invitation"
        )
        return or_(cls.token_hash == token_hash, cls.id.in_(mailed))

    @classmethod
    def takes_place(cls, now: datetime) -> ColumnElement[bool]:
        """Whether the invitation takes one of its sponsor's places."""
        is_open = and_(cls.used_at.is_(None), cls.revoked_at.is_(None), cls.expires_at > now)
        return or_(is_open, and_(cls.used_at.is_not(None), cls.place_returned_at.is_(None)))


class InvitationRequest(Base):
    """A stranger who asks to be invited; waits for a sponsor once the address is confirmed."""

    __tablename__ = "invitation_requests"
    __table_args__ = (
        CheckConstraint("locale IN ('fr', 'en')", name="locale_known"),
        CheckConstraint(
            "state IN ('unconfirmed', 'waiting', 'sponsored', 'declined', 'replaced')",
            name="state_known",
        ),
        Index("ix_invitation_requests_email_key", "email_key"),
        Index(
            "ix_invitation_requests_waiting",
            "confirmed_at",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    motivation: Mapped[str]
    keywords: Mapped[list[str]]
    keyword_slugs: Mapped[list[str]]
    link: Mapped[str | None]
    locale: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
