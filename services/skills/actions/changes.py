"""One batch of what identity and discussion tell, from the locks to the attributions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from contracts.discussion import PostLiked, PostPublished, PostRemoved, PostUnliked
from contracts.identity import MemberTold
from services.skills.actions import evidence, members, mentions, posts
from services.skills.models import LikeRef, PostRef

Change = MemberTold | PostPublished | PostRemoved | PostLiked | PostUnliked


def record_changes(session: Session, events: Sequence[Change]) -> None:
    """Keep members, posts and likes, find the posts' skills and weigh what the likes are worth.

    Likes that came before their posts, and answers before their questions, begin to count.
    """
    people = [event for event in events if isinstance(event, MemberTold)]
    told = [event for event in events if isinstance(event, PostPublished | PostRemoved)]
    likes = [event for event in events if isinstance(event, PostLiked | PostUnliked)]
    # In this order everywhere: catalogue, members, posts, attributions. Each is locked
    # before anything is read that it decides, so that of two transactions the later one
    # sees what the earlier one wrote; and none holds a post while it waits for a member.
    mentions.hold_catalogue(session)
    named = {event.liker_id for event in likes} | {event.author_id for event in told}
    members.lock_members(session, told={event.member_id for event in people}, named=named)
    turned = members.record_members(session, people)
    weighed = _concerned(session, turned)
    posts.lock_posts(session, told=told, likes=likes, more=weighed)
    changed = mentions.detect(session, posts.record_posts(session, told))
    weighed |= changed | posts.record_likes(session, likes)
    evidence.weigh(session, weighed, author_ids=turned.authors)


def _concerned(session: Session, turned: members.Turned) -> set[UUID]:
    """What the likers like, and what the authors wrote, whose attributions a like may touch now."""
    if not turned.likers and not turned.authors:
        return set()
    liked = select(LikeRef.post_id).where(LikeRef.liker_id.in_(turned.likers), LikeRef.is_liked)
    written = select(PostRef.id).where(PostRef.author_id.in_(turned.authors))
    return set(session.scalars(union(liked, written)))
