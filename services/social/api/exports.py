"""`/members/me/export/social`: what this service keeps of the caller."""

from typing import Any

from chassis.auth import current_member
from chassis.transactions import reading
from chassis.web import Blueprint
from services.social.queries import exports as queries
from services.social.schemas import ExportSchema

bp = Blueprint("exports", "One's own data")


@bp.get("/members/me/export/social")
@bp.for_leaving
@bp.response(200, ExportSchema)
def get_export() -> Any:
    """Whom and what the caller follows, and by whom they are followed, all at once."""
    with reading() as session:
        return queries.get_export(session, member_id=current_member().id)
