"""`/projects/{id}/updates` and `/projects/feed`: news of projects."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.markdown.text import Text
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.projects.actions import news
from services.projects.actions.allowances import require_room_for_update
from services.projects.queries import news as queries
from services.projects.queries.views import UpdateView
from services.projects.schemas.answers import (
    UpdateLikeSchema,
    UpdatePageSchema,
    UpdateSchema,
)
from services.projects.schemas.requests import UpdateChanges, UpdateRequest

bp = Blueprint("news", "News of projects")


@bp.get("/projects/feed")
@bp.arguments(PageArguments, location="query")
@bp.response(200, UpdatePageSchema)
def list_feed(page: dict[str, Any]) -> Any:
    """News of the projects that the caller follows or builds, the latest first."""
    with reading() as session:
        return queries.list_feed(session, viewer_id=current_member().id, **page)


@bp.post("/projects/<uuid:project_id>/updates")
@idempotent()
@bp.arguments(UpdateRequest)
@bp.response(201, UpdateSchema)
def post_update(told: dict[str, Any], project_id: UUID) -> UpdateView:
    """Tell news of a project that one builds."""
    actor, text = current_member(), Text.of(told.pop("body"))
    with transaction() as session:
        require_room_for_update(session, actor=actor)
        update_id = news.publish_update(
            session, actor=actor, project_id=project_id, text=text, **told
        )
        return queries.get_update(
            session, viewer_id=actor.id, project_id=project_id, update_id=update_id
        )


@bp.get("/projects/<uuid:project_id>/updates")
@bp.arguments(PageArguments, location="query")
@bp.response(200, UpdatePageSchema)
def list_updates(page: dict[str, Any], project_id: UUID) -> Any:
    """The news of a project, the latest first."""
    with reading() as session:
        return queries.list_updates(
            session, viewer_id=current_member().id, project_id=project_id, **page
        )


@bp.patch("/projects/<uuid:project_id>/updates/<uuid:update_id>")
@bp.arguments(UpdateChanges)
@bp.response(200, UpdateSchema)
def patch_update(changes: dict[str, Any], project_id: UUID, update_id: UUID) -> UpdateView:
    """Change one's own news."""
    actor = current_member()
    text = Text.of(changes.pop("body")) if "body" in changes else None
    with transaction() as session:
        news.edit_update(
            session,
            actor=actor,
            project_id=project_id,
            update_id=update_id,
            text=text,
            changes=changes,
        )
        return queries.get_update(
            session, viewer_id=actor.id, project_id=project_id, update_id=update_id
        )


@bp.delete("/projects/<uuid:project_id>/updates/<uuid:update_id>")
@bp.response(204)
def delete_update(project_id: UUID, update_id: UUID) -> None:
    """Take one's own news away, or any of one's own project."""
    with transaction() as session:
        news.remove_update(
            session, actor=current_member(), project_id=project_id, update_id=update_id
        )


@bp.put("/projects/<uuid:project_id>/updates/<uuid:update_id>/like")
@bp.response(200, UpdateLikeSchema)
def put_like(project_id: UUID, update_id: UUID) -> dict[str, Any]:
    """Like news; it proves no skill. Liking again changes nothing."""
    return _set_like(project_id, update_id, is_liked=True)


@bp.delete("/projects/<uuid:project_id>/updates/<uuid:update_id>/like")
@bp.response(200, UpdateLikeSchema)
def delete_like(project_id: UUID, update_id: UUID) -> dict[str, Any]:
    """Take a like back."""
    return _set_like(project_id, update_id, is_liked=False)


def _set_like(project_id: UUID, update_id: UUID, *, is_liked: bool) -> dict[str, Any]:
    with transaction() as session:
        news.set_like(
            session,
            actor=current_member(),
            project_id=project_id,
            update_id=update_id,
            is_liked=is_liked,
        )
    return {"update_id": update_id, "is_liked": is_liked}
