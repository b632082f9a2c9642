"""A member's own data, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import Address, Mail, Notice, Preference, Visit


@dataclass(frozen=True)
class Export:
    """What notifications keeps of a member."""

    address: Address | None
    preferences: Preference | None
    looked_on: date | None
    notices: Sequence[Notice]
    mails: Sequence[Mail]


def get_export(session: Session, *, member_id: UUID) -> Export:
    """Where a member reads mail, how they want to be told, and what they were, the oldest first."""
    notices = select(Notice).where(Notice.member_id == member_id)
    mails = select(Mail).where(Mail.member_id == member_id)
    visit = session.get(Visit, member_id)
    return Export(
        address=session.get(Address, member_id),
        preferences=session.get(Preference, member_id),
        looked_on=visit.day if visit else None,
        notices=session.scalars(notices.order_by(Notice.happened_at, Notice.id)).all(),
        mails=session.scalars(mails.order_by(Mail.planned_at, Mail.id)).all(),
    )
