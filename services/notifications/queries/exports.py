"""A member's own data, for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import Notice


@dataclass(frozen=True)
class Export:
    """What notifications keeps of a member."""

    notices: Sequence[Notice]


def get_export(session: Session, *, member_id: UUID) -> Export:
    """What a member was told, the oldest first."""
    theirs = select(Notice).where(Notice.member_id == member_id)
    return Export(session.scalars(theirs.order_by(Notice.happened_at, Notice.id)).all())
