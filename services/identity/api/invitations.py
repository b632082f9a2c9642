"""`/invitations` and their preview."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import current_app

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.schemas import PageArguments
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.identity import rules
from services.identity.actions import invitations
from services.identity.queries import invitations as queries
from services.identity.schemas.answers import (
    CreatedInvitationSchema,
    InvitationPageSchema,
    InvitationPreviewSchema,
    InvitationSchema,
)
from services.identity.schemas.requests import InvitationRequest

bp = Blueprint("invitations", "Places offered to people")


@bp.post("/invitations")
@idempotent(omit=("url",))
@bp.arguments(InvitationRequest)
@bp.response(201, CreatedInvitationSchema)
def post_invitation(invitation: dict[str, Any]) -> Any:
    """Invite somebody; the link is shown this once."""
    with transaction() as session:
        made, token = invitations.invite(session, actor=current_member(), **invitation)
        view = queries.get_invitation(session, invitation_id=made)
    public_url = current_app.extensions["settings"].public_url
    return replace(view, url=rules.join_url(public_url, token))


@bp.get("/invitations")
@bp.arguments(PageArguments, location="query")
@bp.response(200, InvitationPageSchema)
def list_invitations(page: dict[str, Any]) -> Any:
    """My invitations, the newest first."""
    with transaction() as session:
        return queries.list_invitations(session, sponsor_id=current_member().id, **page)


@bp.delete("/invitations/<uuid:invitation_id>")
@bp.response(200, InvitationSchema)
def delete_invitation(invitation_id: UUID) -> Any:
    """Take back an open invitation of mine; administrators, anybody's."""
    with transaction() as session:
        invitations.revoke_invitation(session, actor=current_member(), invitation_id=invitation_id)
        return queries.get_invitation(session, invitation_id=invitation_id)


@bp.get("/invitations/preview/<token>")
@bp.public
@bp.response(200, InvitationPreviewSchema)
def get_preview(token: str) -> Any:
    """Who invites, and until when."""
    with transaction() as session:
        return queries.get_invitation_preview(session, token=token)
