"""Signing in and out, and the access token that comes of it."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from chassis import clock
from chassis.auth import TokenVerifier
from chassis.claims import Claims
from chassis.settings import TokenSettings
from chassis.testing import tokens
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.identity import passwords
from services.identity.actions import sessions
from services.identity.errors import CredentialsWrong
from services.identity.models import Credentials
from services.identity.queries import members as queries
from services.identity.tests.factories import (
    JOINED,
    PASSWORD,
    add_member,
    code_of,
    hash_of,
    payload_of,
    queued_mails,
    refresh,
    set_state,
    sign_in,
)

MINUTE = timedelta(minutes=1)


def test_session_begins_with_two_tokens(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")

    response = sign_in(identity)

    answer = response.get_json()
    assert response.status_code == 201
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 600)
    assert len(answer["refresh_token"]) == 43
    assert set(answer) == {"access_token", "refresh_token", "token_type", "expires_in"}


def test_a_new_device_is_told_by_mail_and_a_newer_version_is_none(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada")
    firefox, newer = "Mozilla/5.0 (X11) Firefox/130.0", "Mozilla/5.0 (X11) Firefox/131.2"

    for device in (firefox, firefox, newer, "Mozilla/5.0 (iPhone) Safari/600", firefox):
        opened = identity.as_stranger().post(
            "/sessions",
            {"email": "ada@example.org", "password": PASSWORD},
            headers={"User-Agent": device},
        )
        assert opened.status_code == 201

    # The first one, too: of an account that was left alone for long no session is known.
    assert queued_mails(identity) == [("new_device", "ada@example.org")] * 2


def test_every_service_believes_the_access_token_for_ten_minutes(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada", role="moderator")
    with clock.at(JOINED):
        token = sign_in(identity).get_json()["access_token"]

    verifier = TokenVerifier(TokenSettings(public_keys=tokens.public_keys()))

    with clock.at(JOINED + 10 * MINUTE - timedelta(seconds=1)):
        claims = verifier.verify(token)
    assert claims == Claims(
        id=ada.id,
        session_id=claims.session_id,
        role="moderator",
        name="Ada",
        headline="",
        expires_at=(JOINED + 10 * MINUTE).timestamp(),
        proved_at=JOINED.timestamp(),
    )
    with clock.at(JOINED + 10 * MINUTE):
        assert code_of(me(identity, token)) == (401, "token_expired")


def test_access_token_is_es256_and_says_nothing_beyond_its_claims(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada")

    token = sign_in(identity).get_json()["access_token"]

    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": "test", "typ": "at+jwt"}
    assert set(payload_of(token)) == {
        *("iss", "aud", "iat", "exp"),
        *("sub", "sid", "auth_at", "role", "name", "headline"),
        *("locale", "portrait_url"),  # for pages, which would else ask for them each time
    }


def test_address_may_be_spelt_otherwise(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada", email="Ada@Example.org")

    assert sign_in(identity, " aDA@example.ORG ").status_code == 201


def test_unknown_address_and_wrong_password_answer_alike(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")

    wrong = sign_in(identity, password="not my pass phrase")
    unknown = sign_in(identity, "nobody@example.org")

    assert code_of(wrong) == code_of(unknown) == (401, "credentials_wrong")
    answers = [{**one.get_json(), "correlation_id": ""} for one in (wrong, unknown)]
    assert answers[0] == answers[1]
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_unknown_address_costs_the_same_one_verification(
    identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member(identity, "Ada")
    spy = VerifierSpy(passwords.HASHER)
    monkeypatch.setattr(passwords, "HASHER", spy)

    sign_in(identity, password="not my pass phrase")
    sign_in(identity, "nobody@example.org", "not my pass phrase")
    sign_in(identity, "not an address", "x")

    assert spy.verified == [hash_of(PASSWORD), passwords.NOBODYS_HASH, passwords.NOBODYS_HASH]


def test_suspended_members_learn_so_after_the_right_password_alone(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada", state="suspended")

    assert code_of(sign_in(identity)) == (403, "member_suspended")
    assert code_of(sign_in(identity, password="not my pass phrase")) == (401, "credentials_wrong")


def test_hash_of_outdated_parameters_is_renewed_by_signing_in(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    outdated = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    set_hash(identity, ada, outdated)

    answers = [sign_in(identity).status_code for _ in range(2)]

    with identity.session() as session:
        renewed = session.scalars(select(Credentials.password_hash)).one()
    assert answers == [201, 201]
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_password_changed_since_it_was_checked_opens_nothing(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    with identity.session() as session:
        credentials = queries.find_credentials(session, email="ada@example.org")
    proof = sessions.check_password(credentials, password=PASSWORD)

    set_hash(identity, ada, hash_of("another pass phrase"))

    with pytest.raises(CredentialsWrong), identity.session() as session:
        sessions.open_session(
            session, proof=proof, email="ada@example.org", client="192.0.2.1", device=""
        )


def test_signing_out_closes_this_session_and_no_other(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    mine, other = sign_in(identity).get_json(), sign_in(identity).get_json()

    response = sign_out(identity, mine["access_token"])

    assert (response.status_code, response.data) == (204, b"")
    assert sign_out(identity, mine["access_token"]).status_code == 204
    assert code_of(refresh(identity, mine["refresh_token"])) == (401, "refresh_token_invalid")
    assert refresh(identity, other["refresh_token"]).status_code == 200


def test_nobody_closes_a_session_by_naming_it_in_a_token_of_their_own(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada")
    bob = add_member(identity, "Bob")
    adas = sign_in(identity).get_json()
    token = tokens.token_for(bob, sid=payload_of(adas["access_token"])["sid"])

    sign_out(identity, token)

    assert refresh(identity, adas["refresh_token"]).status_code == 200


@pytest.mark.parametrize("path", ["/sessions", "/sessions/refresh"])
def test_what_answers_secrets_takes_no_idempotency_key(
    identity: ServiceUnderTest, path: str
) -> None:
    person = {"email": "ada@example.org", "password": PASSWORD}
    fields = person if path == "/sessions" else {"refresh_token": "x"}

    refused = identity.as_stranger().post(path, fields, headers={"Idempotency-Key": "k"})

    assert code_of(refused) == (422, "idempotency_key_refused")


def test_suspension_does_not_hide_the_member_from_the_others(identity: ServiceUnderTest) -> None:
    ada, bob = add_member(identity, "Ada"), add_member(identity, "Bob")

    set_state(identity, ada, "suspended")

    assert identity.as_member(bob).get(f"/members/{ada.id}").status_code == 200


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, None, algorithm="none", headers={"kid": tokens.KID})


def signed_by_another(claims: dict[str, Any]) -> str:
    another = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims, another, algorithm="ES256", headers={"kid": tokens.KID})


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    """The algorithm confusion: HMAC with what everybody knows as its secret."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "HS256", "typ": "JWT", "kid": tokens.KID}, claims)
    ]
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = algorithm.sign(".".join(parts).encode(), tokens.public_keys().encode())
    return ".".join([*parts, base64.urlsafe_b64encode(signature).decode().rstrip("=")])


def with_claims(**changed: Any) -> Any:
    def forge(claims: dict[str, Any]) -> str:
        merged = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return jwt.encode(merged, tokens.private_key(), "ES256", headers={"kid": tokens.KID})

    return forge


def of_unknown_kid(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, tokens.private_key(), algorithm="ES256", headers={"kid": "other"})


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        signed_by_another,
        signed_with_the_public_key,
        of_unknown_kid,
        with_claims(aud="another-api"),
        with_claims(iss="somebody"),
        with_claims(exp=None),
        with_claims(sid=None),
        with_claims(sub="root"),
    ],
    ids=lambda forge: forge.__name__,
)
def test_forged_access_tokens_prove_nobody(identity: ServiceUnderTest, forge: Any) -> None:
    add_member(identity, "Ada")
    token = sign_in(identity).get_json()["access_token"]
    assert me(identity, token).status_code == 200

    forged = forge(payload_of(token))

    assert code_of(me(identity, forged)) == (401, "token_invalid")


def test_changed_payload_breaks_the_signature(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    root = add_member(identity, "Root", role="administrator")
    token = sign_in(identity).get_json()["access_token"]
    head, _, signature = token.split(".")
    claims = {**payload_of(token), "sub": str(root.id), "role": "administrator"}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")

    response = me(identity, f"{head}.{body}.{signature}")

    assert code_of(response) == (401, "token_invalid")


class VerifierSpy:
    """Does what the hasher does, and remembers against which hashes it verified."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher = hasher
        self.verified: list[str] = []

    def verify(self, password_hash: str, password: str) -> bool:
        self.verified.append(password_hash)
        return self.hasher.verify(password_hash, password)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hasher, name)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def me(identity: ServiceUnderTest, token: str) -> Any:
    return identity.as_stranger().get("/members/me", headers=bearer(token))


def sign_out(identity: ServiceUnderTest, token: str) -> Any:
    return identity.as_stranger().delete("/sessions/current", headers=bearer(token))


def set_hash(identity: ServiceUnderTest, person: Person, password_hash: str) -> None:
    with identity.session() as session:
        session.get_one(Credentials, person.id).password_hash = password_hash
