"""`/members`: joining, members as members see them, and whom they invited."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.idempotency import refuse_key
from chassis.schemas import PageArguments
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.identity import passwords
from services.identity.actions import addresses, credentials, leaving, members
from services.identity.api.clients import current_client
from services.identity.queries import exports, invitations
from services.identity.queries import members as queries
from services.identity.schemas.answers import (
    FoundMemberPageSchema,
    InviteePageSchema,
    LineageSchema,
    MemberSchema,
    OwnMemberSchema,
)
from services.identity.schemas.exports import ExportSchema
from services.identity.schemas.requests import (
    JoinRequest,
    LeaveRequest,
    MemberSearch,
    ProfileRequest,
)

bp = Blueprint("members", "Who belongs")


@bp.post("/members")
@bp.public
@bp.arguments(JoinRequest)
@bp.response(201, MemberSchema)
def post_member(joiner: dict[str, Any]) -> Any:
    """Join by an invitation."""
    refuse_key()
    password, client = joiner.pop("password"), current_client()
    # Nobody makes us hash without an open invitation; whether it still is one is decided
    # under its lock, which is not held while hashing.
    with transaction() as session:
        members.allow_try(session, token=joiner["token"], client=client)
    with transaction() as session:
        invitations.get_invitation_preview(session, token=joiner["token"])
    passwords.require_strong(password, name=joiner["name"], email=joiner["email"])
    password_hash = passwords.hash_password(password)
    with transaction() as session:
        member_id = members.join(session, password_hash=password_hash, client=client, **joiner)
        addresses.ask_newcomer(session, member_id=member_id)
        return queries.get_member(session, member_id=member_id)


@bp.get("/members")
@bp.arguments(MemberSearch, location="query")
@bp.response(200, FoundMemberPageSchema)
def list_members(search: dict[str, Any]) -> Any:
    """Members by name, or those whose name has the words of `q`."""
    with reading() as session:
        return queries.list_members(session, **search)


@bp.get("/members/me")
@bp.response(200, OwnMemberSchema)
def get_me() -> Any:
    """Myself, with what only I see."""
    with transaction() as session:
        return queries.get_own(session, member_id=current_member().id)


@bp.patch("/members/me")
@bp.arguments(ProfileRequest)
@bp.response(200, OwnMemberSchema)
def patch_me(changes: dict[str, Any]) -> Any:
    """Change how I am shown."""
    actor = current_member()
    with transaction() as session:
        members.update_profile(session, actor=actor, changes=changes)
        return queries.get_own(session, member_id=actor.id)


@bp.delete("/members/me")
@bp.for_leaving
@bp.arguments(LeaveRequest)
@bp.response(204)
def delete_me(leaving_with: dict[str, Any]) -> None:
    """Leave for good: everything that names me is erased, and cannot be brought back."""
    actor = current_member()
    with transaction() as session:
        known = leaving.allow_check(session, actor=actor)
    credentials.require_password(known, password=leaving_with.pop("password"))
    with transaction() as session:
        leaving.leave(session, member_id=actor.id, proven_hash=known.password_hash, **leaving_with)


@bp.get("/members/me/export")
@bp.for_leaving
@bp.response(200, ExportSchema)
def get_export() -> Any:
    """Everything that is kept of me here, and where the rest is."""
    with transaction() as session:
        return exports.get_export(session, member_id=current_member().id)


@bp.get("/members/me/export/identity")
@bp.for_leaving
@bp.response(200, ExportSchema)
def get_identity_export() -> Any:
    """The same, at the path that this service has among those of the others."""
    with transaction() as session:
        return exports.get_export(session, member_id=current_member().id)


@bp.get("/members/<uuid:member_id>")
@bp.response(200, MemberSchema)
def get_member(member_id: UUID) -> Any:
    """One member."""
    with reading() as session:
        return queries.get_member(session, member_id=member_id)


@bp.get("/members/<uuid:member_id>/invitees")
@bp.arguments(PageArguments, location="query")
@bp.response(200, InviteePageSchema)
def list_invitees(page: dict[str, Any], member_id: UUID) -> Any:
    """Who joined by a member's invitations, the latest first."""
    with reading() as session:
        return queries.list_invitees(session, member_id=member_id, **page)


@bp.get("/members/<uuid:member_id>/lineage")
@bp.response(200, LineageSchema)
def get_lineage(member_id: UUID) -> Any:
    """Who invited a member, and who invited them, up to thirty: the eldest first."""
    with reading() as session:
        return {"items": queries.get_lineage(session, member_id=member_id)}
