"""`/notices/preferences`: how one wants to be told."""

from typing import Any

from chassis.auth import current_member
from chassis.preconditions import find_revision
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.notifications.actions import choosing
from services.notifications.api.looking import note_visit, zone
from services.notifications.queries import preferences as queries
from services.notifications.queries.preferences import PreferencesView
from services.notifications.schemas.preferences import PreferencesRequest, PreferencesSchema

bp = Blueprint("preferences", "How one is told")
bp.before_request(note_visit)


@bp.get("/notices/preferences")
@bp.response(200, PreferencesSchema)
def get_preferences() -> PreferencesView:
    """How the caller is told, and whether mails reach them."""
    with transaction() as session:
        return queries.get_preferences(session, member_id=current_member().id, zone=zone())


@bp.put("/notices/preferences")
@bp.arguments(PreferencesRequest)
@bp.response(200, PreferencesSchema)
def put_preferences(wanted: dict[str, Any]) -> PreferencesView:
    """Set how the caller is told, all of it; `If-Match` names the `version` that they saw."""
    actor = current_member()
    version = find_revision()
    with transaction() as session:
        chosen = wanted["preferences"]
        choosing.choose(session, actor=actor, chosen=chosen, version=version, zone=zone())
        return queries.get_preferences(session, member_id=actor.id, zone=zone())
