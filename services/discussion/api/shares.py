"""`/shares`: experiences, and watches with a link."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.markdown.text import Text
from chassis.pages import Page
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.discussion.actions import posts
from services.discussion.actions.allowances import require_room_for_post
from services.discussion.actions.removal import remove_post
from services.discussion.queries import posts as queries
from services.discussion.queries.views import PostView
from services.discussion.schemas.answers import SharePageSchema, ShareSchema
from services.discussion.schemas.requests import QuestionFilters, ShareChanges, ShareRequest

bp = Blueprint("shares", "What is shared")


@bp.post("/shares")
@idempotent()
@bp.arguments(ShareRequest)
@bp.response(201, ShareSchema)
def post_share(shared: dict[str, Any]) -> PostView:
    """Share an experience, or a watch; it goes to the people who follow you."""
    text, actor = Text.of(shared.pop("body")), current_member()
    with transaction() as session:
        said = {"title": shared["title"], "body": text.markdown}
        require_room_for_post(session, actor=actor, kind="share", **said)
        post_id = posts.share_post(session, actor=actor, text=text, **shared)
        return queries.get_share(session, viewer_id=actor.id, share_id=post_id)


@bp.get("/shares")
@bp.arguments(QuestionFilters, location="query")
@bp.response(200, SharePageSchema)
def list_shares(filters: dict[str, Any]) -> Page[PostView]:
    """Shares, the newest first."""
    is_card = filters.pop("view") == "card"
    with reading() as session:
        return queries.list_posts(
            session, viewer_id=current_member().id, kind="share", is_card=is_card, **filters
        )


@bp.get("/shares/<uuid:share_id>")
@bp.response(200, ShareSchema)
def get_share(share_id: UUID) -> PostView:
    """One share."""
    with reading() as session:
        return queries.get_share(session, viewer_id=current_member().id, share_id=share_id)


@bp.patch("/shares/<uuid:share_id>")
@bp.arguments(ShareChanges)
@bp.response(200, ShareSchema)
def patch_share(changes: dict[str, Any], share_id: UUID) -> PostView:
    """Change one's own share."""
    text, actor = Text.of(changes.pop("body")) if "body" in changes else None, current_member()
    with transaction() as session:
        posts.edit_post(
            session, actor=actor, post_id=share_id, kind="share", text=text, changes=changes
        )
        return queries.get_share(session, viewer_id=actor.id, share_id=share_id)


@bp.delete("/shares/<uuid:share_id>")
@bp.response(204)
def delete_share(share_id: UUID) -> None:
    """Take one's own share away."""
    with transaction() as session:
        remove_post(session, actor=current_member(), post_id=share_id, kind="share")
