"""Keeping what discussion tells: posts and their likes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.convergence import upsert_newer
from contracts.discussion import PostLiked, PostPublished, PostUnliked
from services.skills.actions import evidence, mentions
from services.skills.detection import prose_of
from services.skills.models import LikeRef, PostRef


def record_posts(session: Session, events: Sequence[PostPublished]) -> None:
    """Keep posts and find their skills; likes that came before them begin to count."""
    rows = [
        {
            "id": event.post_id,
            "kind": event.kind,
            "author_id": event.author_id,
            "question_id": event.question_id,
            "title": event.title,
            "text": _text_of(event),
            "published_at": event.published_at,
            "revision": event.revision,
        }
        for event in events
    ]
    questions = {event.question_id for event in events if event.question_id}
    _lock(session, {event.post_id for event in events} | questions)
    changed = upsert_newer(session, PostRef, rows)
    mentions.detect(session, {post_id for (post_id,) in changed})


def record_likes(session: Session, events: Sequence[PostLiked | PostUnliked]) -> None:
    """Keep likes and weigh their posts anew."""
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
    changed = upsert_newer(session, LikeRef, rows)
    if changed:
        post_ids = {post_id for post_id, _ in changed}
        _lock(session, post_ids)
        evidence.weigh(session, post_ids)


def _lock(session: Session, post_ids: set[UUID]) -> None:
    """Lock the posts' rows in id order; one that is not told yet gets a stub.

    An answer and its question, or a like and its post, that two workers handle at the
    same time wait for each other here, so that the later one sees both.
    """
    stubs = insert(PostRef).values([{"id": post_id} for post_id in sorted(post_ids)])
    session.execute(stubs.on_conflict_do_nothing(index_elements=["id"]))
    rows = select(PostRef.id).where(PostRef.id.in_(post_ids)).order_by(PostRef.id)
    session.execute(rows.with_for_update())


def _text_of(event: PostPublished) -> str:
    # A line each: no phrase is found across the border of two keywords.
    labels = [keyword.label for keyword in event.keywords]
    return "\n".join([event.title, *labels, prose_of(event.body)])
