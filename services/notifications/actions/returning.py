"""Mails that came back: noted once each, until nobody is thought to read at an address."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from services.notifications import returns
from services.notifications.models import Address, Mail, Mailbox, MailReturn


def note_return(session: Session, *, mail_id: UUID, is_permanent: bool) -> bool:
    """A mail came back; again, or after two weeks, changes nothing. Returns whether it counts."""
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.member_id is None:
        return False
    if mail.state not in ("waiting", "sent") or mail.planned_at < clock.now() - returns.GOOD_FOR:
        return False
    mail.state = "returned"
    _count(session, mail.member_id, mail.id, is_permanent=is_permanent)
    return True


def note_failure(session: Session, *, mail_id: UUID, is_refused: bool, is_recipient: bool) -> None:
    """The server would not take a mail: for good, or too often. What it says of the recipient is
    a return; what it says of us is none."""
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.member_id is None or mail.state != "waiting":
        return
    mail.state = "refused" if is_refused else "given_up"
    if is_recipient:
        _count(session, mail.member_id, mail.id, is_permanent=is_refused)


def _count(session: Session, member_id: UUID, mail_id: UUID, *, is_permanent: bool) -> None:
    now = clock.now()
    row = {"mail_id": mail_id, "member_id": member_id}
    new = insert(MailReturn).values(**row, is_permanent=is_permanent, returned_at=now)
    session.execute(new.on_conflict_do_nothing())
    mailbox = _lock(session, member_id)
    address = session.get(Address, member_id)
    since = max(address.changed_at if address else now, mailbox.well_at or now - returns.GOOD_FOR)
    its = select(MailReturn.is_permanent, MailReturn.returned_at).where(
        MailReturn.member_id == member_id, MailReturn.returned_at > since
    )
    rows = [(row.is_permanent, row.returned_at) for row in session.execute(its)]
    if returns.has_bounced(rows, now):
        mailbox.bounced_at = now
    session.flush()


def recover(session: Session, *, member_id: UUID, tried_at: datetime | None) -> None:
    """Think that mails reach somebody again: the one that was tried did not come back for days.

    `tried_at` is when the last one was planned.
    """
    mailbox = session.get(Mailbox, member_id, with_for_update=True, populate_existing=True)
    if mailbox is None or mailbox.bounced_at is None or tried_at is None:
        return
    now = clock.now()
    if mailbox.bounced_at < tried_at < now - returns.BACK_WITHIN:
        mailbox.bounced_at, mailbox.well_at = None, now
        session.flush()


def _lock(session: Session, member_id: UUID) -> Mailbox:
    new = insert(Mailbox).values(member_id=member_id, bounced_at=None, well_at=None)
    session.execute(new.on_conflict_do_nothing())
    return session.get_one(Mailbox, member_id, with_for_update=True, populate_existing=True)
