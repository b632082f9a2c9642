"""Keeping projects' replicas: members, whom they follow and block, their skills, who was asked."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import members
from chassis.replicas import upsert_newer
from contracts.discussion import AnswerRequested
from contracts.identity import MemberEvent, MemberLeft
from contracts.skills import SkillAttributed, SkillWithdrawn
from contracts.social import MemberFollowed, MemberUnfollowed
from services.projects.actions.leaving import end_all_of
from services.projects.models import AttributionRef, BlockRef, FollowRef, HeardAsk, MemberRef


def keep_members(session: Session, events: Sequence[MemberEvent]) -> None:
    """Keep what identity tells, the highest revision of each; ends what leavers were here.

    Records what `end_all_of` records.
    """
    also = ("is_proposable", "asks_per_week", "joined_at")
    members.keep_members(session, MemberRef, events, also=also)
    gone = {event.member_id for event in events if event.state == members.LEFT}
    takers = {e.member_id for e in events if isinstance(e, MemberLeft) and e.removes_posts}
    if gone:
        end_all_of(session, gone, takers=takers)


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


def keep_attributions(session: Session, events: Sequence[SkillAttributed | SkillWithdrawn]) -> None:
    """Keep members' skills as they are now."""
    left = _find_left(session, {event.member_id for event in events})
    rows = [
        {
            "member_id": event.member_id,
            "skill": event.skill,
            "label_en": event.label_en,
            "label_fr": event.label_fr,
            "level": event.level,
            "score": event.score,
            "is_held": event.state == "held",
            "is_hidden": event.is_hidden,
            "revision": event.revision,
        }
        for event in events
        if event.member_id not in left
    ]
    upsert_newer(session, AttributionRef, rows)


def keep_asks(session: Session, events: Sequence[AnswerRequested]) -> None:
    """Keep who was asked to answer what, and when."""
    left = _find_left(session, {event.member_id for event in events})
    rows = [
        {
            "question_id": event.question_id,
            "member_id": event.member_id,
            "asked_at": event.requested_at,
        }
        for event in events
        if event.member_id not in left
    ]
    if rows:
        session.execute(insert(HeardAsk).values(rows).on_conflict_do_nothing())


def empty(session: Session) -> None:
    """Forget what others tell again, and let identity's history win over every member's row.

    Projects refer to their members, so none is deleted. Who was asked to answer is told once.
    """
    for replica in (FollowRef, BlockRef, AttributionRef):
        session.execute(delete(replica))
    session.execute(update(MemberRef).values(revision=0))


def _find_left(session: Session, member_ids: set[UUID]) -> set[UUID]:
    """Who of them has left: of those nothing is kept again. Nobody leaves meanwhile."""
    known = select(MemberRef.id, MemberRef.state).where(MemberRef.id.in_(member_ids))
    held = known.order_by(MemberRef.id).with_for_update(read=True)
    return {row.id for row in session.execute(held) if row.state == members.LEFT}
