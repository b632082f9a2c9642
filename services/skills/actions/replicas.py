"""What skills keeps of other services' facts: members, posts and their likes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import erasure, members
from chassis.replicas import upsert_newer
from contracts.discussion import PostEdited, PostLiked, PostPublished, PostRemoved, PostUnliked
from contracts.identity import MemberEvent
from services.skills.detection.prose import prose_of
from services.skills.models import (
    Attribution,
    Evidence,
    LikeRef,
    MemberRef,
    Mention,
    PostRef,
    Skill,
    SkillPair,
)


@dataclass(frozen=True)
class Turned:
    """Members whose likes begin or cease to count, and those who hold attributions no more."""

    likers: set[UUID]
    authors: set[UUID]


def keep_members(session: Session, events: Sequence[MemberEvent]) -> Turned:
    """Keep members, the highest revision of each; returns whose state turned.

    The caller holds their locks.
    """
    if not events:
        return Turned(set(), set())
    ids = {event.member_id for event in events}
    before = _states(session, ids)
    members.keep_members(session, MemberRef, events)
    after = _states(session, ids)
    return Turned(
        likers=_turned(before, after, members.SUSPENDED),
        authors=_turned(before, after, members.LEFT),
    )


def keep_posts(session: Session, events: Sequence[PostPublished | PostRemoved]) -> set[UUID]:
    """Keep posts, the highest revision of each; returns those that changed.

    Of one that was removed no word is left, not in events that failed before either.
    """
    rows = [_removed(event) if isinstance(event, PostRemoved) else _row(event) for event in events]
    gone = {event.post_id for event in events if isinstance(event, PostRemoved)}
    erasure.forget_subjects(session, types=[PostPublished.type, PostEdited.type], ids=gone)
    return {post_id for (post_id,) in upsert_newer(session, PostRef, rows)}


def keep_likes(session: Session, events: Sequence[PostLiked | PostUnliked]) -> set[UUID]:
    """Keep likes, the highest revision of each pair; returns the posts whose likes changed."""
    rows = [
        {
            "post_id": event.post_id,
            "liker_id": event.liker_id,
            "is_liked": event.state == "liked",
            "liked_at": event.liked_at,
            "revision": event.revision,
        }
        for event in events
    ]
    return {post_id for post_id, _ in upsert_newer(session, LikeRef, rows)}


def empty(session: Session) -> None:
    """Forget posts, likes, members and what follows from them; the catalogue stays.

    Attributions keep their revision, which listeners compare, and stand at level 0.
    """
    for model in (Evidence, Mention, SkillPair, LikeRef, PostRef, MemberRef):
        session.execute(delete(model))
    session.execute(update(Skill).values(post_count=0))
    session.execute(
        update(Attribution).values(
            strength=0.0,
            voices=0.0,
            liker_count=0,
            evidence_count=0,
            last_evidence_at=None,
            level=0,
        )
    )


def _states(session: Session, member_ids: Collection[UUID]) -> dict[UUID, str]:
    statement = select(MemberRef.id, MemberRef.state).where(MemberRef.id.in_(member_ids))
    return {row.id: row.state for row in session.execute(statement)}


def _turned(before: Mapping[UUID, str], after: Mapping[UUID, str], state: str) -> set[UUID]:
    """The members that came into a state or out of it; an unknown one was in none."""
    return {one for one in after if (before.get(one) == state) != (after[one] == state)}


def _row(event: PostPublished) -> dict[str, Any]:
    return {
        "id": event.post_id,
        "kind": event.kind,
        "author_id": event.author_id,
        "question_id": event.question_id,
        "title": event.title,
        "prose": _prose_of(event),
        "keywords": "\n".join(one.written or one.label for one in event.keywords),
        "audience": event.audience,
        "published_at": event.published_at,
        "removed_at": None,
        "revision": event.revision,
    }


def _removed(event: PostRemoved) -> dict[str, Any]:
    """The same whether the post's words were ever heard or not."""
    return {
        "id": event.post_id,
        "kind": event.kind,
        "author_id": event.author_id,
        "question_id": event.question_id,
        "title": "",
        "prose": "",
        "keywords": "",
        "audience": "members",
        "published_at": None,
        "removed_at": event.removed_at,
        "revision": event.revision,
    }


def _prose_of(event: PostPublished) -> str:
    """What readers see; an earlier release told the Markdown alone."""
    return prose_of(event.body) if event.prose is None else event.prose
