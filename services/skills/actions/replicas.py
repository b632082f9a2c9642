"""What skills keeps of other services' facts: members, posts and their likes."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from chassis import context, erasure, members
from chassis.folding import folded_phrase
from chassis.replicas import upsert_newer
from contracts.discussion import (
    AnswerAccepted,
    AnswerUnaccepted,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
)
from contracts.identity import MemberEvent
from contracts.social import MemberFollowed, MemberUnfollowed
from services.skills.detection.prose import prose_of
from services.skills.detection.versions import as_kept
from services.skills.models import (
    AcceptRef,
    Attribution,
    BlockRef,
    Contest,
    Contribution,
    DueLiker,
    DuePost,
    FollowRef,
    Fortnight,
    LateVoice,
    LikeRef,
    MemberRef,
    Mention,
    PostRef,
    PostVoice,
    Skill,
    SkillGrowth,
    SkillPair,
    Supporter,
    UnknownKeyword,
)
from services.skills.rules import WEIGHING

# What follows from others' facts, and these; in the order in which they refer to each other.
DERIVED = (
    *(UnknownKeyword, Contribution, LateVoice, PostVoice, Mention, Fortnight, Supporter),
    *(SkillPair, SkillGrowth),
    *(AcceptRef, DueLiker, DuePost, LikeRef, PostRef, MemberRef, FollowRef, BlockRef),
)
_SUMS = (
    *("evidence", "strength", "by_answers", "by_branch", "voices", "all_voices", "liker_count"),
    *("evidence_count", "answer_count", "fortnight_count"),
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
    also = ("is_proposable", "sponsor_id", "organisation")
    members.keep_members(session, MemberRef, events, also=also, made=_SEARCHED)
    after = _states(session, ids)
    left = [event.member_id for event in events if event.state == members.LEFT]
    session.execute(delete(Contest).where(Contest.member_id.in_(left)))
    return Turned(
        likers=_turned(before, after, members.SUSPENDED),
        authors=_turned(before, after, members.LEFT),
    )


@dataclass(frozen=True)
class Kept:
    """Posts that changed, and of these those that were not told before, or are removed."""

    changed: set[UUID]
    appeared: set[UUID]


def keep_posts(session: Session, events: Sequence[PostPublished | PostRemoved]) -> Kept:
    """Keep posts, the highest revision of each.

    Of one that was removed no word is left, not in events that failed before either.
    """
    if not events:
        return Kept(set(), set())
    rows = [_removed(event) if isinstance(event, PostRemoved) else _row(event) for event in events]
    gone = {event.post_id for event in events if isinstance(event, PostRemoved)}
    erasure.forget_subjects(session, types=[PostPublished.type, PostEdited.type], ids=gone)
    ids = [event.post_id for event in events]
    told = set(session.scalars(select(PostRef.id).where(PostRef.id.in_(ids), PostRef.revision > 0)))
    changed = {post_id for (post_id,) in upsert_newer(session, PostRef, rows)}
    return Kept(changed, (changed - told) | (changed & gone))


def keep_likes(
    session: Session, events: Sequence[PostLiked | PostUnliked]
) -> set[tuple[UUID, UUID]]:
    """Keep likes, the highest revision of each pair; returns the pairs that changed."""
    rows = [
        {
            "post_id": event.post_id,
            "liker_id": event.liker_id,
            "is_liked": event.state == "liked",
            "liked_at": event.liked_at,
            "is_imported": context.is_imported(),
            "revision": event.revision,
        }
        for event in events
    ]
    return {(post_id, liker_id) for post_id, liker_id in upsert_newer(session, LikeRef, rows)}


def keep_accepts(
    session: Session, events: Sequence[AnswerAccepted | AnswerUnaccepted]
) -> set[UUID]:
    """Keep which answers are accepted; returns the questions of which that changed."""
    rows = [
        {
            "question_id": event.question_id,
            "answer_id": event.answer_id,
            "asker_id": event.asker_id,
            "is_accepted": event.state == "accepted",
            "accepted_at": event.changed_at,
            "revision": event.revision,
        }
        for event in events
    ]
    return {question_id for (question_id,) in upsert_newer(session, AcceptRef, rows)}


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


def empty(session: Session) -> None:
    """Forget posts, likes, members and what follows from them; the catalogue stays.

    Attributions stand at level 0, as a change that was told to nobody: one that is reached again is
    told as it rises, and one that is not is taken back by telling listeners again.
    """
    for model in DERIVED:
        session.execute(delete(model))
    session.execute(update(Skill).values(post_count=0))
    falls = case((Attribution.level > 0, 1), else_=0)
    nothing = {**dict.fromkeys(_SUMS, 0), "last_evidence_at": None, "level": 0}
    session.execute(update(Attribution).values(**nothing, revision=Attribution.revision + falls))


_SEARCHED: Mapping[str, Callable[[MemberEvent], str]] = {
    "company_words": lambda event: folded_phrase(event.company),
    "location_words": lambda event: folded_phrase(event.location),
}


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
        "earlier": _earlier_of(event),
        "audience": event.audience,
        "weighing": WEIGHING,
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
        "earlier": "[]",
        "audience": "members",
        "weighing": WEIGHING,
        "published_at": None,
        "removed_at": event.removed_at,
        "revision": event.revision,
    }


def _earlier_of(event: PostPublished) -> str:
    return json.dumps([as_kept(version) for version in event.earlier])


def _prose_of(event: PostPublished) -> str:
    """What readers see; an earlier release told the Markdown alone."""
    return prose_of(event.body) if event.prose is None else event.prose
