"""Telling the moderators of a post or a person, and what they answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.auth import require_recent_password
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from services.discussion import access
from services.discussion.errors import (
    ModeratorsOnly,
    OwnReport,
    PostNotFound,
    ReportAnswered,
    ReportNotFound,
    ReportsTooMany,
)
from services.discussion.events import report_answered
from services.discussion.models import MemberRef, Post, Report
from services.discussion.rules import MODERATORS, REPORTS_A_DAY

DAY = timedelta(days=1)


def report_object(
    session: Session, *, actor: Claims, object_type: str, object_id: UUID, reason: str, word: str
) -> UUID:
    """Tell the moderators; the report's id, that of the open one where the actor told before.

    Of a post what it says is kept until it is answered, whatever its author does meanwhile.
    Raises PostNotFound, MemberNotFound, OwnReport or ReportsTooMany.
    """
    members.require_active(session, MemberRef, actor)
    subject_id, said = _find_object(session, actor, object_type, object_id)
    if subject_id == actor.id:
        raise OwnReport
    named = {"reporter_id": actor.id, "object_type": object_type, "object_id": object_id}
    told_today = select(func.count()).where(
        Report.reporter_id == actor.id, Report.reported_at > clock.now() - DAY
    )
    if session.execute(told_today).scalar_one() >= REPORTS_A_DAY:
        raise ReportsTooMany(retry_after=int(DAY.total_seconds()))
    more = {"subject_id": subject_id, "reason": reason, "word": word, "said": said}
    row = insert(Report).values(id=new_id(), **named, **more, reported_at=clock.now())
    told = row.on_conflict_do_nothing().returning(Report.id)
    known = select(Report.id).filter_by(**named).where(Report.answered_at.is_(None))
    return session.scalar(told) or session.scalars(known).one()


def answer_report(
    session: Session, *, actor: Claims, report_id: UUID, outcome: str, word: str
) -> None:
    """Say what came of a report, once; what the post said is forgotten. Records `report.answered`.

    Raises ModeratorsOnly, PasswordNeeded, ReportNotFound, also for who is meant or told of it,
    or ReportAnswered.
    """
    members.require_active(session, MemberRef, actor)
    if actor.role not in MODERATORS:
        raise ModeratorsOnly
    require_recent_password(actor)
    others = (Report.subject_id != actor.id) & (Report.reporter_id != actor.id)
    named = select(Report.answered_at).where(Report.id == report_id, others).with_for_update()
    row = session.execute(named).first()
    if row is None:
        raise ReportNotFound
    if row.answered_at is not None:
        raise ReportAnswered
    answered: dict[str, Any] = {"outcome": outcome, "answer": word, "said": ""}
    answered |= {"answered_by_id": actor.id, "answered_at": clock.now()}
    told = update(Report).where(Report.id == report_id).values(**answered).returning(Report)
    record(session, report_answered(session.scalars(told).one()))


def _find_object(
    session: Session, actor: Claims, object_type: str, object_id: UUID
) -> tuple[UUID, str]:
    """Whom it is about, and what a post says."""
    if object_type == "member":
        known = select(MemberRef.id).where(MemberRef.id == object_id)
        if session.scalar(known.where(MemberRef.state != members.LEFT)) is None:
            raise members.MemberNotFound
        return object_id, ""
    post = select(Post.author_id, Post.title, Post.body)
    post = post.where(Post.id == object_id, access.is_visible())
    row = session.execute(post, {"viewer_id": actor.id}).first()
    if row is None:
        raise PostNotFound
    return row.author_id, "\n\n".join(filter(None, (row.title, row.body)))
