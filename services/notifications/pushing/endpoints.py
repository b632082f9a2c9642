"""Where pushes may go: the push services of browsers, and the keys of who receives there.

Somebody who subscribes names an address that our worker will call. So it is one of a list, over
TLS at its port, and asked again each time something is sent.
"""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

LONGEST = 1_000
POINT_BYTES, SECRET_BYTES = 65, 16  # RFC 8291, 3.1 and 3.2
HTTPS_PORT = 443


def read_hosts(setting: str) -> Sequence[str]:
    """Hosts of a setting, `.suffix` for all under a name; raises ValueError, which names one."""
    hosts = setting.lower().replace(",", " ").split()
    for host in hosts:
        labels = host.removeprefix(".").split(".")
        if len(labels) < 2 or not all(label.replace("-", "").isalnum() for label in labels):
            raise ValueError(f"{host!r} is no host, nor a .suffix of several words")
    return hosts


def find_endpoint(text: str, hosts: Sequence[str]) -> str | None:
    """An endpoint as it is kept and called; None of one to which nothing is sent."""
    # Letters that some readers of addresses skip, and others take for something else.
    if len(text) > LONGEST or not all("!" <= letter <= "~" for letter in text) or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    is_plain = parts.scheme == "https" and port in (None, HTTPS_PORT) and not parts.fragment
    if not host or not is_plain or "@" in parts.netloc or not is_listed(host, hosts):
        return None
    return parts._replace(netloc=host).geturl()


def is_listed(host: str, hosts: Sequence[str]) -> bool:
    """Whether a host is one of the list, or under a `.suffix` of it."""
    return any(host.endswith(one) if one.startswith(".") else host == one for one in hosts)


def are_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a browser's: a point of P-256, uncompressed, and a secret."""
    point, secret = bytes_of(p256dh), bytes_of(auth)
    if len(point) != POINT_BYTES or len(secret) != SECRET_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True


def bytes_of(text: str) -> bytes:
    """What base64url says, with or without padding; nothing of what is none."""
    plain = text.rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def text_of(whole: bytes) -> str:
    """As base64url, without padding."""
    return base64.urlsafe_b64encode(whole).decode().rstrip("=")
