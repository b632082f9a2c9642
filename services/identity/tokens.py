"""What identity hands out: random secrets, of which it keeps the hash, and access tokens."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import jwt

from chassis import clock
from chassis.auth import LEAVING, TOKEN_TYPE
from chassis.identifiers import new_id
from chassis.settings import SettingsError
from services.identity import keys, rules
from services.identity.config import Settings
from services.identity.models import Member


def new_secret() -> str:
    """256 random bits for an invitation or a refresh token."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret; so many random bits need neither salt nor slowness."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def issue_access_token(
    settings: Settings, *, member: Member, session_id: UUID, proved_at: datetime
) -> str:
    """A signed token which says for ten minutes who the member is."""
    claims = {
        "aud": settings.token_audience,
        "sid": str(session_id),
        "auth_at": int(proved_at.timestamp()),
    }
    return _sign(settings, member, claims)


def issue_leaving_token(settings: Settings, *, member: Member) -> str:
    """The same for taking one's data and leaving alone; it belongs to no session."""
    claims = {"aud": settings.token_audience + LEAVING, "sid": str(new_id())}
    return _sign(settings, member, claims)


def _sign(settings: Settings, member: Member, more: Mapping[str, Any]) -> str:
    key = require_signing_key(settings)
    issued_at = int(clock.now().timestamp())
    claims = {
        "iss": settings.token_issuer,
        "iat": issued_at,
        "exp": issued_at + rules.ACCESS_SECONDS,
        "sub": str(member.id),
        "role": member.role,
        "name": member.name,
        "headline": member.headline,
        # For pages, which would else ask for them each time.
        "locale": member.locale,
        "portrait_url": member.portrait_url,
        **more,
    }
    headers = {"kid": key.kid, "typ": TOKEN_TYPE}
    return jwt.encode(claims, key.private_key, algorithm=keys.ALGORITHM, headers=headers)


def require_signing_key(settings: Settings) -> keys.SigningKey:
    """The key to sign with; raises SettingsError where none is set."""
    if not settings.signing_key:
        raise SettingsError(["SKILLER_SIGNING_KEY: is required to serve and not set"])
    return keys.find_signing_key(settings.signing_key, settings.public_keys)
