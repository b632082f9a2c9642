"""A key pair for tests, and access tokens signed with it."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.auth import LEAVING, TOKEN_TYPE
from chassis.settings import TokenSettings

KID = "test"


@cache
def private_key() -> ec.EllipticCurvePrivateKey:
    """One P-256 key for the whole run."""
    return ec.generate_private_key(ec.SECP256R1())


def private_pem() -> str:
    """The private key as PKCS #8 PEM."""
    pem = private_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode()


def public_keys() -> str:
    """The JWK set that believes tokens of `token_for`."""
    key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private_key().public_key()))
    return json.dumps({"keys": [{**key, "kid": KID, "alg": "ES256", "use": "sig"}]})


@dataclass(frozen=True)
class Person:
    """Somebody with a token."""

    name: str
    id: UUID
    headline: str = ""
    role: str = "member"


def leaving_token_for(person: Person) -> str:
    """A token by which somebody takes their data and leaves."""
    return token_for(person, aud=TokenSettings.token_audience + LEAVING)


def token_for(
    person: Person,
    *,
    header: Mapping[str, Any] | None = None,
    key: str | None = None,
    **claims: Any,
) -> str:
    """An access token for ten minutes; `claims` replaces any of its claims, `header` adds.

    Signed by the tests' own key, or by that of a running system (PEM).
    """
    payload = {
        "iss": TokenSettings.token_issuer,
        "aud": TokenSettings.token_audience,
        "sub": str(person.id),
        "sid": str(uuid4()),
        "role": person.role,
        "name": person.name,
        "headline": person.headline,
        "auth_at": int(time.time()),
        "exp": int(time.time()) + 600,
        **claims,
    }
    headers = {"kid": KID, "typ": TOKEN_TYPE, **(header or {})}
    return jwt.encode(payload, key or private_key(), algorithm="ES256", headers=headers)
