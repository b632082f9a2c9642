"""`/sessions`: signing in, refreshing, signing out here and elsewhere."""

from typing import Any
from uuid import UUID

from flask import current_app

from chassis.auth import current_member
from chassis.idempotency import refuse_key
from chassis.schemas import PageArguments
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.identity import rules, tokens
from services.identity.actions import credentials, leaving, sessions
from services.identity.api.clients import current_client, current_device
from services.identity.queries import members as queries
from services.identity.queries import sessions as session_queries
from services.identity.schemas.answers import AccessSchema, OpenSessionPageSchema, SessionSchema
from services.identity.schemas.requests import PasswordRequest, RefreshRequest, SignInRequest

bp = Blueprint("sessions", "Signing in and out")


@bp.post("/sessions")
@bp.public
@bp.arguments(SignInRequest)
@bp.response(201, SessionSchema)
def post_session(person: dict[str, Any]) -> dict[str, Any]:
    """Sign in."""
    refuse_key()
    email, client = person["email"], current_client()
    proof = _prove(email, person["password"], client)
    with transaction() as session:
        granted = sessions.open_session(
            session, proof=proof, email=email, client=client, device=current_device()
        )
    return _answer(granted)


@bp.post("/sessions/leaving")
@bp.public
@bp.arguments(SignInRequest)
@bp.response(201, AccessSchema)
def post_leaving(person: dict[str, Any]) -> dict[str, Any]:
    """Prove who I am, suspended or not: a token that takes my data and leaves, nothing else."""
    refuse_key()
    email, client = person["email"], current_client()
    proof = _prove(email, person["password"], client)
    with transaction() as session:
        member = leaving.allow_leaving(session, proof=proof, email=email, client=client)
    token = tokens.issue_leaving_token(current_app.extensions["settings"], member=member)
    return {"access_token": token, "token_type": "Bearer", "expires_in": rules.ACCESS_SECONDS}


@bp.post("/sessions/refresh")
@bp.public
@bp.arguments(RefreshRequest)
@bp.response(200, SessionSchema)
def post_refresh(request: dict[str, Any]) -> dict[str, Any]:
    """Get new tokens for a refresh token, which is good for one time."""
    refuse_key()
    with transaction() as session:
        refreshed = sessions.refresh_session(session, **request)
    return _answer(refreshed.unwrap())


@bp.get("/sessions")
@bp.arguments(PageArguments, location="query")
@bp.response(200, OpenSessionPageSchema)
def list_sessions(page: dict[str, Any]) -> Any:
    """Where I am signed in, the latest first."""
    actor = current_member()
    with transaction() as session:
        return session_queries.list_sessions(
            session, member_id=actor.id, current_id=actor.session_id, **page
        )


@bp.delete("/sessions/current")
@bp.response(204)
def delete_current_session() -> None:
    """Sign out: the session's refresh tokens work no more."""
    actor = current_member()
    with transaction() as session:
        sessions.close_session(session, actor=actor, session_id=actor.session_id)


@bp.delete("/sessions/<uuid:session_id>")
@bp.response(204)
def delete_session(session_id: UUID) -> None:
    """Sign out elsewhere."""
    with transaction() as session:
        sessions.close_session(session, actor=current_member(), session_id=session_id)


@bp.put("/sessions/current/password")
@bp.arguments(PasswordRequest)
@bp.response(200, AccessSchema)
def put_password_proof(proof: dict[str, Any]) -> dict[str, Any]:
    """Give my password once more, for what asks for it (`password_needed`): a new access token."""
    refuse_key()
    with transaction() as session:
        known = credentials.allow_check(session, actor=current_member())
    credentials.require_password(known, password=proof["password"])
    with transaction() as session:
        granted = sessions.prove_again(
            session, actor=current_member(), proven_hash=known.password_hash
        )
    return _answer(granted)


def _prove(email: str, password: str, client: str) -> sessions.Proof:
    """Who the password belongs to; outside of any transaction, for hashing takes its time."""
    with transaction() as session:
        known = queries.find_credentials(session, email=email)
        sessions.allow_try(session, email=email, credentials=known, client=client)
    return sessions.check_password(known, password=password)


def _answer(granted: sessions.Granted) -> dict[str, Any]:
    access_token = tokens.issue_access_token(
        current_app.extensions["settings"],
        member=granted.member,
        session_id=granted.session_id,
        proved_at=granted.proved_at,
    )
    return {
        "access_token": access_token,
        "refresh_token": granted.refresh_token,
        "token_type": "Bearer",
        "expires_in": rules.ACCESS_SECONDS,
    }
