"""Keeping discussion's replicas: who is a member, who follows whom."""

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from chassis.convergence import upsert_newer
from contracts.identity import MemberJoined
from contracts.social import MemberFollowed, MemberUnfollowed
from services.discussion.models import FollowRef, MemberRef


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


def record_follows(session: Session, events: Sequence[MemberFollowed | MemberUnfollowed]) -> None:
    """Keep who follows whom, the highest revision of each pair."""
    rows = [
        {
            "follower_id": event.follower_id,
            "followed_id": event.followed_id,
            "is_following": event.state == "followed",
            "revision": event.revision,
        }
        for event in events
    ]
    upsert_newer(session, FollowRef, rows)


def empty(session: Session) -> None:
    """Forget the follows and let identity's history win over every member's row.

    Posts refer to their authors, so no member is deleted.
    """
    session.execute(delete(FollowRef))
    session.execute(update(MemberRef).values(revision=0))
