"""Keeping discussion's replicas: who is a member, who follows whom."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import members
from chassis.replicas import upsert_newer
from chassis.slugs import slug_of
from contracts.identity import MemberEvent, MemberLeft
from contracts.skills import SkillAttributed, SkillMerged, SkillRenamed, SkillWithdrawn
from contracts.social import (
    KeywordFollowed,
    KeywordUnfollowed,
    MemberFollowed,
    MemberUnfollowed,
)
from services.discussion.actions import removal
from services.discussion.actions.keywords import count_followers
from services.discussion.models import (
    AnswerRequest,
    BlockRef,
    FollowRef,
    KeywordFollowRef,
    MemberRef,
    Report,
    SkillEntryRef,
    SkillRef,
)


def keep_members(session: Session, events: Sequence[MemberEvent]) -> None:
    """Keep what identity tells, the highest revision of each member.

    Removes the posts of members who left and took them along.
    """
    members.keep_members(session, MemberRef, events, also=("asks_per_week",))
    gone = [event.member_id for event in events if event.state == members.LEFT]
    if gone:
        theirs_slugs = KeywordFollowRef.member_id.in_(gone)
        followed = set(session.scalars(select(KeywordFollowRef.slug).where(theirs_slugs)))
        for theirs in (SkillRef.member_id, KeywordFollowRef.member_id, AnswerRequest.member_id):
            session.execute(delete(theirs.class_).where(theirs.in_(gone)))
        count_followers(session, sorted(followed))
        words = update(Report).where(Report.reporter_id.in_(gone)).values(word="")
        session.execute(words)
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


def keep_keyword_follows(
    session: Session, events: Sequence[KeywordFollowed | KeywordUnfollowed]
) -> None:
    """Keep who follows which keyword, the highest revision of each pair, and count them."""
    left = _find_left(session, {event.member_id for event in events})
    rows = [
        {
            "member_id": event.member_id,
            "slug": event.slug,
            "is_following": event.state == "followed",
            "revision": event.revision,
        }
        for event in events
        if event.member_id not in left
    ]
    changed = upsert_newer(session, KeywordFollowRef, rows)
    count_followers(session, sorted({slug for _, slug in changed}))


def keep_skills(session: Session, events: Sequence[SkillAttributed | SkillWithdrawn]) -> None:
    """Keep members' skills as they are now."""
    left = _find_left(session, {event.member_id for event in events})
    rows = [
        {
            "member_id": event.member_id,
            "slug": event.skill,
            "slug_en": slug_of(event.label_en),
            "slug_fr": slug_of(event.label_fr),
            "is_held": event.state == "held",
            "revision": event.revision,
        }
        for event in events
        if event.member_id not in left
    ]
    upsert_newer(session, SkillRef, rows)


def keep_skill_entries(session: Session, events: Sequence[SkillMerged | SkillRenamed]) -> None:
    """Keep what skills are called, and where they lead, the highest revision of each."""
    rows = [
        {
            "slug": event.slug,
            "slug_en": slug_of(event.label_en),
            "slug_fr": slug_of(event.label_fr),
            "into_slug": event.into,
            "revision": event.revision,
        }
        for event in events
    ]
    upsert_newer(session, SkillEntryRef, rows)


def _find_left(session: Session, member_ids: set[UUID]) -> set[UUID]:
    """Who of them has left: of those nothing is kept again. Nobody leaves meanwhile."""
    known = select(MemberRef.id, MemberRef.state).where(MemberRef.id.in_(member_ids))
    held = known.order_by(MemberRef.id).with_for_update(read=True)
    return {row.id for row in session.execute(held) if row.state == members.LEFT}


def empty(session: Session) -> None:
    """Forget follows and blocks, and let identity's history win over every member's row.

    Posts refer to their authors, so no member is deleted.
    """
    session.execute(delete(FollowRef))
    for replica in (BlockRef, KeywordFollowRef, SkillRef, SkillEntryRef):
        session.execute(delete(replica))
    session.execute(update(MemberRef).values(revision=0))
