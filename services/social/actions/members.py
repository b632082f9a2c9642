"""Keeping social's replica of the members."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.convergence import upsert_newer
from contracts.identity import MemberJoined
from services.social.models import MemberRef


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


def empty(session: Session) -> None:
    """Let identity's history win over every row; follows refer to them, so none is deleted."""
    session.execute(update(MemberRef).values(revision=0))
