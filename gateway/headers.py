"""Which headers pass the gateway, in either direction, and which it adds."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from chassis import context
from chassis.vouchers import ADDRESS_HEADER
from gateway.client import Client
from gateway.config import Settings
from gateway.upstream import Headers

# RFC 9110 7.6.1, and those that older software uses.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# What the gateway says itself, or only believes under conditions.
_OURS_TO_SERVICE = HOP_BY_HOP | {
    "authorization", "content-length", "cookie", "expect", "forwarded", "host", "traceparent",
    "via", "x-correlation-id", "x-real-ip", ADDRESS_HEADER.lower(),
}  # fmt: skip
# The server before the gateway adds its own Date and Server.
_OURS_TO_CLIENT = HOP_BY_HOP | {"date", "server", "x-correlation-id"}

SECURITY: Headers = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def to_service(
    environ: Mapping[str, Any],
    client: Client,
    *,
    with_authorization: bool,
    with_cookies: bool = False,
    length: int,
) -> Headers:
    """A request's headers for a service; `Authorization` only when its token was checked.

    Cookies are the pages' alone: what a service believes is a token.
    """
    get = environ.get
    named = _named_by(get("HTTP_CONNECTION"))
    headers: Headers = [("Host", get("HTTP_HOST") or "gateway")]
    for key, value in environ.items():
        name = _name_of(key)
        if name is not None and not (named and name.lower() in named):
            headers.append((name, value))
    if with_cookies and "HTTP_COOKIE" in environ:
        headers.append(("Cookie", environ["HTTP_COOKIE"]))
    if with_authorization:
        headers.append(("Authorization", environ["HTTP_AUTHORIZATION"]))
    if length or environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH"):
        headers.append(("Content-Length", str(length)))
    via = get("HTTP_VIA")
    headers += [
        ("Via", f"{via}, 1.1 skiller" if via else "1.1 skiller"),
        ("X-Forwarded-For", client.address),
        ("X-Forwarded-Proto", client.scheme),
        ("X-Forwarded-Host", client.host),
        ("X-Correlation-Id", context.correlation_id.get()),
        ("traceparent", context.traceparent.get()),
    ]
    return headers


def to_client(headers: Iterable[tuple[str, str]]) -> Headers:
    """An answer's headers for the client, without what belonged to the connection inside."""
    named: frozenset[str] = frozenset()
    kept: Headers = []
    for name, value in headers:
        lower = name.lower()
        if lower == "connection":
            named |= _named_by(value)
        elif lower not in _OURS_TO_CLIENT:
            kept.append((name, value))
    return [pair for pair in kept if pair[0].lower() not in named] if named else kept


class Security:
    """The security headers, as the settings say; one per application."""

    def __init__(self, settings: Settings) -> None:
        site = "cross-origin" if settings.origins else "same-origin"
        self._headers = [*SECURITY, ("Cross-Origin-Resource-Policy", site)]
        if settings.hsts_seconds:
            age = f"max-age={settings.hsts_seconds}; includeSubDomains"
            self._headers.append(("Strict-Transport-Security", age))

    def missing_in(self, headers: Headers) -> Headers:
        """Those that an answer does not set itself."""
        present = {name.lower() for name, _ in headers}
        return [pair for pair in self._headers if pair[0].lower() not in present]


@lru_cache(maxsize=1024)
def _name_of(key: str) -> str | None:
    """The header that a WSGI key stands for, or None where it does not pass."""
    if key == "CONTENT_TYPE":
        return "Content-Type"
    if not key.startswith("HTTP_"):
        return None
    name = key[5:].replace("_", "-").title()
    lower = name.lower()
    return None if lower in _OURS_TO_SERVICE or lower.startswith("x-forwarded-") else name


def _named_by(connection: str | None) -> frozenset[str]:
    """The headers that a Connection header declares as meant for this hop."""
    if not connection or connection.lower() in ("keep-alive", "close"):
        return frozenset()
    return frozenset(part.strip().lower() for part in connection.split(","))
