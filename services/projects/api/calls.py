"""`/projects/{id}/calls`: help that is looked for, who could give it, and thanks for it."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.projects.actions import calls, thanks
from services.projects.api.texts import rendered
from services.projects.queries import help as queries
from services.projects.queries.helpers import list_helpers
from services.projects.queries.views import CallView
from services.projects.schemas.answers import (
    CallPageSchema,
    CallSchema,
    HelperListSchema,
    ThankedSchema,
    ThanksPageSchema,
)
from services.projects.schemas.requests import (
    CallChanges,
    CallFilters,
    CallRequest,
    ThanksRequest,
)

bp = Blueprint("calls", "Help that projects look for")


@bp.post("/projects/<uuid:project_id>/calls")
@idempotent()
@bp.arguments(CallRequest)
@bp.response(201, CallSchema)
def post_call(call: dict[str, Any], project_id: UUID) -> CallView:
    """Look for help, for a project that one builds."""
    actor, text = current_member(), rendered(call.pop("details"))
    with transaction() as session:
        call_id = calls.open_call(session, actor=actor, project_id=project_id, text=text, **call)
        return queries.get_call(session, viewer_id=actor.id, project_id=project_id, call_id=call_id)


@bp.get("/projects/<uuid:project_id>/calls")
@bp.arguments(CallFilters, location="query")
@bp.response(200, CallPageSchema)
def list_calls(filters: dict[str, Any], project_id: UUID) -> Any:
    """The calls of a project, the latest first."""
    with reading() as session:
        return queries.list_calls(
            session, viewer_id=current_member().id, project_id=project_id, **filters
        )


@bp.get("/projects/<uuid:project_id>/calls/<uuid:call_id>")
@bp.response(200, CallSchema)
def get_call(project_id: UUID, call_id: UUID) -> CallView:
    """One call."""
    with reading() as session:
        return queries.get_call(
            session, viewer_id=current_member().id, project_id=project_id, call_id=call_id
        )


@bp.patch("/projects/<uuid:project_id>/calls/<uuid:call_id>")
@bp.arguments(CallChanges)
@bp.response(200, CallSchema)
def patch_call(changes: dict[str, Any], project_id: UUID, call_id: UUID) -> CallView:
    """Say that a call was answered, or withdraw it."""
    actor = current_member()
    with transaction() as session:
        calls.end_call(session, actor=actor, project_id=project_id, call_id=call_id, **changes)
        return queries.get_call(session, viewer_id=actor.id, project_id=project_id, call_id=call_id)


@bp.get("/projects/<uuid:project_id>/calls/<uuid:call_id>/helpers")
@bp.response(200, HelperListSchema)
def get_helpers(project_id: UUID, call_id: UUID) -> dict[str, Any]:
    """Who could help with a call, at most 20, each with the reasons."""
    with reading() as session:
        found = list_helpers(
            session, viewer_id=current_member().id, project_id=project_id, call_id=call_id
        )
    return {"items": found}


@bp.post("/projects/<uuid:project_id>/calls/<uuid:call_id>/thanks")
@idempotent()
@bp.arguments(ThanksRequest)
@bp.response(201, ThankedSchema)
def post_thanks(given: dict[str, Any], project_id: UUID, call_id: UUID) -> dict[str, Any]:
    """Thank a contributor for an answered call, once, as the owner of the project."""
    with transaction() as session:
        thanked_at = thanks.thank_contributor(
            session, actor=current_member(), project_id=project_id, call_id=call_id, **given
        )
    return {"call_id": call_id, "member_id": given["member_id"], "thanked_at": thanked_at}


@bp.get("/projects/<uuid:project_id>/thanks")
@bp.arguments(PageArguments, location="query")
@bp.response(200, ThanksPageSchema)
def list_thanks(page: dict[str, Any], project_id: UUID) -> Any:
    """Whom a project thanked, the latest first."""
    with reading() as session:
        return queries.list_thanks(
            session, viewer_id=current_member().id, project_id=project_id, **page
        )
