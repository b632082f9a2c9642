"""What leaves Skiller: how members want to be told, when each is looked at next, and the mails."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, Index, Uuid, false, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.retries import RetryColumns, retry_constraints
from services.notifications.models.base import Base

TIME = DateTime(timezone=True)


class Preference(Base):
    """How a member wants to be told (`preferences.Preferences`); who never chose has no row.

    `undone` is what unsubscribing took away, by its scope, for whoever takes it back.
    """

    __tablename__ = "preferences"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undone: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[datetime] = mapped_column(TIME)


class Agenda(Base):
    """When it is decided next what a member is mailed, and pushed; null while nothing waits.

    `looked_at` is when mails were decided last: what the digest of an earlier hour could have told.
    """

    __tablename__ = "agendas"
    __table_args__ = (
        Index("ix_agendas_due", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_agendas_push_due", "push_at", postgresql_where=text("push_at IS NOT NULL")),
    )

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    look_at: Mapped[datetime | None] = mapped_column(TIME)
    push_at: Mapped[datetime | None] = mapped_column(TIME)
    looked_at: Mapped[datetime | None] = mapped_column(TIME)


class Mail(Base):
    """A mail of notices, kept 30 days, then its id and what became of it.

    `object_id` is what a mail of one thing is about. `state`: `waiting` for a server, `sending`
    (it may be out, whatever was heard of it), `sent`, `void` (there was nothing to say any more),
    `refused` for good, `given_up`, `returned`. `is_delayed`: for its recipient's sake.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'void', 'refused', 'given_up', 'returned')",
            name="state_known",
        ),
        Index("ix_mails_member_id", "member_id", "planned_at"),
        Index(
            "ix_mails_planned",
            "planned_at",
            postgresql_where=text("member_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID | None]
    kind: Mapped[str]
    object_id: Mapped[UUID | None]
    notice_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    planned_at: Mapped[datetime] = mapped_column(TIME)
    sent_at: Mapped[datetime | None] = mapped_column(TIME)
    state: Mapped[str]
    is_delayed: Mapped[bool] = mapped_column(server_default=false())


class MailTry(RetryColumns, Base):
    """That a mail is to be sent; the row goes when it is, and stays as `dead` when given up.

    One of kind `forget` asks to delete the written mails about a member who left.
    """

    __tablename__ = "mail_tries"
    __table_args__ = (
        *retry_constraints("mail_tries"),
        Index("ix_mail_tries_member_id", "member_id"),
    )

    next_try_at: Mapped[datetime] = mapped_column(TIME)
    kind: Mapped[str]
    member_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(TIME)


class Digest(Base):
    """That a member had a digest on a day of their own calendar: one a day."""

    __tablename__ = "digests"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    mail_id: Mapped[UUID]


class MailReturn(Base):
    """That a mail came back, once for each: for good, or for a time."""

    __tablename__ = "mail_returns"
    __table_args__ = (Index("ix_mail_returns_member_id", "member_id", "returned_at"),)

    mail_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    is_permanent: Mapped[bool]
    returned_at: Mapped[datetime] = mapped_column(TIME)


class Mailbox(Base):
    """Since when mails to a member come back, null where they do not; and since when they did not
    any more. What a new address changes is in `addresses`. `farewell_at` is when somebody who
    stayed away was mailed for the last time.
    """

    __tablename__ = "mailboxes"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    bounced_at: Mapped[datetime | None] = mapped_column(TIME)
    farewell_at: Mapped[datetime | None] = mapped_column(TIME)
    well_at: Mapped[datetime | None] = mapped_column(TIME)


class Visit(Base):
    """The last day on which a member looked at what they are told."""

    __tablename__ = "visits"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
