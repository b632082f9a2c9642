"""What social does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.messaging.handlers import Handlers
from contracts.identity import MEMBER_EVENTS, MemberEvent
from services.social.actions import replicas

handlers = Handlers()


@handlers.on_batch(*MEMBER_EVENTS)
def when_member_changed_keep_member(events: Sequence[MemberEvent], session: Session) -> None:
    replicas.keep_members(session, events)
