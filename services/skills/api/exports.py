"""`/members/me/export/skills`: what this service keeps of the caller."""

from typing import Any

from chassis.auth import current_member
from chassis.transactions import reading
from chassis.web import Blueprint
from services.skills.queries import exports
from services.skills.schemas import ExportSchema

bp = Blueprint("exports", "One's own data")


@bp.get("/members/me/export/skills")
@bp.for_leaving
@bp.response(200, ExportSchema)
def get_export() -> Any:
    """What the likes of the caller's posts prove, all at once."""
    with reading() as session:
        attributions = exports.list_attributions_with_evidence(
            session, member_id=current_member().id
        )
        contests = exports.list_own_contests(session, member_id=current_member().id)
        by = exports.get_rules(session, member_id=current_member().id)
    return {"attributions": attributions, "contests": contests, "rules": by}
