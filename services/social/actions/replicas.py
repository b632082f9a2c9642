"""Keeping social's replica of the members."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import members
from contracts.identity import MemberEvent
from services.social.actions.leaving import end_follows
from services.social.models import MemberRef


def keep_members(session: Session, events: Sequence[MemberEvent]) -> None:
    """Keep what identity tells, the highest revision of each member; ends what a leaver followed.

    Records `member.unfollowed` and `keyword.unfollowed` for those that stood.
    """
    members.keep_members(session, MemberRef, events)
    end_follows(session, [event.member_id for event in events if event.state == members.LEFT])


def empty(session: Session) -> None:
    """Let identity's history win over every row; follows refer to them, so none is deleted."""
    session.execute(update(MemberRef).values(revision=0))
