"""Asking somebody to answer a question."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.claims import Claims
from chassis.messaging.outbox import record
from chassis.statements import Statement
from contracts.discussion import AnswerRequested
from services.discussion import access
from services.discussion.errors import AskedEnough, AsksTooMany, MemberUnreachable
from services.discussion.models import AnswerRequest, MemberRef, Post
from services.discussion.rules import ASKS_OF_A_QUESTION

WEEK = timedelta(days=7)


def request_answer(
    session: Session, *, actor: Claims, question_id: UUID, member_id: UUID
) -> datetime:
    """Ask a member to answer; records `answer.requested` the first time, returns when that was.

    Raises QuestionNotFound, MemberUnreachable, AskedEnough or AsksTooMany.
    """
    members.require_active(session, MemberRef, actor)
    question = access.lock_question(session, viewer_id=actor.id, question_id=question_id)
    theirs = select(AnswerRequest.requested_at).where(AnswerRequest.question_id == question_id)
    known = session.scalar(theirs.where(AnswerRequest.member_id == member_id))
    if known is not None:
        return known
    # Of two who ask the same member at once, the second counts the first. Their row is not
    # locked: they may be asking the actor at this moment, who holds their own.
    _ASKED.rows(session, key=member_id.int & (2**63 - 1))
    _require_reachable(session, actor=actor, question=question, member_id=member_id)
    asked_so_far = session.execute(select(func.count()).select_from(theirs.subquery()))
    if asked_so_far.scalar_one() >= ASKS_OF_A_QUESTION:
        raise AsksTooMany
    now = clock.now()
    _require_open_to_asks(session, member_id, now)
    ids = {"question_id": question_id, "member_id": member_id, "requester_id": actor.id}
    session.execute(insert(AnswerRequest).values(**ids, requested_at=now))
    record(session, AnswerRequested(**ids, revision=1, requested_at=now))
    return now


def _require_open_to_asks(session: Session, member_id: UUID, now: datetime) -> None:
    """Raises AskedEnough for who was asked as often in a week as they chose, or wants never to."""
    most = session.scalars(select(MemberRef.asks_per_week).where(MemberRef.id == member_id)).one()
    since: datetime | None = now
    if most:
        asked = select(AnswerRequest.requested_at).where(
            AnswerRequest.member_id == member_id, AnswerRequest.requested_at > now - WEEK
        )
        asked = asked.order_by(AnswerRequest.requested_at.desc())
        since = session.scalar(asked.offset(most - 1).limit(1))
    if since is not None:
        raise AskedEnough(retry_after=int((since + WEEK - now).total_seconds()) + 1)


def _require_reachable(session: Session, *, actor: Claims, question: Any, member_id: UUID) -> None:
    """Raises MemberUnreachable for who cannot read the question, asked it, or answered it."""
    member = select(MemberRef.id).where(MemberRef.id == member_id, access.is_listed())
    found = session.scalar(member, {"viewer_id": actor.id})
    readable = select(Post.id).where(Post.id == question.id, access.is_visible())
    may_read = session.scalar(readable, {"viewer_id": member_id})
    answer = aliased(Post)
    answered = select(answer.id).where(
        answer.question_id == question.id,
        answer.author_id == member_id,
        answer.removed_at.is_(None),
    )
    is_asker = member_id in (actor.id, question.author_id)
    if found is None or may_read is None or is_asker or session.scalar(answered.limit(1)):
        raise MemberUnreachable


_ASKED = Statement(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger))))
