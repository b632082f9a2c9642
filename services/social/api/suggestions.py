"""`/suggestions/members`."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.social.actions.suggestions import dismiss_suggestion
from services.social.queries import suggestions as queries
from services.social.schemas import DismissalSchema, SuggestionListSchema

bp = Blueprint("suggestions", "Whom one may like to follow")


@bp.get("/suggestions/members")
@bp.response(200, SuggestionListSchema)
def get_suggestions() -> dict[str, Any]:
    """Up to 20 members, each with the reasons why, the nearest first."""
    with reading() as session:
        return {"items": queries.list_suggestions(session, viewer_id=current_member().id)}


@bp.delete("/suggestions/members/<uuid:member_id>")
@bp.response(200, DismissalSchema)
def delete_suggestion(member_id: UUID) -> dict[str, Any]:
    """Suggest a member no more, for good."""
    with transaction() as session:
        dismiss_suggestion(session, actor=current_member(), member_id=member_id)
    return {"member_id": member_id, "is_dismissed": True}
