"""One batch of what identity and discussion tell, from the locks to the attributions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from contracts.discussion import PostLiked, PostPublished, PostRemoved, PostUnliked
from contracts.identity import MemberEvent
from services.skills.actions import evidence, locks, mentions, replicas
from services.skills.models import LikeRef, PostRef

Change = MemberEvent | PostPublished | PostRemoved | PostLiked | PostUnliked


def apply_batch(session: Session, events: Sequence[Change]) -> None:
    """Keep members, posts and likes, find the posts' skills and weigh what the likes are worth.

    Likes that came before their posts, and answers before their questions, begin to count.
    """
    people = [event for event in events if isinstance(event, MemberEvent)]
    published = [event for event in events if isinstance(event, PostPublished | PostRemoved)]
    likes = [event for event in events if isinstance(event, PostLiked | PostUnliked)]
    named = {event.liker_id for event in likes} | {event.author_id for event in published}
    locks.lock_members(session, changed={event.member_id for event in people}, named=named)
    turned = replicas.keep_members(session, people)
    weighed = _concerned(session, turned)
    locks.lock_posts(session, events=published, likes=likes, more=weighed)
    changed = mentions.detect(session, replicas.keep_posts(session, published))
    weighed |= changed | replicas.keep_likes(session, likes)
    evidence.weigh(session, weighed, author_ids=turned.authors)


def _concerned(session: Session, turned: replicas.Turned) -> set[UUID]:
    """The posts that the likers like, and those that the authors wrote."""
    if not turned.likers and not turned.authors:
        return set()
    liked = select(LikeRef.post_id).where(LikeRef.liker_id.in_(turned.likers), LikeRef.is_liked)
    written = select(PostRef.id).where(PostRef.author_id.in_(turned.authors))
    return set(session.scalars(union(liked, written)))
