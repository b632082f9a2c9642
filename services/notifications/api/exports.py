"""`/members/me/export/notifications`: what this service keeps of the caller."""

from typing import Any

from chassis.auth import current_member
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.notifications.queries import exports as queries
from services.notifications.schemas.notices import ExportSchema

bp = Blueprint("exports", "One's own data")


@bp.get("/members/me/export/notifications")
@bp.for_leaving
@bp.response(200, ExportSchema)
def get_export() -> Any:
    """What is kept of the caller: address, preferences, notices and mails, all at once."""
    with transaction() as session:
        return queries.get_export(session, member_id=current_member().id)
