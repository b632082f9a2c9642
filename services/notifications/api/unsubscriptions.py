"""`/unsubscriptions/…`: what the links of mails do, for who is not signed in."""

from uuid import UUID

from chassis.transactions import transaction
from chassis.web import Blueprint
from services.notifications.actions import choosing
from services.notifications.api.looking import current_settings, zone
from services.notifications.errors import UnsubscriptionInvalid
from services.notifications.links import Keys, read_unsubscribing
from services.notifications.queries import preferences as queries
from services.notifications.queries.preferences import ScopeView
from services.notifications.schemas.preferences import UnsubscriptionSchema

bp = Blueprint("unsubscriptions", "What the links of mails do")


@bp.get("/unsubscriptions/<token>")
@bp.public
@bp.response(200, UnsubscriptionSchema)
def get_unsubscription(token: str) -> ScopeView:
    """What the link of a mail is for, and whether it was used: changes nothing, as scanners follow
    links."""
    member_id, scope = _read(token)
    with transaction() as session:
        return queries.get_scope(session, member_id=member_id, scope=scope, zone=zone())


@bp.post("/unsubscriptions/<token>")
@bp.public
@bp.response(200, UnsubscriptionSchema)
def post_unsubscription(token: str) -> ScopeView:
    """Mail no more of what the link is for (RFC 8058): the body says nothing, nobody signs in."""
    member_id, scope = _read(token)
    with transaction() as session:
        choosing.unsubscribe(session, member_id=member_id, scope=scope, zone=zone())
        return queries.get_scope(session, member_id=member_id, scope=scope, zone=zone())


@bp.delete("/unsubscriptions/<token>")
@bp.public
@bp.response(200, UnsubscriptionSchema)
def delete_unsubscription(token: str) -> ScopeView:
    """Take it back: mail again as was chosen before."""
    member_id, scope = _read(token)
    with transaction() as session:
        choosing.subscribe_again(session, member_id=member_id, scope=scope, zone=zone())
        return queries.get_scope(session, member_id=member_id, scope=scope, zone=zone())


def _read(token: str) -> tuple[UUID, str]:
    found = read_unsubscribing(Keys(current_settings().link_secret), token)
    if found is None:
        raise UnsubscriptionInvalid
    return found
