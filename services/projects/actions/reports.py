"""Telling the moderators of something in a project, and what they answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.auth import require_recent_password
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from services.projects import access, rules
from services.projects.actions.objects import StandingObject, get_object
from services.projects.errors import (
    ContributorsOnly,
    ModeratorsOnly,
    OwnReport,
    ReportAnswered,
    ReportNotFound,
    ReportsTooMany,
)
from services.projects.events import report_answered
from services.projects.models import MemberRef, Project, Report


def report_object(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    object_type: str,
    object_id: UUID,
    reason: str,
    word: str,
) -> UUID:
    """Tell the moderators; the report's id, that of the open one where the actor told before.

    What stands there is kept until it is answered, whatever becomes of it meanwhile. Of a project
    of the invited its own people tell. Raises ProjectNotFound, ContributorsOnly, what `get_object`
    raises, OwnReport or ReportsTooMany.
    """
    project, role = access.lock_project(session, actor=actor, project_id=project_id, is_open=False)
    if project.visibility == rules.INVITED and role is None:
        raise ContributorsOnly
    named: dict[str, Any] = {"object_type": object_type, "object_id": object_id}
    found = get_object(session, project_id=project_id, **named)
    if found.author_id == actor.id:
        raise OwnReport
    # One at a time of a project, which is held.
    known = select(Report.id).filter_by(reporter_id=actor.id, object_id=object_id)
    told = session.scalar(known.where(Report.answered_at.is_(None)))
    if told is not None:
        return told
    _require_room(session, actor)
    its = {"reporter_id": actor.id, "reason": reason, "word": word, **named}
    return _keep(session, project, found, is_from_inside=role is not None, its=its)


def answer_report(
    session: Session, *, actor: Claims, report_id: UUID, outcome: str, word: str
) -> None:
    """Say what came of a report, once; what stood there is forgotten.

    Records `project.report_answered`. Raises ModeratorsOnly, PasswordNeeded, ReportNotFound, also
    for who is meant or told of it, or ReportAnswered.
    """
    members.require_active(session, MemberRef, actor)
    if actor.role not in rules.MODERATORS:
        raise ModeratorsOnly
    require_recent_password(actor)
    others = Report.subject_id.is_distinct_from(actor.id) & (Report.reporter_id != actor.id)
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


def _require_room(session: Session, actor: Claims) -> None:
    mine = Report.reporter_id == actor.id, Report.reported_at > clock.now() - rules.DAY
    if session.execute(select(func.count()).where(*mine)).scalar_one() >= rules.REPORTS_A_DAY:
        raise ReportsTooMany(retry_after=int(rules.DAY.total_seconds()))


def _keep(
    session: Session,
    project: Project,
    found: StandingObject,
    *,
    is_from_inside: bool,
    its: Mapping[str, Any],
) -> UUID:
    report = Report(
        id=new_id(),
        project_id=project.id,
        project_title=project.title,
        subject_id=found.author_id,
        said=found.said,
        is_from_inside=is_from_inside,
        reported_at=clock.now(),
        **its,
    )
    session.add(report)
    session.flush()
    return report.id
