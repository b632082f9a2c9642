"""What mails lead back by: signed tokens that sign nobody in.

An unsubscribing token names a member and a scope, a return path one mail. Each carries the id of
the key that signed it; keys that are not listed any more are good for nothing.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from email.headerregistry import Address
from uuid import UUID

from chassis.settings import Secret, SettingsError
from services.notifications.preferences import SCOPES

_UUID, _KEY_ID, _SEAL = 16, 4, 10  # bytes
SHORTEST = 32  # letters of a secret
LONGEST_NAME = 15  # of a return address before its +, of 64 letters (RFC 5321, 4.5.3.1.1)


class Keys:
    """The secrets of `SKILLER_LINK_SECRET`: the first signs, all are believed."""

    def __init__(self, setting: Secret) -> None:
        """Raises SettingsError where there is none, or one is short."""
        secrets = [part.encode() for part in setting.split()]
        if not secrets or any(len(secret) < SHORTEST for secret in secrets):
            raise SettingsError([f"SKILLER_LINK_SECRET: is required, {SHORTEST} letters or more"])
        self._secrets: Sequence[tuple[bytes, bytes]] = [
            (hashlib.sha256(b"id " + secret).digest()[:_KEY_ID], secret) for secret in secrets
        ]

    def sign(self, purpose: bytes, said: bytes) -> bytes:
        """Key id and seal of something said for a purpose."""
        key_id, secret = self._secrets[0]
        return key_id + _seal(secret, purpose, said)

    def is_signed(self, purpose: bytes, said: bytes, signature: bytes) -> bool:
        """Whether one of the keys signed it."""
        return any(
            hmac.compare_digest(key_id + _seal(secret, purpose, said), signature)
            for key_id, secret in self._secrets
        )


def unsubscribing_token(keys: Keys, member_id: UUID, scope: str) -> str:
    """What takes a scope of mails away from a member."""
    said = member_id.bytes + bytes([SCOPES.index(scope)])
    return _text_of(said + keys.sign(b"unsubscribe", said))


def read_unsubscribing(keys: Keys, token: str) -> tuple[UUID, str] | None:
    """The member and the scope of a token, None of one that is not ours."""
    whole = _bytes_of(token)
    said, signature = whole[: _UUID + 1], whole[_UUID + 1 :]
    if not keys.is_signed(b"unsubscribe", said, signature):
        return None
    return UUID(bytes=said[:_UUID]), SCOPES[said[_UUID]]


def return_path(keys: Keys, return_address: Address, mail_id: UUID) -> str:
    """Where one mail comes back: VERP (`bounces+TOKEN@host`), in letters without case."""
    whole = mail_id.bytes + keys.sign(b"return", mail_id.bytes)
    token = base64.b32encode(whole).decode().rstrip("=").lower()
    return f"{return_address.username}+{token}@{return_address.domain}"


def read_return_path(keys: Keys, address: str) -> UUID | None:
    """The mail whose return path this is, None of another address."""
    local = address.strip().rpartition("@")[0].rpartition("+")[2].upper()
    try:
        whole = base64.b32decode(local + "=" * (-len(local) % 8))
    except ValueError:  # letters that are none of it, ASCII or not
        return None
    said, signature = whole[:_UUID], whole[_UUID:]
    is_ours = len(said) == _UUID and keys.is_signed(b"return", said, signature)
    return UUID(bytes=said) if is_ours else None


def _seal(secret: bytes, purpose: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, purpose + b"\0" + said, hashlib.sha256)[:_SEAL]


def _text_of(whole: bytes) -> str:
    return base64.urlsafe_b64encode(whole).decode().rstrip("=")


def _bytes_of(token: str) -> bytes:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
