"""Keeping what discussion tells: posts and their likes."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from chassis import erasure
from chassis.convergence import upsert_newer
from contracts.discussion import PostLiked, PostPublished, PostRemoved, PostUnliked
from services.skills.detection import prose_of
from services.skills.models import LikeRef, PostRef


def lock_posts(
    session: Session,
    *,
    told: Sequence[PostPublished | PostRemoved],
    likes: Sequence[PostLiked | PostUnliked],
    more: Collection[UUID],
) -> None:
    """Lock every post concerned, all in id order; one that is not told yet gets a stub.

    An answer and its question, or a like and its post, that two workers handle at the
    same time wait for each other here, so that the later one sees both.
    """
    named = {event.post_id for event in (*told, *likes)}
    named |= {event.question_id for event in told if event.question_id}
    if named:
        stubs = insert(PostRef).values([{"id": post_id} for post_id in sorted(named)])
        session.execute(stubs.on_conflict_do_nothing(index_elements=["id"]))
    if not named and not more:
        return
    wanted = select(func.unnest(cast(sorted(named | set(more)), ARRAY(Uuid))))
    is_answer_of_told = PostRef.question_id.in_({event.post_id for event in told})
    rows = select(PostRef.id).where(or_(PostRef.id.in_(wanted), is_answer_of_told))
    session.execute(rows.order_by(PostRef.id).with_for_update())


def record_posts(session: Session, told: Sequence[PostPublished | PostRemoved]) -> set[UUID]:
    """Keep posts, the highest revision of each; returns those that changed.

    Of one that was removed no word is left, in what failed before neither.
    """
    rows = [_removed(event) if isinstance(event, PostRemoved) else _row(event) for event in told]
    gone = {event.post_id for event in told if isinstance(event, PostRemoved)}
    erasure.forget_subjects(session, types=[PostPublished.type], ids=gone)
    return {post_id for (post_id,) in upsert_newer(session, PostRef, rows)}


def record_likes(session: Session, events: Sequence[PostLiked | PostUnliked]) -> set[UUID]:
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


def _row(event: PostPublished) -> dict[str, Any]:
    return {
        "id": event.post_id,
        "kind": event.kind,
        "author_id": event.author_id,
        "question_id": event.question_id,
        "title": event.title,
        "text": _text_of(event),
        "published_at": event.published_at,
        "removed_at": None,
        "revision": event.revision,
    }


def _removed(event: PostRemoved) -> dict[str, Any]:
    """The same whether the post was ever told with its words or not."""
    return {
        "id": event.post_id,
        "kind": event.kind,
        "author_id": event.author_id,
        "question_id": event.question_id,
        "title": "",
        "text": "",
        "published_at": None,
        "removed_at": event.removed_at,
        "revision": event.revision,
    }


def _text_of(event: PostPublished) -> str:
    # A paragraph each: no phrase is found across the border of two keywords.
    labels = [keyword.label for keyword in event.keywords]
    return "\n\n".join([event.title, *labels, prose_of(event.body)])
