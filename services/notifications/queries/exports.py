"""A member's own data, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import Address, Notice


@dataclass(frozen=True)
class Export:
    """What notifications keeps of a member."""

    address: Address | None
    notices: Sequence[Notice]


def get_export(session: Session, *, member_id: UUID) -> Export:
    """Where a member reads mail, and what they were told, the oldest first."""
    theirs = select(Notice).where(Notice.member_id == member_id)
    notices = session.scalars(theirs.order_by(Notice.happened_at, Notice.id)).all()
    return Export(address=session.get(Address, member_id), notices=notices)
