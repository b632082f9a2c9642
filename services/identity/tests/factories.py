"""Members, invitations and sessions for tests, each with what matters said at the call."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import jwt
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from chassis import clock
from chassis.identifiers import new_id
from chassis.mailing.addresses import key_of
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person, token_for
from chassis.testing.waiting import eventually
from services.identity import passwords, tokens
from services.identity.models import Credentials, InvitationRequest, Mail, MailedToken, Member

PASSWORD = "a pass phrase of mine"
JOINED = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
# Long enough before to invite at that time.
SETTLED = JOINED - timedelta(days=30)
FAR_AWAY = datetime(2100, 1, 1, tzinfo=UTC)


@cache
def hash_of(password: str) -> str:
    return passwords.hash_password(password)


def add_member(
    service: ServiceUnderTest,
    name: str,
    *,
    email: str | None = None,
    role: str = "member",
    state: str = "active",
    sponsor: Person | None = None,
    joined_at: datetime = SETTLED,
) -> Person:
    """A member as if they had joined; the address is made from the name, the password PASSWORD."""
    person = Person(name, new_id(), role=role)
    email = email or f"{name.lower()}@example.org"
    member = Member(
        id=person.id,
        headline="",
        company="",
        location="",
        bio="",
        locale="fr",
        role=role,
        state=state,
        sponsor_id=sponsor.id if sponsor else None,
        joined_at=joined_at,
        revision=1,
    )
    member.call(name)
    with service.session() as session:
        session.add(member)
        session.flush()
        session.add(
            Credentials(
                member_id=person.id,
                email=email,
                email_key=key_of(email),
                password_hash=hash_of(PASSWORD),
            )
        )
    return person


def set_state(service: ServiceUnderTest, person: Person, state: str) -> None:
    """What suspending, leaving and reinstating will do."""
    with service.session() as session:
        session.get_one(Member, person.id).state = state


def ever(person: Person) -> dict[str, str]:
    """Headers with a token that outlives every journey in time."""
    token = token_for(person, exp=int(FAR_AWAY.timestamp()))
    return {"Authorization": f"Bearer {token}"}


def invite(service: ServiceUnderTest, sponsor: Person, **fields: Any) -> dict[str, Any]:
    """The created invitation, with its `url`."""
    response = service.as_member(sponsor).post("/invitations", fields, headers=ever(sponsor))
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.get_json()
    return created


def token_of(invitation: dict[str, Any]) -> str:
    return str(invitation["url"]).rsplit("/", 1)[1]


def join(
    service: ServiceUnderTest,
    token: str,
    *,
    name: str = "Grace",
    email: str = "grace@example.org",
    password: str = PASSWORD,
    **more: Any,
) -> TestResponse:
    """The answer to joining."""
    fields = {"token": token, "name": name, "email": email, "password": password, **more}
    return service.as_stranger().post("/members", fields)


def sign_in(
    service: ServiceUnderTest, email: str = "ada@example.org", password: str = PASSWORD
) -> TestResponse:
    return service.as_stranger().post("/sessions", {"email": email, "password": password})


def refresh(service: ServiceUnderTest, refresh_token: str) -> TestResponse:
    return service.as_stranger().post("/sessions/refresh", {"refresh_token": refresh_token})


def mail_link(
    service: ServiceUnderTest,
    purpose: str,
    subject_id: UUID,
    *,
    life: timedelta = timedelta(hours=1),
) -> str:
    """A secret as the worker mails it when it sends."""
    secret = tokens.new_secret()
    with service.session() as session:
        session.add(
            MailedToken(
                token_hash=tokens.digest(secret),
                purpose=purpose,
                subject_id=subject_id,
                expires_at=clock.now() + life,
            )
        )
    return secret


def queued_mails(service: ServiceUnderTest) -> list[tuple[str, str]]:
    """Kind and address of each mail that waits, in order."""
    with service.session() as session:
        rows = session.scalars(select(Mail).order_by(Mail.id))
        return [(mail.kind, mail.email) for mail in rows]


def ask(
    service: ServiceUnderTest,
    *,
    name: str = "Grace",
    email: str = "grace@example.org",
    keywords: Sequence[str] = (),
    confirmed: bool = True,
    client: str = "192.0.2.1",
) -> UUID:
    """A stranger's request, confirmed by its mailed link where asked for; its id."""
    fields = {"name": name, "email": email, "motivation": "I like it.", "keywords": [*keywords]}
    response = service.as_stranger().post(
        "/invitation-requests", fields, headers={"X-Forwarded-For": client}
    )
    assert response.status_code == 202, response.text
    with service.session() as session:
        newest = select(InvitationRequest.id).order_by(InvitationRequest.id.desc()).limit(1)
        request_id = session.execute(newest).scalar_one()
    if confirmed:
        token = mail_link(service, "request", request_id)
        answer = service.as_stranger().put(f"/address-confirmations/{token}")
        assert answer.status_code == 204, answer.text
    return request_id


def code_of(response: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal, which is problem+json."""
    assert response.content_type == "application/problem+json", response.text
    return response.status_code, response.get_json()["code"]


def id_of(response: TestResponse) -> UUID:
    return UUID(response.get_json()["id"])


def payload_of(token: str) -> dict[str, Any]:
    """The claims of an access token, unchecked."""
    payload: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return payload


def at_once(
    identity: ServiceUnderTest, lock: str, works: list[Callable[[], Any]]
) -> list[TestResponse]:
    """Do all of the works so that each waits in the database before any goes on."""
    with ThreadPoolExecutor(len(works)) as pool:
        with identity.session() as session:
            session.execute(text(lock))
            futures = [pool.submit(work) for work in works]
            eventually(lambda: waiting(identity) == len(works))
        return [future.result(timeout=20) for future in futures]


def waiting(identity: ServiceUnderTest) -> int:
    """How many transactions of this database wait for a lock."""
    with identity.session() as session:
        return session.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        ).scalar_one()
