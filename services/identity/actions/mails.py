"""Mails to send: queueing them, and forgetting those of a member who left.

Queueing writes a row without words: whether a mail goes out, and what it says, is
decided in the worker (`letters`). So a request takes as long, and leaves as much, for an
address that is unknown as for one that is known.
"""

from collections.abc import Sequence
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from chassis.mailing.addresses import keys_of
from chassis.mailing.storage import new_mail
from chassis.retries import Queue
from services.identity.errors import MailNotFound
from services.identity.models import Mail

# What `subject_id` is, in this order: an invitation (twice), an invitation request, nothing,
# the member (three times), an address change (twice), the member.
MailKind = Literal[
    "invitation",
    "invitation_reminder",
    "request_confirmation",
    "password_reset",
    "password_changed",
    "address_changed",
    "new_device",
    "old_address",
    "new_address",
    "own_address",
]
QUEUE = Queue(cast(Table, Mail.__table__), MailNotFound)


def queue_mail(
    session: Session, *, kind: MailKind, email: str, subject_id: UUID | None = None
) -> None:
    """Let the worker write about the subject to an address, known or not."""
    session.execute(insert(Mail).values(new_mail(kind, email, subject_id)))


def queue_mails(session: Session, mails: Sequence[tuple[str, UUID]], *, kind: MailKind) -> None:
    """The same for many: an address and a subject each."""
    rows = [new_mail(kind, email, subject) for email, subject in mails]
    if rows:
        session.execute(insert(Mail), rows)


def forget_written(session: Session, *, email: str, member_id: UUID) -> None:
    """Somebody left: send them nothing more, and delete the files written to or about them.

    The row that carries the address goes when the worker has done it.
    """
    session.execute(delete(Mail).where(Mail.email_key.in_(keys_of(email))))
    # Without a key: what deletes mails to an address must not delete this.
    row = new_mail("forget", email.strip(), member_id, email_key="")
    session.execute(insert(Mail).values(row))
