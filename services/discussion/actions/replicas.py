"""Keeping discussion's replicas: who is a member, who follows and who blocks whom."""

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from chassis import members
from chassis.replicas import upsert_newer
from contracts.identity import MemberEvent, MemberLeft
from contracts.social import MemberBlocked, MemberFollowed, MemberUnblocked, MemberUnfollowed
from services.discussion.actions import removal
from services.discussion.models import BlockRef, FollowRef, MemberRef


def keep_members(session: Session, events: Sequence[MemberEvent]) -> None:
    """Keep what identity tells, the highest revision of each member.

    Removes the posts of members who left and took them along.
    """
    members.keep_members(session, MemberRef, events)
    takers = {e.member_id for e in events if isinstance(e, MemberLeft) and e.removes_posts}
    removal.remove_posts_of(session, takers)


def keep_follows(session: Session, events: Sequence[MemberFollowed | MemberUnfollowed]) -> None:
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


def keep_blocks(session: Session, events: Sequence[MemberBlocked | MemberUnblocked]) -> None:
    """Keep who blocks whom, the highest revision of each pair."""
    rows = [
        {
            "blocker_id": event.blocker_id,
            "blocked_id": event.blocked_id,
            "is_blocking": event.state == "blocked",
            "revision": event.revision,
        }
        for event in events
    ]
    upsert_newer(session, BlockRef, rows)


def empty(session: Session) -> None:
    """Forget follows and blocks, and let identity's history win over every member's row.

    Posts refer to their authors, so no member is deleted.
    """
    session.execute(delete(FollowRef))
    session.execute(delete(BlockRef))
    session.execute(update(MemberRef).values(revision=0))
