"""`/reports`: telling the moderators of a post or a person, and what came of it."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.pages import Page
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.discussion.actions import reports
from services.discussion.queries import reports as queries
from services.discussion.queries.reports import ReportView
from services.discussion.schemas.reports import (
    ReportAnswerRequest,
    ReportFilters,
    ReportPageSchema,
    ReportRequest,
    ReportSchema,
)

bp = Blueprint("reports", "What moderators should look at")


@bp.post("/reports")
@idempotent()
@bp.arguments(ReportRequest)
@bp.response(201, ReportSchema)
def post_report(report: dict[str, Any]) -> ReportView:
    """Tell the moderators of a post or a person; nobody else hears of it. Twice is once."""
    meant, actor = report.pop("object"), current_member()
    with transaction() as session:
        named = {"object_type": meant["type"], "object_id": meant["id"]}
        report_id = reports.report_object(session, actor=actor, **named, **report)
    with reading() as session:
        return queries.get_own_report(session, viewer_id=actor.id, report_id=report_id)


@bp.get("/reports")
@bp.arguments(ReportFilters, location="query")
@bp.response(200, ReportPageSchema)
def list_reports(filters: dict[str, Any]) -> Page[ReportView]:
    """Reports, the latest first: for moderators those of all but about themselves, for others
    their own, each with what was answered."""
    with reading() as session:
        return queries.list_reports(session, viewer=current_member(), **filters)


@bp.put("/reports/<uuid:report_id>/answer")
@bp.arguments(ReportAnswerRequest)
@bp.response(204)
def put_answer(answer: dict[str, Any], report_id: UUID) -> None:
    """Say what came of it, as a moderator; the one who told reads it."""
    with transaction() as session:
        reports.answer_report(session, actor=current_member(), report_id=report_id, **answer)
