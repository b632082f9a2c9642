"""`/projects`: what members build together, who builds it and who hears of it."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.preconditions import find_revision
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.projects.actions import follows, parting, projects
from services.projects.actions.allowances import require_room_for_project
from services.projects.api.texts import rendered
from services.projects.queries import projects as queries
from services.projects.queries.views import ProjectView
from services.projects.schemas.answers import (
    BelongingPageSchema,
    ProjectChangePageSchema,
    ProjectFollowSchema,
    ProjectPageSchema,
    ProjectSchema,
)
from services.projects.schemas.requests import (
    LeavingArguments,
    ProjectChanges,
    ProjectFilters,
    ProjectRequest,
)

TEXTS = {"description", "learned"}
bp = Blueprint("projects", "What members build together")


@bp.post("/projects")
@idempotent()
@bp.arguments(ProjectRequest)
@bp.response(201, ProjectSchema)
def post_project(project: dict[str, Any]) -> ProjectView:
    """Begin a project, of which the caller is the owner."""
    actor, text = current_member(), rendered(project.pop("description"))
    with transaction() as session:
        require_room_for_project(session, actor=actor)
        project_id = projects.create_project(session, actor=actor, text=text, **project)
        return queries.get_project(session, viewer_id=actor.id, project_id=project_id)


@bp.get("/projects")
@bp.arguments(ProjectFilters, location="query")
@bp.response(200, ProjectPageSchema)
def list_projects(filters: dict[str, Any]) -> Any:
    """Projects, those with the latest acts of their people first; closed ones where asked for."""
    filters["is_followed"] = filters.pop("followed")
    with reading() as session:
        return queries.list_projects(session, viewer_id=current_member().id, **filters)


@bp.get("/projects/<uuid:project_id>")
@bp.response(200, ProjectSchema)
def get_project(project_id: UUID) -> ProjectView:
    """One project."""
    with reading() as session:
        return queries.get_project(session, viewer_id=current_member().id, project_id=project_id)


@bp.patch("/projects/<uuid:project_id>")
@bp.arguments(ProjectChanges)
@bp.response(200, ProjectSchema)
def patch_project(changes: dict[str, Any], project_id: UUID) -> ProjectView:
    """Change one's own project, close it or open it again; `If-Match` names its `revision`."""
    actor, revision = current_member(), find_revision()
    changes |= {name: rendered(changes[name]) for name in changes.keys() & TEXTS}
    with transaction() as session:
        projects.edit_project(
            session, actor=actor, project_id=project_id, revision=revision, changes=changes
        )
        return queries.get_project(session, viewer_id=actor.id, project_id=project_id)


@bp.get("/projects/<uuid:project_id>/history")
@bp.arguments(PageArguments, location="query")
@bp.response(200, ProjectChangePageSchema)
def list_changes(page: dict[str, Any], project_id: UUID) -> Any:
    """What was changed of a project, the latest first."""
    with reading() as session:
        return queries.list_changes(
            session, viewer_id=current_member().id, project_id=project_id, **page
        )


@bp.put("/projects/<uuid:project_id>/awake")
@bp.response(200, ProjectSchema)
def put_awake(project_id: UUID) -> ProjectView:
    """Say that a project of one's own goes on."""
    actor = current_member()
    with transaction() as session:
        projects.wake_project(session, actor=actor, project_id=project_id)
        return queries.get_project(session, viewer_id=actor.id, project_id=project_id)


@bp.put("/projects/<uuid:project_id>/follow")
@bp.response(200, ProjectFollowSchema)
def put_follow(project_id: UUID) -> dict[str, Any]:
    """Hear of a project; following again changes nothing."""
    with transaction() as session:
        follows.follow_project(session, actor=current_member(), project_id=project_id)
    return {"project_id": project_id, "is_following": True}


@bp.delete("/projects/<uuid:project_id>/follow")
@bp.response(200, ProjectFollowSchema)
def delete_follow(project_id: UUID) -> dict[str, Any]:
    """Hear of a project no more."""
    with transaction() as session:
        follows.unfollow_project(session, actor=current_member(), project_id=project_id)
    return {"project_id": project_id, "is_following": False}


@bp.get("/projects/<uuid:project_id>/members")
@bp.arguments(PageArguments, location="query")
@bp.response(200, BelongingPageSchema)
def list_members(page: dict[str, Any], project_id: UUID) -> Any:
    """Who builds a project, the owner first."""
    with reading() as session:
        return queries.list_members(
            session, viewer_id=current_member().id, project_id=project_id, **page
        )


@bp.delete("/projects/<uuid:project_id>/members/<uuid:member_id>")
@bp.arguments(LeavingArguments, location="query")
@bp.response(204)
def delete_member(arguments: dict[str, Any], project_id: UUID, member_id: UUID) -> None:
    """Leave a project, or remove a contributor from one's own, with a word to them."""
    with transaction() as session:
        parting.leave_project(
            session,
            actor=current_member(),
            project_id=project_id,
            member_id=member_id,
            **arguments,
        )
