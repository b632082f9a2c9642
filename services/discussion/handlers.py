"""What discussion does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.messaging.handlers import Handlers
from contracts.identity import MemberJoined
from contracts.social import MemberFollowed, MemberUnfollowed
from services.discussion.actions import members

handlers = Handlers()


@handlers.on_batch(MemberJoined)
def when_member_joined_keep_member(events: Sequence[MemberJoined], session: Session) -> None:
    members.record_members(session, events)


@handlers.on_batch(MemberFollowed, MemberUnfollowed)
def when_follow_changed_feed_follower(
    events: Sequence[MemberFollowed | MemberUnfollowed], session: Session
) -> None:
    members.record_follows(session, events)
