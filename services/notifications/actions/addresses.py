"""Keeping where members read mail."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis import clock
from chassis.replicas import upsert_newer
from contracts.identity import AddressConfirmed
from services.notifications.actions import agendas, broadcasts
from services.notifications.actions.telling import find_left
from services.notifications.models import Address


def keep_addresses(session: Session, events: Sequence[AddressConfirmed]) -> None:
    """Keep the latest that is told of each member; nothing of somebody who left.

    Their leaving, which erases it, comes wholly before or after this.
    """
    broadcasts.hold(session, (event.member_id for event in events))
    left = find_left(session, {event.member_id for event in events})
    rows = [
        {
            "member_id": event.member_id,
            "email": event.email,
            "is_confirmed": event.state == "confirmed",
            "changed_at": event.changed_at,
            "revision": event.revision,
        }
        for event in events
        if event.member_id not in left
    ]
    changed = upsert_newer(session, Address, rows)
    # What waits for who can be mailed from now on is looked at in its turn.
    reached = [key[0] for key in changed]
    agendas.request_looks(session, reached, now=clock.now())
