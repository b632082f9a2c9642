"""`/projects/invitations`, `/projects/{id}/invitations` and `/offers`: who is asked, who offers."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import idempotent
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.projects.actions import invitations, offers
from services.projects.actions.allowances import require_room_for_offer
from services.projects.queries import help as queries
from services.projects.queries.views import InvitationView, OfferView
from services.projects.schemas.answers import (
    HelpInvitationPageSchema,
    HelpInvitationSchema,
    OfferPageSchema,
    OfferSchema,
)
from services.projects.schemas.requests import (
    HelpInvitationAnswer,
    HelpInvitationRequest,
    OfferAnswer,
    OfferFilters,
    OfferRequest,
)

bp = Blueprint("help", "Who is asked to help, and who offers")


@bp.get("/projects/invitations")
@bp.arguments(PageArguments, location="query")
@bp.response(200, HelpInvitationPageSchema)
def list_my_invitations(page: dict[str, Any]) -> Any:
    """What projects ask the caller, and waits for an answer."""
    with reading() as session:
        return queries.list_my_invitations(session, viewer_id=current_member().id, **page)


@bp.post("/projects/<uuid:project_id>/invitations")
@idempotent()
@bp.arguments(HelpInvitationRequest)
@bp.response(201, HelpInvitationSchema)
def post_invitation(asked: dict[str, Any], project_id: UUID) -> InvitationView:
    """Ask a member to help, or a contributor to take the project over."""
    actor = current_member()
    with transaction() as session:
        invitation_id = invitations.invite_helper(
            session, actor=actor, project_id=project_id, **asked
        )
        return queries.get_invitation(session, viewer_id=actor.id, invitation_id=invitation_id)


@bp.get("/projects/<uuid:project_id>/invitations")
@bp.arguments(PageArguments, location="query")
@bp.response(200, HelpInvitationPageSchema)
def list_invitations(page: dict[str, Any], project_id: UUID) -> Any:
    """Whom a project asked, the latest first, for those who build it."""
    with reading() as session:
        return queries.list_invitations(
            session, viewer_id=current_member().id, project_id=project_id, **page
        )


@bp.put("/projects/<uuid:project_id>/invitations/<uuid:invitation_id>")
@bp.arguments(HelpInvitationAnswer)
@bp.response(200, HelpInvitationSchema)
def put_invitation(given: dict[str, Any], project_id: UUID, invitation_id: UUID) -> InvitationView:
    """Answer an invitation to the caller; `later` lets it wait."""
    actor = current_member()
    with transaction() as session:
        invitations.answer_invitation(
            session, actor=actor, project_id=project_id, invitation_id=invitation_id, **given
        )
        return queries.get_invitation(session, viewer_id=actor.id, invitation_id=invitation_id)


@bp.delete("/projects/<uuid:project_id>/invitations/<uuid:invitation_id>")
@bp.response(204)
def delete_invitation(project_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back that was not answered."""
    with transaction() as session:
        invitations.withdraw_invitation(
            session, actor=current_member(), project_id=project_id, invitation_id=invitation_id
        )


@bp.post("/projects/<uuid:project_id>/offers")
@idempotent()
@bp.arguments(OfferRequest)
@bp.response(201, OfferSchema)
def post_offer(offered: dict[str, Any], project_id: UUID) -> OfferView:
    """Offer help for a call that is open."""
    actor = current_member()
    with transaction() as session:
        require_room_for_offer(session, actor=actor)
        offer_id = offers.offer_help(session, actor=actor, project_id=project_id, **offered)
        return queries.get_offer(session, viewer_id=actor.id, offer_id=offer_id)


@bp.get("/projects/<uuid:project_id>/offers")
@bp.arguments(OfferFilters, location="query")
@bp.response(200, OfferPageSchema)
def list_offers(page: dict[str, Any], project_id: UUID) -> Any:
    """The offers to a project, or to one call, for those who build it; to others their own."""
    with reading() as session:
        return queries.list_offers(
            session, viewer_id=current_member().id, project_id=project_id, **page
        )


@bp.put("/projects/<uuid:project_id>/offers/<uuid:offer_id>")
@bp.arguments(OfferAnswer)
@bp.response(200, OfferSchema)
def put_offer(given: dict[str, Any], project_id: UUID, offer_id: UUID) -> OfferView:
    """Accept or decline an offer, or withdraw one's own."""
    actor = current_member()
    with transaction() as session:
        offers.answer_offer(session, actor=actor, project_id=project_id, offer_id=offer_id, **given)
        return queries.get_offer(session, viewer_id=actor.id, offer_id=offer_id)
