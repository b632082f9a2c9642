"""`/moderation-acts`: what moderators do to members, each act with its reason."""

from typing import Any

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.identity.actions import moderation
from services.identity.queries import moderation as queries
from services.identity.schemas.answers import ActPageSchema, OutcomeSchema
from services.identity.schemas.requests import ActRequest, ActSearch

bp = Blueprint("moderation-acts", "What moderators do, and why")


@bp.post("/moderation-acts")
@idempotent()
@bp.arguments(ActRequest)
@bp.response(200, OutcomeSchema)
def post_act(wanted: dict[str, Any]) -> Any:
    """Suspend, prune, reinstate, stop or allow inviting, change a role; or try it dry."""
    with transaction() as session:
        return moderation.perform_act(session, actor=current_member(), **wanted)


@bp.get("/moderation-acts")
@bp.arguments(ActSearch, location="query")
@bp.response(200, ActPageSchema)
def list_acts(page: dict[str, Any]) -> Any:
    """What was done, the latest first: moderators see all, others what concerns them."""
    with transaction() as session:
        return queries.list_acts(session, viewer_id=current_member().id, **page)
