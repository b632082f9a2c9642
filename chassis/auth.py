"""Who asks: access tokens (ES256 JWT) checked against identity's public keys.

The gateway and every service check alike. Claims of a checked token are kept for up
to 60 s; its expiry is looked at each time.
"""

import hashlib
import json
import math
import threading
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

import jwt
from cachetools import TTLCache
from flask import current_app, g, request

from chassis import clock
from chassis.claims import Claims
from chassis.database import ClockWrong, Database
from chassis.errors import Forbidden, ServiceError
from chassis.settings import TokenSettings

ALGORITHM = "ES256"
TOKEN_TYPE = "at+jwt"
# RFC 9068 names the type of an access token; the previous release's tokens say JWT.
KNOWN_TYPES = (TOKEN_TYPE, "JWT")
# How far the clock of who signed may run ahead of ours.
LEEWAY_SECONDS = 120
CACHE_SECONDS = 60
CACHE_ENTRIES = 10_000
# Ends the audience of tokens for leaving: a release that knows none refuses them.
LEAVING = "/leaving"
PROOF_SECONDS = 15 * 60  # how long a password that was given stands for who gave it
V = TypeVar("V")


class Unauthenticated(ServiceError):
    """The token, or what was shown instead of it, proves nobody."""

    status = 401
    code = "token_invalid"
    detail = "Sign in first: the access token is missing or not valid."


class TokenExpired(Unauthenticated):
    code = "token_expired"
    detail = "The access token has expired; refresh the session."


class SessionOver(Unauthenticated):
    """The session was closed while its access token is still good to read."""

    code = "session_closed"
    detail = "This session was closed; sign in again."


class LeavingOnly(Forbidden):
    """The token is for somebody who may not do more than take their data and leave."""

    code = "leaving_only"
    detail = "With this token you can take your data and leave, and nothing else."


class PasswordNeeded(Forbidden):
    """What is asked for needs the password once more."""

    code = "password_needed"
    detail = "Give your password once more: it was asked more than 15 minutes ago."


class TokenVerifier:
    """Checks tokens; one per process and key set."""

    def __init__(self, settings: TokenSettings) -> None:
        self.settings = settings
        keys = json.loads(settings.public_keys)["keys"]
        self._keys = {key["kid"]: jwt.PyJWK(key, ALGORITHM).key for key in keys}
        self._cache: TTLCache[bytes, Claims] = TTLCache(CACHE_ENTRIES, CACHE_SECONDS)
        self._lock = threading.Lock()

    def verify(self, token: str) -> Claims:
        """The claims of a valid token; raises Unauthenticated or TokenExpired."""
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        with self._lock:
            claims = self._cache.get(digest)
        if claims is None:
            claims = self._check(token)
            with self._lock:
                self._cache[digest] = claims
        if claims.expires_at <= clock.now().timestamp():
            raise TokenExpired
        return claims

    def _check(self, token: str) -> Claims:
        audience = self.settings.token_audience
        try:
            header = jwt.get_unverified_header(token)
            # Exactly what identity writes: no content type, no compression, nothing critical.
            if header.keys() != {"alg", "kid", "typ"} or header["typ"] not in KNOWN_TYPES:
                raise Unauthenticated
            payload = jwt.decode(
                token,
                self._keys[header["kid"]],
                algorithms=[ALGORITHM],
                issuer=self.settings.token_issuer,
                audience=[audience, audience + LEAVING],
                # Times are compared with our own clock: expiry on each use, the others below.
                options={
                    "require": ["exp", "sub", "sid", "iss", "aud"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            _require_begun(payload)
            return Claims(
                id=UUID(payload["sub"]),
                session_id=UUID(payload["sid"]),
                role=str(payload["role"]),
                name=str(payload["name"]),
                headline=str(payload["headline"]),
                expires_at=_moment(payload["exp"]),
                is_leaving=payload["aud"] != audience,
                # A token of an earlier release does not say: as if long ago.
                proved_at=_moment(payload.get("auth_at", 0)),
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise Unauthenticated from error


def _require_begun(payload: Mapping[str, Any]) -> None:
    """Raises Unauthenticated for a token that was issued in the future, or begins there."""
    latest = clock.now().timestamp() + LEEWAY_SECONDS
    if any(_moment(payload.get(name, 0)) > latest for name in ("iat", "nbf")):
        raise Unauthenticated


def _moment(seconds: Any) -> float:
    """Unix seconds of a claim; raises ValueError for infinity and for no number at all."""
    if type(seconds) not in (int, float) or not math.isfinite(seconds):
        raise ValueError("a moment is a finite number")
    return float(seconds)


def bearer_of(headers: Mapping[str, str]) -> str | None:
    """The token of an `Authorization: Bearer` header, or None."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def public(view: V) -> V:
    """Mark a view that strangers may call."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def is_public(view: Any) -> bool:
    """Whether strangers may call this view."""
    return bool(getattr(view, "is_public", False))


def for_leaving(view: V) -> V:
    """Mark a view by which somebody takes their data or leaves, suspended or not."""
    view.is_for_leaving = True  # type: ignore[attr-defined]
    return view


def is_for_leaving(view: Any) -> bool:
    """Whether a token for leaving is good for this view."""
    return bool(getattr(view, "is_for_leaving", False))


def authenticate() -> None:
    """Before each request: settle who asks, unless the view is public."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or is_public(view):
        return
    token = bearer_of(request.headers)  # type: ignore[arg-type]
    if token is None:
        raise Unauthenticated
    verifier: TokenVerifier = current_app.extensions["token_verifier"]
    try:
        g.member = verifier.verify(token)
    except Unauthenticated:
        # To a wrong clock every token is too old or too new: that is no reason to sign in again.
        database: Database = current_app.extensions["database"]
        if database.is_clock_wrong():
            raise ClockWrong from None
        raise
    if g.member.is_leaving and not is_for_leaving(view):
        raise LeavingOnly


def require_recent_password(claims: Claims) -> None:
    """For what a moderator writes, in any service; raises PasswordNeeded."""
    if clock.now().timestamp() - claims.proved_at > PROOF_SECONDS:
        raise PasswordNeeded


def current_member() -> Claims:
    """Who asks, in a view that is not public."""
    member: Claims = g.member
    return member
