"""Keeping skills' replica of the members."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.convergence import upsert_newer
from contracts.identity import MemberJoined
from services.skills.models import MemberRef


def record_members(session: Session, events: Sequence[MemberJoined]) -> None:
    """Keep what identity tells, the highest revision of each member."""
    rows = [
        {
            "id": event.member_id,
            "name": event.name,
            "headline": event.headline,
            "portrait_url": event.portrait_url,
            "state": event.state,
            "revision": event.revision,
        }
        for event in events
    ]
    upsert_newer(session, MemberRef, rows)
