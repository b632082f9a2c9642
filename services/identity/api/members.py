"""`/members`: joining, members as members see them, and whom they invited."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import refuse_key
from chassis.schemas import PageArguments
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.identity import passwords
from services.identity.actions import members
from services.identity.queries import invitations
from services.identity.queries import members as queries
from services.identity.schemas import InviteePageSchema, JoinRequest, MemberSchema

bp = Blueprint("members", "Who belongs")


@bp.post("/members")
@bp.public
@bp.arguments(JoinRequest)
@bp.response(201, MemberSchema)
def post_member(joiner: dict[str, Any]) -> Any:
    """Join by an invitation."""
    refuse_key()
    # Nobody makes us hash without an open invitation; whether it still is one is decided
    # under its lock, which is not held while hashing.
    with transaction() as session:
        invitations.get_invitation_preview(session, token=joiner["token"])
    passwords.require_strong(joiner["password"], name=joiner["name"], email=joiner["email"])
    password_hash = passwords.hash_password(joiner.pop("password"))
    with transaction() as session:
        member_id = members.join(session, password_hash=password_hash, **joiner)
        return queries.get_member(session, member_id=member_id)


@bp.get("/members/me")
@bp.response(200, MemberSchema)
def get_me() -> Any:
    """Myself."""
    with transaction() as session:
        return queries.get_member(session, member_id=current_member().id)


@bp.get("/members/<uuid:member_id>")
@bp.response(200, MemberSchema)
def get_member(member_id: UUID) -> Any:
    """One member."""
    with transaction() as session:
        return queries.get_member(session, member_id=member_id)


@bp.get("/members/<uuid:member_id>/invitees")
@bp.arguments(PageArguments, location="query")
@bp.response(200, InviteePageSchema)
def list_invitees(page: dict[str, Any], member_id: UUID) -> Any:
    """Who joined by a member's invitations, the latest first."""
    with transaction() as session:
        return queries.list_invitees(session, member_id=member_id, **page)
