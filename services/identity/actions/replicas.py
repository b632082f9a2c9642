"""What identity keeps of others' facts: first steps, and what members know and follow."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.replicas import upsert_newer
from chassis.slugs import slug_of
from contracts.discussion import PostPublished
from contracts.skills import SkillAttributed, SkillWithdrawn
from contracts.social import KeywordFollowed, KeywordUnfollowed
from services.identity.models import FirstStep, KeywordFollowRef, Member, SkillRef


def keep_posts(session: Session, events: Sequence[PostPublished]) -> None:
    """Keep when each author first published: the earliest, in whatever order it is heard."""
    first: dict[UUID, Any] = {}
    left = _find_left(session, {event.author_id for event in events})
    for event in events:
        if event.author_id in left:
            continue
        known = first.get(event.author_id, event.published_at)
        first[event.author_id] = min(known, event.published_at)
    rows = [{"member_id": author, "post_at": at} for author, at in sorted(first.items())]
    if not rows:
        return
    statement = insert(FirstStep).values(rows)
    is_earlier = FirstStep.post_at.is_(None) | (statement.excluded.post_at < FirstStep.post_at)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["member_id"],
            set_={"post_at": statement.excluded.post_at},
            where=is_earlier,
        )
    )


def keep_skill(session: Session, *, event: SkillAttributed | SkillWithdrawn) -> None:
    """Keep a member's skill as it is now, and the first one that they ever had."""
    if _find_left(session, {event.member_id}):
        return
    row = {
        "member_id": event.member_id,
        "slug": event.skill,
        "slug_en": slug_of(event.label_en),
        "slug_fr": slug_of(event.label_fr),
        "is_held": event.state == "held",
        "revision": event.revision,
    }
    upsert_newer(session, SkillRef, [row])
    if event.state != "held" or event.last_evidence_at is None:
        return
    statement = insert(FirstStep).values(
        member_id=event.member_id,
        skill_slug=event.skill,
        skill_label_en=event.label_en,
        skill_label_fr=event.label_fr,
        skill_at=event.last_evidence_at,
    )
    new = statement.excluded
    is_earlier = FirstStep.skill_at.is_(None) | (new.skill_at < FirstStep.skill_at)
    columns = ("skill_slug", "skill_label_en", "skill_label_fr", "skill_at")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["member_id"],
            set_={name: new[name] for name in columns},
            where=is_earlier,
        )
    )


def keep_keyword_follows(
    session: Session, events: Sequence[KeywordFollowed | KeywordUnfollowed]
) -> None:
    """Keep who follows which keyword, the highest revision of each pair."""
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
    upsert_newer(session, KeywordFollowRef, rows)


def empty(session: Session) -> None:
    """Forget skills and keywords before they are heard anew; first steps are kept for good."""
    session.execute(delete(SkillRef))
    session.execute(delete(KeywordFollowRef))


def _find_left(session: Session, member_ids: set[UUID]) -> set[UUID]:
    """Who of them has left: of those nothing is kept again.

    The rows are held, so that nobody leaves between this and what follows from it.
    """
    statement = (
        select(Member.id, Member.state)
        .where(Member.id.in_(member_ids))
        .order_by(Member.id)
        .with_for_update(read=True)
    )
    return {row.id for row in session.execute(statement) if row.state == "left"}
