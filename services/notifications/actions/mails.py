"""Planning members' mails, one after the other: what is read, decided (`planning`) and kept."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.retries import Queue, first_try
from chassis.statements import Statement, viewer
from services.notifications import access, conditions, planning
from services.notifications.actions import agendas
from services.notifications.actions.returning import count_return, lock_mailbox, recover
from services.notifications.choices import find_preferences, get_mail_state
from services.notifications.models import (
    Address,
    Agenda,
    Digest,
    Mail,
    Mailbox,
    MailReturn,
    MailTry,
    MemberRef,
    Notice,
    Visit,
)
from services.notifications.planning import MAILED_WITHIN, Kind, Past, Pending, Plan, Planned


class MailNotFound(NotFound):
    code = "mail_not_found"
    detail = "No mail has this id."


FORGET, A_DAY = "forget", timedelta(days=1)
QUEUE = Queue(cast(Table, MailTry.__table__), MailNotFound)


def plan_mails(
    session: Session, *, member_id: UUID, lease: datetime, zone: str
) -> Sequence[Planned]:
    """Decide what a member is mailed now, keep it, and set when to look again.

    The member was claimed (`agendas.claim`). Returns the mails.
    """
    found = _decide(session, member_id, zone)
    for planned in found.mails:
        _keep(session, member_id, planned)
    agendas.set_look(session, member_id=member_id, lease=lease, look_at=found.look_at)
    return found.mails


def forget_mails(session: Session, member_ids: Collection[UUID]) -> None:
    """Of who left: no mail is sent any more, and those written into files go."""
    session.execute(delete(MailTry).where(MailTry.member_id.in_(member_ids)))
    for theirs in (Mail.member_id, Digest.member_id, MailReturn.member_id, Mailbox.member_id):
        session.execute(delete(theirs.class_).where(theirs.in_(member_ids)))
    now = clock.now()
    rows = [
        {**first_try(), "kind": FORGET, "member_id": member_id, "created_at": now}
        for member_id in member_ids
    ]
    session.execute(insert(MailTry), rows)


def list_pending(session: Session, *, member_id: UUID) -> Sequence[Pending]:
    """What a member is shown, has not read, and no mail told."""
    rows = _PENDING.rows(session, viewer_id=member_id, now=clock.now())
    return [Pending.of(row) for row in rows]


def take_back(session: Session, *, mail: Mail) -> None:
    """A planned mail that may not be sent now: what it was to tell waits for the next.

    One that a recipient's server put off until now came back for a time.
    """
    if mail.is_delayed:
        count_return(session, mail=mail, is_permanent=False)
    its = (Digest.member_id == mail.member_id, Digest.mail_id == mail.id)
    if session.scalars(delete(Digest).where(*its).returning(Digest.day)).all():
        agendas.forget_look(session, member_id=mail.member_id)  # type: ignore[arg-type]
    release(session, mail=mail, notice_ids=mail.notice_ids)
    drop(session, mail=mail)


def drop(session: Session, *, mail: Mail) -> None:
    """Send a mail not at all; a last one that is not sent was none."""
    if mail.kind == "farewell" and mail.member_id is not None:
        lock_mailbox(session, member_id=mail.member_id).farewell_at = None
    mail.state = "void"


def give_up(session: Session, *, mail_id: UUID, is_refused: bool, is_recipient: bool) -> None:
    """The server would not take a mail: for good, or too often. What it told is for a later mail.

    What the server says of the recipient is a return; what it says of us is none.
    """
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.member_id is None or mail.state not in ("waiting", "sending"):
        return
    mail.state = "refused" if is_refused else "given_up"
    if is_recipient:
        count_return(session, mail=mail, is_permanent=is_refused)
    # Not at once: what was refused of one mail, may be of the next.
    release(session, mail=mail, notice_ids=mail.notice_ids, wait=A_DAY)


def release(
    session: Session, *, mail: Mail, notice_ids: Sequence[UUID], wait: timedelta = agendas.NO_TIME
) -> None:
    """Let notices that a mail does not tell after all be planned again."""
    if mail.member_id is None or not notice_ids:
        return
    its = (Notice.id.in_(notice_ids), Notice.mailed_at == mail.planned_at)
    session.execute(update(Notice).where(*its).values(mailed_at=None))
    agendas.request_look(session, member_id=mail.member_id, wait=wait)


def hold(session: Session, *, mail: Mail, notice_ids: Sequence[UUID]) -> None:
    """What a mail tells, whoever came since it was planned, is told by no other."""
    its = update(Notice).where(Notice.id.in_(notice_ids))
    session.execute(its.values(mailed_at=mail.planned_at))


def _decide(session: Session, member_id: UUID, zone: str) -> Plan:
    now = clock.now()
    wanted, chosen_at = find_preferences(session, member_id, zone)
    address = session.get(Address, member_id)
    member = session.get(MemberRef, member_id)
    is_reached = address is not None and address.is_confirmed
    if not is_reached or member is None or member.state != members.ACTIVE:
        return Plan()
    assert address is not None
    pending = list_pending(session, member_id=member_id)
    since = max(address.changed_at, chosen_at or address.changed_at)
    past = _past(session, address, since, shown=len(pending))
    return planning.plan(now, wanted, pending, past)


def _past(session: Session, address: Address, since: datetime, *, shown: int) -> Past:
    """What a member was mailed in the last month, and how it is with them."""
    now, member_id = clock.now(), address.member_id
    recent = now - planning.TRIED_AGAIN - planning.LATE
    at = func.coalesce(Mail.sent_at, Mail.planned_at)
    its = (Mail.member_id == member_id, Mail.state != "void", Mail.planned_at > recent)
    found = session.execute(select(at, Mail.kind, Mail.object_id).where(*its).order_by(at)).all()
    arrived = select(func.max(at)).where(*its, Mail.state == "sent")
    recover(session, member_id=member_id, tried_at=session.scalar(arrived))
    days = select(Digest.day).where(Digest.member_id == member_id, Digest.day > recent.date())
    mailbox = session.get(Mailbox, member_id, populate_existing=True)
    visit = session.get(Visit, member_id, populate_existing=True)
    agenda = session.get(Agenda, member_id, populate_existing=True)
    confirmed_on = address.changed_at.date()
    kept = _KEPT.rows(session, viewer_id=member_id, now=now)[0]
    return Past(
        since=since,
        seen_on=max(visit.day, confirmed_on) if visit else confirmed_on,
        looked_at=agenda.looked_at if agenda else None,
        mails=[(sent_at, cast(Kind, kind), about) for sent_at, kind, about in found],
        digest_days=frozenset(session.scalars(days)),
        farewell_at=mailbox.farewell_at if mailbox else None,
        is_bounced=get_mail_state(session, member_id) == "bounced",
        next_at=kept.next_at,
        has_hidden=kept.count > shown,
    )


def _keep(session: Session, member_id: UUID, planned: Planned) -> None:
    now, mail_id = clock.now(), new_id()
    its = (Notice.id.in_(planned.notice_ids), Notice.mailed_at.is_(None))
    session.execute(update(Notice).where(*its).values(mailed_at=now))
    session.add(
        Mail(
            id=mail_id,
            member_id=member_id,
            kind=planned.kind,
            object_id=planned.object_id,
            notice_ids=list(planned.notice_ids),
            planned_at=now,
            sent_at=None,
            state="waiting",
        )
    )
    if planned.day is not None:
        session.add(Digest(member_id=member_id, day=planned.day, mail_id=mail_id))
    if planned.kind == "farewell":
        lock_mailbox(session, member_id=member_id).farewell_at = now
    waiting = {**first_try(), "id": mail_id, "kind": planned.kind, "member_id": member_id}
    session.execute(insert(MailTry).values(**waiting, created_at=now))
    session.flush()


def _is_unmailed() -> Any:
    return (
        (Notice.member_id == viewer())
        & Notice.is_unread
        & Notice.mailed_at.is_(None)
        & Notice.told_at.is_not(None)
    )


def _pending() -> Statement:
    its = (Notice.id, Notice.kind, Notice.object_id, Notice.happened_at, Notice.told_at)
    pending = select(*its, Notice.class_.label("class_")).where(
        _is_unmailed(),
        conditions.now() - literal(MAILED_WITHIN) < _NEWS_AT,
        access.is_unread(),
        access.is_shown(),
    )
    return Statement(pending.order_by(Notice.told_at, Notice.id))


def _kept() -> Statement:
    """How many notices no mail told, shown or not, and when the next of those to come happens."""
    now = bindparam("now", type_=Notice.happened_at.type)
    is_now = Notice.happened_at <= now
    kept = select(
        func.count().filter(is_now).label("count"),
        func.min(Notice.happened_at).filter(~is_now).label("next_at"),
    )
    return Statement(kept.where(_is_unmailed(), now - literal(MAILED_WITHIN) < _NEWS_AT))


# What begins later is news when it does.
_NEWS_AT = func.greatest(Notice.told_at, Notice.happened_at)
_PENDING, _KEPT = _pending(), _kept()
