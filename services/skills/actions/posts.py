"""Keeping what discussion tells: posts and their likes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.convergence import upsert_newer
from contracts.discussion import PostLiked, PostPublished, PostUnliked
from services.skills.actions import evidence, mentions
from services.skills.detection import prose_of
from services.skills.models import LikeRef, PostRef


def record_posts_and_likes(
    session: Session, events: Sequence[PostPublished | PostLiked | PostUnliked]
) -> None:
    """Keep posts and likes, find the posts' skills and weigh what the likes are worth.

    Likes that came before their posts, and answers before their questions, begin to count.
    """
    told = [event for event in events if isinstance(event, PostPublished)]
    likes = [event for event in events if not isinstance(event, PostPublished)]
    mentions.hold_catalogue(session)
    _lock(session, told, likes)
    changed_posts = {post_id for (post_id,) in upsert_newer(session, PostRef, _post_rows(told))}
    changed_likes = {post_id for post_id, _ in upsert_newer(session, LikeRef, _like_rows(likes))}
    evidence.weigh(session, mentions.detect(session, changed_posts) | changed_likes)


def _post_rows(told: Sequence[PostPublished]) -> list[dict[str, Any]]:
    return [
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
        for event in told
    ]


def _like_rows(likes: Sequence[PostLiked | PostUnliked]) -> list[dict[str, Any]]:
    return [
        {
            "post_id": event.post_id,
            "liker_id": event.liker_id,
            "is_liked": event.state == "liked",
            "liked_at": event.liked_at,
            "revision": event.revision,
        }
        for event in likes
    ]


def _lock(
    session: Session, told: Sequence[PostPublished], likes: Sequence[PostLiked | PostUnliked]
) -> None:
    """Lock every post concerned, all in id order; one that is not told yet gets a stub.

    An answer and its question, or a like and its post, that two workers handle at the
    same time wait for each other here, so that the later one sees both.
    """
    named = {event.post_id for event in (*told, *likes)}
    named |= {event.question_id for event in told if event.question_id}
    stubs = insert(PostRef).values([{"id": post_id} for post_id in sorted(named)])
    session.execute(stubs.on_conflict_do_nothing(index_elements=["id"]))
    is_answer_of_told = PostRef.question_id.in_({event.post_id for event in told})
    rows = select(PostRef.id).where(or_(PostRef.id.in_(named), is_answer_of_told))
    session.execute(rows.order_by(PostRef.id).with_for_update())


def _text_of(event: PostPublished) -> str:
    # A paragraph each: no phrase is found across the border of two keywords.
    labels = [keyword.label for keyword in event.keywords]
    return "\n\n".join([event.title, *labels, prose_of(event.body)])
