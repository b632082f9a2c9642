"""`/keywords/{slug}/follow`."""

from typing import Any

from chassis.auth import current_member
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.social.actions import keywords
from services.social.actions.allowances import require_room_for_keywords
from services.social.schemas import KeywordFollowSchema

bp = Blueprint("keywords", "Who listens to what")


@bp.put("/keywords/<slug>/follow")
@bp.response(200, KeywordFollowSchema)
def put_keyword_follow(slug: str) -> dict[str, Any]:
    """Follow a keyword; following again changes nothing."""
    with transaction() as session:
        require_room_for_keywords(session, actor=current_member())
        meant = keywords.follow_keyword(session, actor=current_member(), slug=slug)
    return {"slug": meant, "is_following": True}


@bp.delete("/keywords/<slug>/follow")
@bp.response(200, KeywordFollowSchema)
def delete_keyword_follow(slug: str) -> dict[str, Any]:
    """Stop following a keyword."""
    with transaction() as session:
        meant = keywords.unfollow_keyword(session, actor=current_member(), slug=slug)
    return {"slug": meant, "is_following": False}
