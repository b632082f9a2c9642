"""`/posts/{id}/like`."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.discussion.actions import likes
from services.discussion.actions.allowances import require_room_for_like
from services.discussion.schemas.answers import LikeSchema

bp = Blueprint("likes", "Who likes what")


@bp.put("/posts/<uuid:post_id>/like")
@bp.response(200, LikeSchema)
def put_like(post_id: UUID) -> dict[str, Any]:
    """Like a post; liking again changes nothing."""
    with transaction() as session:
        require_room_for_like(session, actor=current_member(), post_id=post_id)
        count = likes.like_post(session, actor=current_member(), post_id=post_id)
    return {"post_id": post_id, "liked_by_me": True, "like_count": count}


@bp.delete("/posts/<uuid:post_id>/like")
@bp.response(200, LikeSchema)
def delete_like(post_id: UUID) -> dict[str, Any]:
    """Take a like back."""
    with transaction() as session:
        count = likes.unlike_post(session, actor=current_member(), post_id=post_id)
    return {"post_id": post_id, "liked_by_me": False, "like_count": count}
