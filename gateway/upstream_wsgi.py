"""A service in this process: its WSGI application is called as a server would call it.

Used by `standalone`. There is no time-out: nothing can stop a thread that computes.
"""

import io
import sys
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from chassis.logs import get_logger
from gateway.errors import UpstreamUnavailable
from gateway.upstream import AT_ONCE, Headers, UpstreamRequest, UpstreamResponse

log = get_logger("gateway")


class WsgiUpstream:
    """Calls a WSGI application; what it raises is an unavailable service."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def send(self, request: UpstreamRequest) -> UpstreamResponse:
        """As `Upstream.send`; raises UpstreamUnavailable when the application raises."""
        try:
            return call(self._app, environ_of(request))
        except Exception as error:  # The application's failure must not become the gateway's.
            log.error("application failed", exc_info=error)
            raise UpstreamUnavailable(type(error).__name__) from error


def environ_of(request: UpstreamRequest) -> WSGIEnvironment:
    """The WSGI environment (PEP 3333) of a request."""
    path, _, query = request.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def call(app: WSGIApplication, environ: WSGIEnvironment) -> UpstreamResponse:
    """Run an application; what it raises before the response begins is passed on."""
    started = _Started()
    body = _Body(app(environ, started))
    try:
        body.read_ahead(AT_ONCE)
    except BaseException:
        body.close()
        raise
    # An application may call start_response as late as with its first chunk.
    code, _, reason = started.status.partition(" ")
    status = int(code)
    chunks = started.written + body.ahead
    if not body.is_whole:
        body.ahead = chunks
        return UpstreamResponse(status, reason, started.headers, body)
    body.close()
    return UpstreamResponse(status, reason or HTTPStatus(status).phrase, started.headers, chunks)


class _Started:
    """The `start_response` given to an application."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Headers = []
        self.written: list[bytes] = []

    def __call__(self, status: str, headers: Headers, exc_info: Any = None) -> Any:
        self.status, self.headers = status, list(headers)
        return self.written.append


class _Body:
    """A response iterable of which the first bytes were read ahead."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._rest = iter(chunks)
        self.ahead: list[bytes] = []
        self.is_whole = False

    def read_ahead(self, size: int) -> None:
        """Take pieces until there are more than `size` bytes, or all."""
        for chunk in self._rest:
            self.ahead.append(chunk)
            size -= len(chunk)
            if size < 0:
                return
        self.is_whole = True

    def __iter__(self) -> Iterator[bytes]:
        yield from self.ahead
        yield from self._rest

    def close(self) -> None:
        """Let the application release what it holds (PEP 3333)."""
        if hasattr(self._chunks, "close"):
            self._chunks.close()
