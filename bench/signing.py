"""Access tokens of members of this machine, signed with its own key: nobody's password is known."""

import time
from pathlib import Path
from uuid import UUID, uuid4

import jwt

from chassis.settings import TokenSettings
from services.identity import keys

TOKEN_SECONDS = 3_600


def token_of(data: Path, member_id: UUID, name: str, headline: str = "") -> str:
    """One for as long as a measure takes; `data` is the folder of the standalone."""
    folder = data / "keys"
    private, public = (folder / name for name in (keys.PRIVATE_FILE, keys.PUBLIC_FILE))
    key = keys.find_signing_key(private.read_text(), public.read_text())
    claims = {
        "iss": TokenSettings.token_issuer,
        "aud": TokenSettings.token_audience,
        "iat": int(time.time()),
        "exp": int(time.time()) + TOKEN_SECONDS,
        "sub": str(member_id),
        "sid": str(uuid4()),
        "role": "member",
        "name": name,
        "headline": headline,
    }
    headers = {"kid": key.kid}
    return jwt.encode(claims, key.private_key, algorithm=keys.ALGORITHM, headers=headers)
