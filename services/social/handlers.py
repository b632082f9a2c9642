"""What social does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.messaging.handlers import Handlers
from contracts.identity import (
    MemberJoined,
    MemberLeft,
    MemberReinstated,
    MemberSuspended,
    MemberTold,
    MemberUpdated,
)
from services.social.actions import members

handlers = Handlers()


@handlers.on_batch(MemberJoined, MemberUpdated, MemberSuspended, MemberReinstated, MemberLeft)
def when_member_changed_keep_member(events: Sequence[MemberTold], session: Session) -> None:
    members.record_members(session, events)
