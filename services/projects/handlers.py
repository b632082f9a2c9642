"""What projects does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.blocks import keep_blocks
from chassis.members import keep_closed_sessions
from chassis.messaging.handlers import Handlers
from contracts.discussion import AnswerRequested
from contracts.identity import MEMBER_EVENTS, MemberEvent, SessionClosed
from contracts.skills import SkillAttributed, SkillWithdrawn
from contracts.social import MemberBlocked, MemberFollowed, MemberUnblocked, MemberUnfollowed
from services.projects.actions import replicas
from services.projects.models import BlockRef

handlers = Handlers()


@handlers.on_batch(*MEMBER_EVENTS)
def when_member_changed_keep_member(events: Sequence[MemberEvent], session: Session) -> None:
    replicas.keep_members(session, events)


@handlers.on_batch(MemberFollowed, MemberUnfollowed)
def when_follow_changed_know_who_is_near(
    events: Sequence[MemberFollowed | MemberUnfollowed], session: Session
) -> None:
    replicas.keep_follows(session, events)


@handlers.on_batch(MemberBlocked, MemberUnblocked)
def when_block_changed_hide_both(
    events: Sequence[MemberBlocked | MemberUnblocked], session: Session
) -> None:
    keep_blocks(session, BlockRef, events)


@handlers.on_batch(SkillAttributed, SkillWithdrawn)
def when_skill_changed_know_who_may_help(
    events: Sequence[SkillAttributed | SkillWithdrawn], session: Session
) -> None:
    replicas.keep_attributions(session, events)


@handlers.on_batch(AnswerRequested)
def when_answer_requested_count_it(events: Sequence[AnswerRequested], session: Session) -> None:
    replicas.keep_asks(session, events)


@handlers.on_batch(SessionClosed)
def when_session_closed_refuse_its_writes(
    events: Sequence[SessionClosed], session: Session
) -> None:
    keep_closed_sessions(session, events)
