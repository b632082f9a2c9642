"""Tokens that must open nothing: signed by nobody, by somebody else, or for something else."""

import base64
import hmac
import json
import time
from collections.abc import Callable

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.auth import TOKEN_TYPE
from chassis.testing import tokens
from chassis.testing.tokens import Person


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _with_algorithm(person: Person, name: str) -> str:
    """Header and claims of a token that names another algorithm."""
    header = json.dumps({"alg": name, "kid": tokens.KID, "typ": TOKEN_TYPE}).encode()
    return f"{_encoded(header)}.{tokens.token_for(person).split('.')[1]}"


def _unsigned(person: Person) -> str:
    return _with_algorithm(person, "none") + "."


def _signed_by_another(person: Person) -> str:
    claims = jwt.decode(tokens.token_for(person), options={"verify_signature": False})
    stranger = ec.generate_private_key(ec.SECP256R1())
    headers = {"kid": tokens.KID, "typ": TOKEN_TYPE}
    return jwt.encode(claims, stranger, "ES256", headers=headers)


def _signed_with_the_public_key(person: Person) -> str:
    public = tokens.private_key().public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claimed = _with_algorithm(person, "HS256")
    return f"{claimed}.{_encoded(hmac.digest(secret, claimed.encode(), 'sha256'))}"


def _under_an_unknown_key(person: Person) -> str:
    claims = jwt.decode(tokens.token_for(person), options={"verify_signature": False})
    headers = {"kid": "unknown", "typ": TOKEN_TYPE}
    return jwt.encode(claims, tokens.private_key(), "ES256", headers=headers)


FORGED: dict[str, Callable[[Person], str]] = {
    "nonsense": lambda _: "nonsense",
    "alg none": _unsigned,
    "another key": _signed_by_another,
    "an unknown key's name": _under_an_unknown_key,
    "public key as secret": _signed_with_the_public_key,
    "another audience": lambda person: tokens.token_for(person, aud="another"),
    "another issuer": lambda person: tokens.token_for(person, iss="another"),
    "no session": lambda person: tokens.token_for(person, sid=None),
    "a role changed in the middle": lambda person: _with_claims_of_another(person),
    "another type": lambda person: tokens.token_for(person, header={"typ": "dpop+jwt"}),
    "no type": lambda person: tokens.token_for(person, header={"typ": None}),
    "another content": lambda person: tokens.token_for(person, header={"cty": "JWT"}),
    "compressed": lambda person: tokens.token_for(person, header={"zip": "DEF"}),
    "an end at infinity": lambda person: tokens.token_for(person, exp=float("inf")),
    "an end that is no number": lambda person: tokens.token_for(person, exp=float("nan")),
    "an end in words": lambda person: tokens.token_for(person, exp="9999999999"),
    "a beginning in the future": lambda person: tokens.token_for(person, nbf=_ahead(130)),
    "issued in the future": lambda person: tokens.token_for(person, iat=_ahead(130)),
    "begun at no moment": lambda person: tokens.token_for(person, nbf=float("nan")),
}


def _ahead(seconds: int) -> int:
    return int(time.time()) + seconds


def _with_claims_of_another(person: Person) -> str:
    """The signature of a member's token under an administrator's claims."""
    header, _, signature = tokens.token_for(person).split(".")
    claims = tokens.token_for(person, role="administrator").split(".")[1]
    return f"{header}.{claims}.{signature}"


def expired(person: Person) -> str:
    """A token that was good a second ago."""
    return tokens.token_for(person, exp=int(time.time()) - 1)
