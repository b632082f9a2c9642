"""`/members/me/export/discussion`: what this service keeps of the caller."""

from typing import Any

from chassis.auth import current_member
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.discussion.queries import exports
from services.discussion.schemas.answers import ExportSchema

bp = Blueprint("exports", "One's own data")


@bp.get("/members/me/export/discussion")
@bp.for_leaving
@bp.response(200, ExportSchema)
def get_export() -> Any:
    """What the caller wrote and likes, all at once."""
    with transaction() as session:
        return exports.get_export(session, member_id=current_member().id)
