"""What makes identity tell each of its events: by its API, or by events that it hears."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from chassis import clock
from chassis.settings import Secret
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person, private_pem
from contracts.identity import MemberJoined
from services.identity import tokens
from services.identity.actions.invitations import invite_administrator
from services.identity.app import SERVICE
from services.identity.models import InvitationRequest, MailedToken

Make = Callable[..., ServiceUnderTest]

PASSWORD = "a pass phrase of mine"


def _join(make: Make) -> ServiceUnderTest:
    """Root, an administrator, joins by the operator's invitation and takes Ada in."""
    identity = make(SERVICE, signing_key=Secret(private_pem()))
    with identity.session() as session:
        token = invite_administrator(session)
    root = _enter(identity, token, "Root")
    url = identity.as_member(root).post("/invitations", {}).json["url"]
    _enter(identity, url.rsplit("/", 1)[1], "Ada")
    return identity


def _enter(identity: ServiceUnderTest, token: str, name: str) -> Person:
    joiner = {"token": token, "name": name, "email": f"{name}@example.org", "password": PASSWORD}
    answer = identity.as_stranger().post("/members", joiner)
    assert answer.status_code == 201, answer.json
    return Person(name, UUID(answer.json["id"]))


def _moderate_and_leave(make: Make) -> ServiceUnderTest:
    """Ada changes her headline, is suspended and reinstated, and leaves with her posts."""
    identity = _join(make)
    root, ada = (Person(event.name, event.member_id) for event in identity.published(MemberJoined))
    client = identity.as_member(ada)
    assert client.patch("/members/me", {"headline": "Poet"}).status_code == 200
    for act in ("suspend", "reinstate"):
        body = {"act": act, "member_id": str(ada.id), "reason": "A test"}
        answer = identity.as_member(root).post("/moderation-acts", body)
        assert answer.status_code == 200, answer.json
    farewell = {"password": PASSWORD, "removes_posts": True}
    assert client.delete("/members/me", json=farewell).status_code == 204
    return identity


def _sign_out(make: Make) -> ServiceUnderTest:
    identity = _join(make)
    sign_in = {"email": "Ada@example.org", "password": PASSWORD}
    token = identity.as_stranger().post("/sessions", sign_in).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = identity.as_stranger().delete("/sessions/current", headers=headers)
    assert answer.status_code == 204, answer.json
    return identity


def _ask_to_be_invited(make: Make) -> ServiceUnderTest:
    identity = make(SERVICE, signing_key=Secret(private_pem()))
    stranger = identity.as_stranger()
    form = {"name": "Ada", "email": "ada@example.org", "motivation": "Why not?"}
    asked = stranger.post("/invitation-requests", {**form, "keywords": ["Python"]})
    assert asked.status_code == 202, asked.json
    with identity.session() as session:
        request_id = session.scalars(select(InvitationRequest.id)).one()
    _follow_mailed_link(identity, "request", request_id)
    return identity


def _confirm_own_address(make: Make) -> ServiceUnderTest:
    """Ada reads the mail that came when she joined."""
    identity = _join(make)
    ada = identity.published(MemberJoined)[-1].member_id
    _follow_mailed_link(identity, "own_address", ada)
    return identity


def _follow_mailed_link(identity: ServiceUnderTest, purpose: str, subject_id: UUID) -> None:
    secret = "a secret that a mail holds"
    with identity.session() as session:
        session.add(
            MailedToken(
                token_hash=tokens.digest(secret),
                purpose=purpose,
                subject_id=subject_id,
                expires_at=clock.now() + timedelta(hours=1),
            )
        )
    confirmed = identity.as_stranger().put(f"/address-confirmations/{secret}")
    assert confirmed.status_code == 204, confirmed.json


CAUSES: dict[str, Callable[[Make], ServiceUnderTest]] = {
    "member.joined": _join,
    "member.updated": _moderate_and_leave,
    "member.suspended": _moderate_and_leave,
    "member.reinstated": _moderate_and_leave,
    "member.left": _moderate_and_leave,
    "address.confirmed": _confirm_own_address,
    "session.closed": _sign_out,
    "invitation.requested": _ask_to_be_invited,
}
