"""A member's devices that are told at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.claims import Claims
from services.notifications.models import PushSubscription


class SubscriptionView(msgspec.Struct, frozen=True):
    """A device as its member sees it."""

    id: UUID
    endpoint: str
    is_current: bool
    created_at: datetime

    @classmethod
    def of(cls, row: PushSubscription, viewer: Claims) -> "SubscriptionView":
        """From a row, for who asks."""
        return cls(row.id, row.endpoint, row.session_id == viewer.session_id, row.created_at)


class SubscriptionsView(msgspec.Struct, frozen=True):
    """All of one's devices, and the key that browsers subscribe with, if there is one."""

    public_key: str | None
    items: Sequence[SubscriptionView]


def get_subscriptions(
    session: Session, *, viewer: Claims, public_key: str | None
) -> SubscriptionsView:
    """One's own, the first that was switched on first."""
    mine = select(PushSubscription).where(PushSubscription.member_id == viewer.id)
    rows = session.scalars(mine.order_by(PushSubscription.created_at, PushSubscription.id))
    return SubscriptionsView(public_key, [SubscriptionView.of(row, viewer) for row in rows])
