"""One visitor's calls: with their token, their address and the id of their request.

All calls of a page share its time. One that the page can do without gets half of what is left, so
that a service that hangs leaves some for the others, and the page comes before the gateway stops
waiting for it.
"""

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from flask import g

from chassis import context
from chassis.vouchers import ADDRESS_HEADER, vouch
from web.api.transport import Request, Response, Transport
from web.errors import Moved, Problem, Refused, SignInNeeded

BASE = "/api/v1"
PAGE_SECONDS = 4.0
LEAST_SECONDS = 0.2  # for a call of a page whose time is over: what is well answers within it
NOTHING: Mapping[str, str] = MappingProxyType({})
T = TypeVar("T")
_encode = msgspec.json.Encoder().encode


class Api:
    """What one request of a browser asks of the gateway."""

    def __init__(
        self,
        transport: Transport,
        *,
        address: str,
        secret: str,
        agent: str = "",
        seconds: float = PAGE_SECONDS,
    ) -> None:
        self._transport = transport
        self._ends = time.monotonic() + seconds
        self._voucher = vouch(address, secret)  # good for longer than a page takes
        self._agent = agent
        self.token: str | None = None
        self.is_trying = False  # the page can do without what is asked now

    def get(self, path: str, kind: type[T], /, **query: Any) -> T:
        """The answer of a read; what is None is not asked for.

        Raises what `call` raises.
        """
        asked = {name: value for name, value in query.items() if value is not None}
        # Lists of ids have commas, for whose sake each letter would be looked at.
        target = f"{path}?{urlencode(asked, safe=',')}" if asked else path
        return decoded(self.call("GET", target).body, kind)

    def send(
        self,
        method: str,
        path: str,
        kind: type[T],
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] = NOTHING,
    ) -> T:
        """The answer of a write; `key` lets it be sent twice and done once.

        Raises what `call` raises.
        """
        headers = {**headers, **({"Idempotency-Key": key} if key else {})}
        sent = b"" if body is None else _encode(body)
        if sent:
            headers["Content-Type"] = "application/json"
        return decoded(self.call(method, path, headers=headers, body=sent).body, kind)

    def call(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """What the gateway answers to a call below /api/v1.

        Raises SignInNeeded, Moved, or Refused for any other answer than a good one.
        """
        sent = {**self._headers(), **(headers or {})}
        request = Request(method, BASE + path, sent, body, self._seconds())
        response = self._transport.send(request)
        if response.status < 300:
            return response
        if response.status in (301, 308):
            raise Moved(response.headers["location"].removeprefix(BASE))
        problem = problem_of(response)
        # A wrong password is 401 too, and no reason to sign in again.
        if problem.status == 401 and problem.code in _SIGNED_OUT:
            raise SignInNeeded
        seconds = response.headers.get("retry-after", "")
        raise Refused(problem, int(seconds) if seconds.isdecimal() else None)

    def _seconds(self) -> float:
        left = self._ends - time.monotonic()
        return max(left / 2 if self.is_trying else left, LEAST_SECONDS)

    def _headers(self) -> dict[str, str]:
        headers = {
            "Host": "gateway",
            "Accept": "application/json",
            "User-Agent": self._agent,
            "X-Correlation-Id": context.correlation_id.get(),
            "traceparent": context.traceparent.get(),
            ADDRESS_HEADER: self._voucher,
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers


_SIGNED_OUT = {"token_invalid", "token_expired", "session_closed", "unauthenticated"}


def api() -> Api:
    """The calls of the request at hand."""
    found: Api = g.api
    return found


def part(text: str) -> str:
    """A part of a path."""
    return quote(text, safe="")


def problem_of(response: Response) -> Problem:
    """What an answer that is none says; one that says nothing is of who stands between."""
    try:
        return decoded(response.body, Problem)
    except msgspec.MsgspecError:
        return Problem(status=response.status if response.status >= 400 else 502)


def decoded(body: bytes, kind: type[T]) -> T:
    """The body as `kind`; NoneType for a body that is not looked at."""
    return None if kind is type(None) else _decoder(kind).decode(body)


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    return decoder


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
