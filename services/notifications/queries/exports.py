"""A member's own data, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import (
    Address,
    Ask,
    Ladder,
    Mail,
    Mailbox,
    MailReturn,
    Notice,
    Preference,
    Push,
    PushSubscription,
    SparedSkill,
    Visit,
)


@dataclass(frozen=True)
class Export:
    """What notifications keeps of a member."""

    address: Address | None
    preferences: Preference | None
    looked_on: date | None
    notices: Sequence[Notice]
    mails: Sequence[Mail]
    mailbox: Mailbox | None
    mail_returns: Sequence[MailReturn]
    asks: Sequence[Ask]
    spared_skills: Sequence[SparedSkill]
    ladders: Sequence[Ladder]
    push_subscriptions: Sequence[PushSubscription]
    pushes: Sequence[Push]


def get_export(session: Session, *, member_id: UUID) -> Export:
    """Where a member reads mail, how they want to be told, and what they were, the oldest first.

    So of what they were asked, and of what they let ask others.
    """
    notices = select(Notice).where(Notice.member_id == member_id)
    mails = select(Mail).where(Mail.member_id == member_id)
    returned = select(MailReturn).where(MailReturn.member_id == member_id)
    asks = select(Ask).where(Ask.member_id == member_id)
    spared = select(SparedSkill).where(SparedSkill.member_id == member_id)
    ladders = select(Ladder).where(Ladder.asker_id == member_id)
    devices = select(PushSubscription).where(PushSubscription.member_id == member_id)
    pushes = select(Push).where(Push.member_id == member_id)
    visit = session.get(Visit, member_id)
    return Export(
        address=session.get(Address, member_id),
        preferences=session.get(Preference, member_id),
        looked_on=visit.day if visit else None,
        notices=session.scalars(notices.order_by(Notice.happened_at, Notice.id)).all(),
        mails=session.scalars(mails.order_by(Mail.planned_at, Mail.id)).all(),
        mailbox=session.get(Mailbox, member_id),
        mail_returns=session.scalars(returned.order_by(MailReturn.returned_at)).all(),
        asks=session.scalars(asks.order_by(Ask.asked_at, Ask.question_id)).all(),
        spared_skills=session.scalars(spared.order_by(SparedSkill.skill)).all(),
        ladders=session.scalars(ladders.order_by(Ladder.asked_at, Ladder.question_id)).all(),
        push_subscriptions=session.scalars(devices.order_by(PushSubscription.id)).all(),
        pushes=session.scalars(pushes.order_by(Push.planned_at, Push.id)).all(),
    )
