"""Inviting: places, what is under way, who joined, and those who ask to be invited."""

from typing import Any

from flask import Blueprint

from web.api import invitations, members
from web.api.client import api
from web.forms import Form
from web.rendering import attempt, cursor, done, render, shows_form
from web.session import signed_in

bp = Blueprint("invitations", __name__)


@bp.route("/invitations", methods=["GET", "POST"])
@signed_in
@shows_form
def invite() -> Any:
    """The form to invite, with what came of earlier ones; a link is shown this once."""
    form = Form()
    made = None
    if form.is_sent:
        email, note = form.text("email") or None, form.text("note")
        made = form.send(invitations.invite, api(), key=form.key, email=email, note=note)
        if made:
            form = Form.empty()
    return render(
        "invitations/invitations.html",
        form=form,
        made=made,
        myself=members.get_myself(api()),
        found=attempt(invitations.list_invitations, api(), cursor=cursor()),
    )


@bp.post("/invitations/<uuid:invitation_id>/revoke")
@signed_in
def revoke(invitation_id: Any) -> Any:
    """Take an open invitation back."""
    invitations.revoke(api(), str(invitation_id))
    return done("/invitations", "revoked")


@bp.get("/invitation-requests")
@signed_in
def list_requests() -> Any:
    """Who waits: first those who name what one knows."""
    return render(
        "invitations/requests.html", found=invitations.list_requests(api(), cursor=cursor())
    )


@bp.route("/invitation-requests/<uuid:request_id>/sponsor", methods=["POST"])
@signed_in
def sponsor(request_id: Any) -> Any:
    """Invite somebody who asked."""
    form = Form()
    invitations.sponsor(api(), str(request_id), note=form.text("note"))
    return done("/invitations", "invited")


@bp.post("/invitation-requests/<uuid:request_id>/decline")
@signed_in
def decline(request_id: Any) -> Any:
    """Decline a request."""
    invitations.decline(api(), str(request_id))
    return done("/invitation-requests", "declined")
