"""The client interface: what goes to a service and what comes back, however it is reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

Headers = list[tuple[str, str]]

AT_ONCE = 1024 * 1024  # bytes of a body that are read before the answer begins
IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})  # RFC 9110 9.2.2


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """A request as it goes to a service."""

    method: str
    target: str  # path and query, percent-encoded as the client wrote them
    headers: Headers
    body: bytes = b""

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.method in IDEMPOTENT or any(
            name.lower() == "idempotency-key" for name, _ in self.headers
        )


@dataclass(slots=True)
class UpstreamResponse:
    """What a service said. `body` is a list when all of it is here, else a stream to be
    iterated once and closed (WSGI's rule: the server calls `close()` where there is one)."""

    status: int
    reason: str
    headers: Headers
    body: Iterable[bytes]


class Upstream(Protocol):
    """One service: `HttpUpstream` over the network, `WsgiUpstream` in this process."""

    def send(self, message: UpstreamRequest) -> UpstreamResponse:
        """Raises UpstreamUnavailable or UpstreamTimeout when there is no whole answer."""
        ...
