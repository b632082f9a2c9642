"""Mails that came back: noted once each, until nobody is thought to read at an address."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from services.notifications import returns
from services.notifications.models import Address, Mail, Mailbox, MailReturn

_OUT = ("waiting", "sending", "sent", "returned")


def note_return(session: Session, *, mail_id: UUID, is_permanent: bool) -> bool:
    """A mail came back; again, or after two weeks, changes nothing. Returns whether it counts.

    That it failed for good counts in the place of an earlier word that it is delayed. What was sent
    to an earlier address says nothing of this one.
    """
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.member_id is None or mail.state not in _OUT:
        return False
    address = session.get(Address, mail.member_id)
    is_old = mail.planned_at < clock.now() - returns.GOOD_FOR
    if is_old or address is None or mail.planned_at < address.changed_at:
        return False
    known = session.get(MailReturn, mail.id)
    if known is not None and (known.is_permanent or not is_permanent):
        return False
    mail.state = "returned"
    count_return(session, mail=mail, is_permanent=is_permanent)
    return True


def count_return(session: Session, *, mail: Mail, is_permanent: bool) -> None:
    """Keep that a mail came back; so many of them, or one while they do, and its member is mailed
    no more."""
    now, member_id = clock.now(), mail.member_id
    assert member_id is not None
    row = {"mail_id": mail.id, "member_id": member_id, "is_permanent": is_permanent}
    new = insert(MailReturn).values(**row, returned_at=now)
    worse = {"is_permanent": True, "returned_at": now}
    session.execute(
        new.on_conflict_do_update(
            index_elements=["mail_id"], set_=worse, where=new.excluded.is_permanent
        )
    )
    mailbox = lock_mailbox(session, member_id=member_id)
    address = session.get(Address, member_id)
    address_at = address.changed_at if address else now
    since = max(address_at, mailbox.well_at or now - returns.GOOD_FOR)
    its = select(MailReturn.is_permanent, MailReturn.returned_at).where(
        MailReturn.member_id == member_id, MailReturn.returned_at > since
    )
    rows = [(one.is_permanent, one.returned_at) for one in session.execute(its)]
    is_bounced = mailbox.bounced_at is not None and mailbox.bounced_at > address_at
    if is_bounced or returns.has_bounced(rows, now):
        mailbox.bounced_at = now
    session.flush()


def recover(session: Session, *, member_id: UUID, tried_at: datetime | None) -> None:
    """Think that mails reach somebody again: the one that was tried did not come back for days.

    `tried_at` is when the last one left that did not.
    """
    mailbox = session.get(Mailbox, member_id, with_for_update=True, populate_existing=True)
    if mailbox is None or mailbox.bounced_at is None or tried_at is None:
        return
    now = clock.now()
    if mailbox.bounced_at < tried_at < now - returns.BACK_WITHIN:
        mailbox.bounced_at, mailbox.well_at = None, now
        session.flush()


def lock_mailbox(session: Session, *, member_id: UUID) -> Mailbox:
    """What is known of where a member reads mail, locked."""
    new = insert(Mailbox).values(member_id=member_id, bounced_at=None, well_at=None)
    session.execute(new.on_conflict_do_nothing())
    return session.get_one(Mailbox, member_id, with_for_update=True, populate_existing=True)
