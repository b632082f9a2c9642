"""What social does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.members import keep_closed_sessions
from chassis.messaging.handlers import Handlers
from contracts.discussion import KeywordMerged, PostPublished
from contracts.identity import MEMBER_EVENTS, MemberEvent, MemberJoined, SessionClosed
from services.social.actions import merges, replicas

handlers = Handlers()


@handlers.on_batch(*MEMBER_EVENTS)
def when_member_changed_keep_member(events: Sequence[MemberEvent], session: Session) -> None:
    replicas.keep_members(session, events)


@handlers.on(MemberJoined, once=True)
def when_member_joined_follow_sponsor_and_back(event: MemberJoined, session: Session) -> None:
    if event.sponsor_id is not None:
        ids = {"member_id": event.member_id, "sponsor_id": event.sponsor_id}
        replicas.follow_each_other(session, **ids, at=event.joined_at)


@handlers.on_batch(PostPublished, every_revision=True)
def when_post_published_keep_activity(events: Sequence[PostPublished], session: Session) -> None:
    replicas.keep_activity(session, events)


@handlers.on_batch(KeywordMerged)
def when_keyword_merged_follow_the_other(events: Sequence[KeywordMerged], session: Session) -> None:
    merges.keep_merges(session, events)


@handlers.on_batch(SessionClosed)
def when_session_closed_refuse_its_writes(
    events: Sequence[SessionClosed], session: Session
) -> None:
    keep_closed_sessions(session, events)
