"""Mails to send, and what comes back by the links in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.mailing.storage import MailColumns, mail_constraints
from services.identity.models.base import Base


class Mail(MailColumns, Base):
    """A mail to send, without its words: they, and its secret, are made when it is sent.

    The row goes when the mail is sent; one given up stays as `dead` for the operator. One of
    kind `forget` asks to delete the written mails to `email`, and those about the member.
    """

    __tablename__ = "mails"
    __table_args__ = mail_constraints("mails")


class MailedToken(Base):
    """A secret that went out in a mail, as its hash; `purpose` says what `subject_id` is.

    `invitation`: an invitation; `request`: an invitation request whose address it confirms;
    `old_address`, `new_address`: an address change; `own_address`: the member whose address it
    confirms; `reset`: the member whose password it sets.
    """

    __tablename__ = "mailed_tokens"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('invitation', 'request', 'old_address', 'new_address', 'own_address',"
            " 'reset')",
            name="purpose_known",
        ),
        Index("ix_mailed_tokens_subject_id", "subject_id"),
        Index("ix_mailed_tokens_expires_at", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    subject_id: Mapped[UUID]
    expires_at: Mapped[datetime]


class AddressChange(Base):
    """A new address of a member, which counts once it is confirmed at both.

    The row stays until its links end, also when it is done.
    """

    __tablename__ = "address_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), unique=True)
    email: Mapped[str]
    email_key: Mapped[str]
    old_confirmed_at: Mapped[datetime | None]
    new_confirmed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]

    @property
    def is_done(self) -> bool:
        """Whether it was confirmed at both."""
        return self.old_confirmed_at is not None and self.new_confirmed_at is not None
