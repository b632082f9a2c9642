"""Mails that wait to be sent: rows without words, for these are made when one is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chassis import clock
from chassis.mailing.addresses import key_of
from chassis.retries import RetryColumns, State, first_try, retry_constraints

# Between the attempts to send a mail; after the last one it is dead.
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
UNFINISHED = "The worker ended while it sent this."


class MailColumns(RetryColumns):
    """A mail of a kind, to an address, about a subject; the row goes when it is sent."""

    kind: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    subject_id: Mapped[UUID | None]
    created_at: Mapped[datetime]


@dataclass(frozen=True)
class WaitingMail:
    """A row as it was claimed; `attempts` counts the one that begins."""

    id: UUID
    kind: str
    email: str
    email_key: str
    subject_id: UUID | None
    state: State
    attempts: int
    next_try_at: datetime
    created_at: datetime
    error: str


def mail_constraints(table: str) -> tuple[Any, ...]:
    """What goes with the columns."""
    return (*retry_constraints(table), Index(f"ix_{table}_email_key", "email_key"))


def new_mail(
    kind: str, email: str, subject_id: UUID | None, *, email_key: str | None = None
) -> dict[str, Any]:
    """The row of a mail that is due at once; its key is the address's, where none is given."""
    key = key_of(email) if email_key is None else email_key
    columns = {"kind": kind, "email": email, "email_key": key, "subject_id": subject_id}
    return {**first_try(), **columns, "created_at": clock.now()}
