"""Cross-origin resource sharing: which other pages' scripts may call, and what they may see.

By default none. Without credentials: the API knows no cookies, and a token is not sent unasked.
"""

from collections.abc import Mapping
from typing import Any

from gateway.config import Settings
from gateway.headers import METHODS
from gateway.upstream import Headers

_EXPOSED = (
    "ETag, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset,"
    " X-Correlation-Id"
)
_ALLOWED = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Correlation-Id"


class Cors:
    """The origins of the settings; one per application."""

    def __init__(self, settings: Settings) -> None:
        self._origins = settings.origins

    def is_preflight(self, environ: Mapping[str, Any]) -> bool:
        """Whether an allowed page's browser asks what it may do."""
        return (
            environ["REQUEST_METHOD"] == "OPTIONS"
            and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
            and self._allows(environ.get("HTTP_ORIGIN"))
        )

    def preflight(self) -> Headers:
        """What the answer to such a question carries beside `share`."""
        return [
            ("Access-Control-Allow-Methods", ", ".join(sorted(METHODS))),
            ("Access-Control-Allow-Headers", _ALLOWED),
            ("Access-Control-Max-Age", "600"),
        ]

    def share(self, origin: str | None) -> Headers:
        """What an answer to a page of this origin carries; empty while no origin is let in."""
        if not self._origins:
            return []
        if origin is None or not self._allows(origin):
            return [("Vary", "Origin")]
        return [
            ("Vary", "Origin"),
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Expose-Headers", _EXPOSED),
        ]

    def _allows(self, origin: str | None) -> bool:
        return origin is not None and (origin in self._origins or "*" in self._origins)
