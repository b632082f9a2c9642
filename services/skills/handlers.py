"""What skills does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.messaging.handlers import Handlers
from contracts.discussion import PostLiked, PostPublished, PostUnliked
from contracts.identity import MemberJoined
from services.skills.actions import members, posts

handlers = Handlers()


@handlers.on_batch(MemberJoined)
def when_member_joined_keep_member(events: Sequence[MemberJoined], session: Session) -> None:
    members.record_members(session, events)


# One reaction for both, so that a transaction takes its locks once and in one order.
@handlers.on_batch(PostPublished, PostLiked, PostUnliked)
def when_post_or_like_changed_credit_author(
    events: Sequence[PostPublished | PostLiked | PostUnliked], session: Session
) -> None:
    posts.record_posts_and_likes(session, events)
