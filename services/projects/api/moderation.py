"""`/projects/{id}/reports` and `/acts`: what moderators should look at, and what they did."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.pages import Page
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.projects import rules
from services.projects.actions import moderation, reports
from services.projects.queries import moderation as queries
from services.projects.queries.moderation import ActView, ReportView
from services.projects.schemas.moderation import (
    ProjectActPageSchema,
    ProjectActRequest,
    ProjectActSchema,
    ProjectReportAnswer,
    ProjectReportFilters,
    ProjectReportPageSchema,
    ProjectReportRequest,
    ProjectReportSchema,
    UndoArguments,
)

bp = Blueprint("moderation", "What moderators of projects look at and do")


@bp.post("/projects/<uuid:project_id>/reports")
@idempotent()
@bp.arguments(ProjectReportRequest)
@bp.response(201, ProjectReportSchema)
def post_report(report: dict[str, Any], project_id: UUID) -> ReportView:
    """Tell the moderators of something in a project; nobody else hears of it. Twice is once."""
    meant, actor = report.pop("object"), current_member()
    with transaction() as session:
        named = {"object_type": meant["type"], "object_id": meant["id"]}
        report_id = reports.report_object(
            session, actor=actor, project_id=project_id, **named, **report
        )
        return queries.get_own_report(session, viewer_id=actor.id, report_id=report_id)


@bp.get("/projects/reports")
@bp.arguments(ProjectReportFilters, location="query")
@bp.response(200, ProjectReportPageSchema)
def list_reports(filters: dict[str, Any]) -> Page[ReportView]:
    """Reports, the latest first: for moderators those that they may answer, for others
    their own, each with what was answered."""
    with reading() as session:
        return queries.list_reports(session, viewer=current_member(), **filters)


@bp.put("/projects/reports/<uuid:report_id>/answer")
@bp.arguments(ProjectReportAnswer)
@bp.response(204)
def put_report_answer(answer: dict[str, Any], report_id: UUID) -> None:
    """Say what came of it, as a moderator; the one who told reads it."""
    with transaction() as session:
        reports.answer_report(session, actor=current_member(), report_id=report_id, **answer)


@bp.post("/projects/<uuid:project_id>/acts")
@idempotent()
@bp.arguments(ProjectActRequest)
@bp.response(201, ProjectActSchema)
def post_act(wanted: dict[str, Any], project_id: UUID) -> ActView:
    """Hide something, close a project or replace its owner, as a moderator; its people read why."""
    actor = current_member()
    named = {"actor": actor, "project_id": project_id, "reason": wanted["reason"]}
    with transaction() as session:
        if wanted["kind"] == rules.HIDE:
            meant = {f"object_{name}": value for name, value in wanted["object"].items()}
            act_id = moderation.hide_object(session, **named, **meant)
        elif wanted["kind"] == rules.CLOSE:
            act_id = moderation.close_by_moderators(session, **named)
        else:
            act_id = moderation.replace_owner(session, **named, member_id=wanted["member_id"])
        return queries.get_act(session, act_id=act_id)


@bp.get("/projects/<uuid:project_id>/acts")
@bp.arguments(PageArguments, location="query")
@bp.response(200, ProjectActPageSchema)
def list_acts(page: dict[str, Any], project_id: UUID) -> Page[ActView]:
    """What moderators did in a project: its people see all, others what concerns them."""
    with reading() as session:
        return queries.list_acts(session, viewer=current_member(), project_id=project_id, **page)


@bp.delete("/projects/<uuid:project_id>/acts/<uuid:act_id>")
@bp.arguments(UndoArguments, location="query")
@bp.response(204)
def delete_act(why: dict[str, Any], project_id: UUID, act_id: UUID) -> None:
    """Take back that something is hidden, or that a project stays closed, as a moderator."""
    with transaction() as session:
        moderation.undo_act(
            session, actor=current_member(), project_id=project_id, act_id=act_id, **why
        )
