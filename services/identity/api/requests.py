"""`/invitation-requests`: strangers who ask, and hosts who take them in."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent, refuse_key
from chassis.schemas import PageArguments
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.identity import access, rules
from services.identity.actions import requests
from services.identity.api.clients import current_client
from services.identity.queries import invitations
from services.identity.queries import requests as queries
from services.identity.schemas.answers import (
    InvitationSchema,
    MailSentSchema,
    WaitingRequestPageSchema,
)
from services.identity.schemas.requests import AskForInvitationRequest, SponsorRequest

bp = Blueprint("invitation-requests", "Strangers who would like to be invited")


@bp.post("/invitation-requests")
@bp.public
@bp.arguments(AskForInvitationRequest)
@bp.response(202, MailSentSchema)
def post_request(asked: dict[str, Any]) -> dict[str, Any]:
    """Ask for an invitation; a mail asks to confirm the address."""
    refuse_key()
    with transaction() as session:
        requests.ask_for_invitation(session, client=current_client(), **asked)
    return {"expires_in": int(rules.CONFIRMATION_LIFE.total_seconds())}


@bp.get("/invitation-requests")
@bp.arguments(PageArguments, location="query")
@bp.response(200, WaitingRequestPageSchema)
def list_requests(page: dict[str, Any]) -> Any:
    """Who waits: first those who name what I know or follow. For members who may invite."""
    actor = current_member()
    with transaction() as session:
        access.require_host(session, actor)
        return queries.list_requests(session, viewer_id=actor.id, **page)


@bp.post("/invitation-requests/<uuid:request_id>/sponsor")
@idempotent()
@bp.arguments(SponsorRequest)
@bp.response(201, InvitationSchema)
def post_sponsor(sponsoring: dict[str, Any], request_id: UUID) -> Any:
    """Invite somebody who asked: takes one of my places, and mails them the link."""
    with transaction() as session:
        made = requests.sponsor_request(
            session, actor=current_member(), request_id=request_id, **sponsoring
        )
        return invitations.get_invitation(session, invitation_id=made)


@bp.delete("/invitation-requests/<uuid:request_id>")
@bp.response(204)
def delete_request(request_id: UUID) -> None:
    """Decline a request; nobody sees it any more."""
    with transaction() as session:
        requests.decline_request(session, actor=current_member(), request_id=request_id)
