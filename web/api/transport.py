"""How requests reach the gateway: over HTTP, or in this process (standalone)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import urllib3

from chassis.logs import get_logger
from web.errors import Problem, Refused

log = get_logger("web")
CONNECT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the gateway; `target` is its path and query, percent-encoded."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 5.0  # until its answer


@dataclass(frozen=True, slots=True)
class Response:
    """What it answered; the names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """One way to the gateway."""

    def send(self, request: Request) -> Response:
        """Raises Refused (503) where there is no whole answer."""
        ...


class HttpTransport:
    """Over HTTP, with connections kept; reads are asked once more where one broke."""

    def __init__(self, url: str, *, connections: int = 32) -> None:
        self._pool = urllib3.connection_from_url(
            url,
            maxsize=connections,
            retries=False,
        )

    def send(self, request: Request) -> Response:
        """As `Transport.send`."""
        try:
            return self._send(request)
        except urllib3.exceptions.HTTPError as error:
            if request.method != "GET" or isinstance(error, urllib3.exceptions.TimeoutError):
                raise _away(error) from error
        try:
            return self._send(request)
        except urllib3.exceptions.HTTPError as error:
            raise _away(error) from error

    def _send(self, request: Request) -> Response:
        answer = self._pool.urlopen(
            request.method,
            request.target,
            body=request.body or None,
            headers=request.headers,
            redirect=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, total=request.seconds),
        )
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, headers, answer.data)


def _away(error: Exception) -> Refused:
    log.warning("gateway away", error=repr(error))
    return Refused(Problem(code="upstream_unavailable"))
