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


@handlers.on_batch(PostPublished)
def when_post_published_detect_skills(events: Sequence[PostPublished], session: Session) -> None:
    posts.record_posts(session, events)


@handlers.on_batch(PostLiked, PostUnliked)
def when_like_changed_credit_author(
    events: Sequence[PostLiked | PostUnliked], session: Session
) -> None:
    posts.record_likes(session, events)
