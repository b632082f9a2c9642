"""Mails to send: queueing, claiming, settling, and what the operator does about dead ones.

Who queues one writes a row without words: whether a mail goes out, and what it says, is
decided in the worker (`letters`). So a request takes as long, and leaves as much, for an
address that is unknown as for one that is known.
"""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.identifiers import new_id
from chassis.mailing.addresses import key_of, keys_of
from services.identity import rules
from services.identity.errors import MailNotFound
from services.identity.models import Mail

# What `subject_id` is, in this order: an invitation (twice), an invitation request, nothing,
# the member (twice), an address change (twice).
MailKind = Literal[
    "invitation",
    "invitation_reminder",
    "request_confirmation",
    "password_reset",
    "password_changed",
    "address_changed",
    "old_address",
    "new_address",
]
UNFINISHED = "The worker ended while it sent this."


def queue_mail(
    session: Session, *, kind: MailKind, email: str, subject_id: UUID | None = None
) -> None:
    """Let the worker write about the subject to an address, known or not."""
    session.execute(insert(Mail).values(_columns(kind, email, key_of(email), subject_id)))


def queue_mails(session: Session, mails: Sequence[tuple[str, UUID]], *, kind: MailKind) -> None:
    """The same for many: an address and a subject each."""
    rows = [_columns(kind, email, key_of(email), subject) for email, subject in mails]
    if rows:
        session.execute(insert(Mail), rows)


def forget_written(session: Session, *, email: str, member_id: UUID) -> None:
    """Somebody left: send them nothing more, and delete the files written to or about them.

    The row that carries the address goes when the worker has done it.
    """
    session.execute(delete(Mail).where(Mail.email_key.in_(keys_of(email))))
    # Without a key: what deletes mails to an address must not delete this.
    session.execute(insert(Mail).values(_columns("forget", email.strip(), "", member_id)))


def claim_mail(session: Session) -> Mail | None:
    """Take the next mail that is due, and count the attempt before it is made.

    The caller commits before it sends: a worker that ends meanwhile has spent an attempt,
    and the mail is tried again, or is dead after the last one. Nobody else takes it meanwhile.
    """
    mail = session.scalar(
        select(Mail)
        .where(Mail.state == "waiting", Mail.next_try_at <= clock.now())
        .order_by(Mail.next_try_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if mail is None:
        return None
    mail.attempts += 1
    delay = rules.next_mail_delay(mail.attempts)
    mail.state = "waiting" if delay else "dead"
    mail.next_try_at = clock.now() + (delay or rules.MAIL_DELAYS[-1])
    mail.error = UNFINISHED
    return mail


def settle_mail(session: Session, *, mail_id: UUID) -> None:
    """Forget a mail that was sent, or that there was no reason to send."""
    session.execute(delete(Mail).where(Mail.id == mail_id))


def fail_mail(session: Session, *, mail_id: UUID, reason: str, is_final: bool) -> None:
    """Keep why the attempt failed; when it is tried next was settled by the claim."""
    statement = update(Mail).where(Mail.id == mail_id).values(error=reason)
    session.execute(statement.values(state="dead") if is_final else statement)


def retry_mails(session: Session, *, mail_id: UUID | None) -> int:
    """Try one mail, or all dead ones, again from the first attempt; returns how many.

    Raises MailNotFound.
    """
    chosen = Mail.state == "dead" if mail_id is None else Mail.id == mail_id
    again = {"state": "waiting", "attempts": 0, "next_try_at": clock.now()}
    count = len(session.execute(update(Mail).where(chosen).values(again).returning(Mail.id)).all())
    if mail_id is not None and not count:
        raise MailNotFound
    return count


def drop_mail(session: Session, *, mail_id: UUID) -> None:
    """Give one up for good; raises MailNotFound."""
    gone = session.execute(delete(Mail).where(Mail.id == mail_id).returning(Mail.id))
    if gone.first() is None:
        raise MailNotFound


def _columns(kind: str, email: str, email_key: str, subject_id: UUID | None) -> dict[str, object]:
    now = clock.now()
    return {
        "id": new_id(),
        "kind": kind,
        "email": email,
        "email_key": email_key,
        "subject_id": subject_id,
        "state": "waiting",
        "attempts": 0,
        "next_try_at": now,
        "created_at": now,
        "error": "",
    }
