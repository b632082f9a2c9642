"""The key by which push services know us (VAPID, RFC 8292): its public half goes to browsers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.notifications.pushing.endpoints import text_of

ALGORITHM = "ES256"
GOOD_FOR = timedelta(hours=12)  # RFC 8292, 2: a day at the most


@dataclass(frozen=True)
class VapidKey:
    """A private key, and its public one as browsers want it."""

    public: str
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)


def make_key() -> str:
    """A new private key, PKCS #8 in PEM."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


@cache
def read_key(pem: str) -> VapidKey:
    """The key of a setting; raises ValueError, which shows nothing of it."""
    try:
        private_key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Not `from`: the library's message may show a part of the key.
        raise ValueError("is no unencrypted private key in PEM") from None
    if not isinstance(private_key, ec.EllipticCurvePrivateKey) or private_key.key_size != 256:
        raise ValueError("is no P-256 key")
    point = private_key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return VapidKey(text_of(point), private_key)


def authorization(key: VapidKey, endpoint: str, *, contact: str, now: datetime) -> str:
    """The header that says who sends; `contact` is whom a push service tells of trouble."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now + GOOD_FOR, "sub": contact}
    token = jwt.encode(claims, key.private_key, algorithm=ALGORITHM)
    return f"vapid t={token}, k={key.public}"
