"""What skills does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.blocks import keep_blocks
from chassis.members import keep_closed_sessions
from chassis.messaging.handlers import Handlers
from contracts.discussion import (
    AnswerAccepted,
    AnswerUnaccepted,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
)
from contracts.identity import MEMBER_EVENTS, SessionClosed
from contracts.projects import ContributionThanked
from contracts.social import MemberBlocked, MemberFollowed, MemberUnblocked, MemberUnfollowed
from services.skills.actions import batches, replicas
from services.skills.models import BlockRef

handlers = Handlers()

POSTS = (PostPublished, PostEdited, PostRemoved, PostLiked, PostUnliked)
ACCEPTS = (AnswerAccepted, AnswerUnaccepted)


# One reaction for all, so that a transaction takes its locks once and in one order.
@handlers.on_batch(*MEMBER_EVENTS, *POSTS, *ACCEPTS, ContributionThanked)
def when_member_or_post_changed_credit_author(
    events: Sequence[batches.Change], session: Session
) -> None:
    batches.apply_batch(session, events)


@handlers.on_batch(MemberBlocked, MemberUnblocked)
def when_block_changed_hide_both(
    events: Sequence[MemberBlocked | MemberUnblocked], session: Session
) -> None:
    keep_blocks(session, BlockRef, events)


@handlers.on_batch(MemberFollowed, MemberUnfollowed)
def when_follow_changed_know_who_is_near(
    events: Sequence[MemberFollowed | MemberUnfollowed], session: Session
) -> None:
    replicas.keep_follows(session, events)


@handlers.on_batch(SessionClosed)
def when_session_closed_refuse_its_writes(
    events: Sequence[SessionClosed], session: Session
) -> None:
    keep_closed_sessions(session, events)
