"""What social does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.messaging.handlers import Handlers
from contracts.identity import MemberJoined
from services.social.actions import members

handlers = Handlers()


@handlers.on_batch(MemberJoined)
def when_member_joined_keep_member(events: Sequence[MemberJoined], session: Session) -> None:
    members.record_members(session, events)
