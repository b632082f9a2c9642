"""What discussion does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.blocks import keep_blocks
from chassis.members import keep_closed_sessions
from chassis.messaging.handlers import Handlers
from contracts.identity import MEMBER_EVENTS, MemberEvent, SessionClosed
from contracts.skills import SkillAttributed, SkillMerged, SkillRenamed, SkillWithdrawn
from contracts.social import (
    KeywordFollowed,
    KeywordUnfollowed,
    MemberBlocked,
    MemberFollowed,
    MemberUnblocked,
    MemberUnfollowed,
)
from services.discussion.actions import replicas
from services.discussion.models import BlockRef

handlers = Handlers()


@handlers.on_batch(*MEMBER_EVENTS)
def when_member_changed_keep_member(events: Sequence[MemberEvent], session: Session) -> None:
    replicas.keep_members(session, events)


@handlers.on_batch(MemberFollowed, MemberUnfollowed)
def when_follow_changed_feed_follower(
    events: Sequence[MemberFollowed | MemberUnfollowed], session: Session
) -> None:
    replicas.keep_follows(session, events)


@handlers.on_batch(MemberBlocked, MemberUnblocked)
def when_block_changed_hide_both(
    events: Sequence[MemberBlocked | MemberUnblocked], session: Session
) -> None:
    keep_blocks(session, BlockRef, events)


@handlers.on_batch(KeywordFollowed, KeywordUnfollowed)
def when_keyword_follow_changed_feed_follower(
    events: Sequence[KeywordFollowed | KeywordUnfollowed], session: Session
) -> None:
    replicas.keep_keyword_follows(session, events)


@handlers.on_batch(SkillAttributed, SkillWithdrawn)
def when_skill_changed_know_whom_to_ask(
    events: Sequence[SkillAttributed | SkillWithdrawn], session: Session
) -> None:
    replicas.keep_skills(session, events)


@handlers.on_batch(SkillMerged, SkillRenamed)
def when_skill_entry_changed_know_it_by_all_names(
    events: Sequence[SkillMerged | SkillRenamed], session: Session
) -> None:
    replicas.keep_skill_entries(session, events)


@handlers.on_batch(SessionClosed)
def when_session_closed_refuse_its_writes(
    events: Sequence[SessionClosed], session: Session
) -> None:
    keep_closed_sessions(session, events)
