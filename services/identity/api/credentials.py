"""Passwords and addresses: `/password-resets`, `/address-confirmations`, `/members/me/…`."""

from typing import Any

from chassis.auth import current_member
from chassis.idempotency import refuse_key
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.identity import passwords, rules
from services.identity.actions import addresses, credentials
from services.identity.api.clients import current_client
from services.identity.queries import members as queries
from services.identity.schemas.answers import MailSentSchema
from services.identity.schemas.requests import (
    EmailChangeRequest,
    ForgottenPasswordRequest,
    NewPasswordRequest,
    PasswordChangeRequest,
)

bp = Blueprint("credentials", "Passwords and addresses")


@bp.post("/password-resets")
@bp.public
@bp.arguments(ForgottenPasswordRequest)
@bp.response(202, MailSentSchema)
def post_reset(forgotten: dict[str, Any]) -> dict[str, Any]:
    """Forgot the password: if somebody has this address, a mail goes there."""
    refuse_key()
    with transaction() as session:
        credentials.ask_for_reset(session, client=current_client(), **forgotten)
    return {"expires_in": int(rules.RESET_LIFE.total_seconds())}


@bp.put("/password-resets/<token>")
@bp.public
@bp.arguments(NewPasswordRequest)
@bp.response(204)
def put_reset(chosen: dict[str, Any], token: str) -> None:
    """Set a new password by a mailed link; every session is closed."""
    with transaction() as session:
        person = queries.get_person_of_reset(session, token=token)
    passwords.require_strong(chosen["password"], name=person.name, email=person.email)
    password_hash = passwords.hash_password(chosen["password"])
    with transaction() as session:
        credentials.reset_password(session, token=token, password_hash=password_hash)


@bp.post("/address-confirmations")
@bp.response(202, MailSentSchema)
def post_confirmation() -> dict[str, Any]:
    """Mail me the link that confirms my address; nothing is sent where it is confirmed."""
    with transaction() as session:
        addresses.mail_link(session, actor=current_member())
    return {"expires_in": int(rules.CONFIRMATION_LIFE.total_seconds())}


@bp.put("/address-confirmations/<token>")
@bp.public
@bp.response(204)
def put_confirmation(token: str) -> None:
    """Confirm by a mailed link that an address is read: a requester's, one's own, or a
    changed one."""
    with transaction() as session:
        credentials.confirm_address(session, token=token)


@bp.put("/members/me/password")
@bp.arguments(PasswordChangeRequest)
@bp.response(204)
def put_password(change: dict[str, Any]) -> None:
    """Change my password; my other sessions are closed."""
    actor = current_member()
    with transaction() as session:
        known = credentials.allow_check(session, actor=actor)
    credentials.require_password(known, password=change["password"])
    passwords.require_strong(change["new_password"], name=actor.name, email=known.email)
    password_hash = passwords.hash_password(change["new_password"])
    with transaction() as session:
        credentials.change_password(
            session, actor=actor, proven_hash=known.password_hash, password_hash=password_hash
        )


@bp.put("/members/me/address")
@bp.arguments(EmailChangeRequest)
@bp.response(202, MailSentSchema)
def put_address(change: dict[str, Any]) -> dict[str, Any]:
    """Change my address; it counts once it is confirmed by mail at the old and the new one."""
    actor = current_member()
    with transaction() as session:
        known = credentials.allow_check(session, actor=actor)
    credentials.require_password(known, password=change["password"])
    with transaction() as session:
        credentials.ask_for_address(
            session, actor=actor, proven_hash=known.password_hash, email=change["email"]
        )
    return {"expires_in": int(rules.ADDRESS_LIFE.total_seconds())}
