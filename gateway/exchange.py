"""One request answered by the application: its WSGI environment in, bytes out."""

import io
import sys
import time
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

from gunicorn.http.wsgi import Response
from gunicorn.util import http_date

from gateway.connection import Connection
from gateway.errors import REFUSED, BodyTooLarge
from gateway.framing import Incoming

AT_HAND = 64 * 1024  # bytes of a body that are waited for before the application is asked


class BodyAwaited(Exception):
    """The application wants a body that is not here; it is called again when it is.

    `size` is what it asked for, the most that is worth waiting for.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Awaited(io.RawIOBase):
    """The `wsgi.input` of a request of which the body is still on its way."""

    def read(self, size: int = -1) -> bytes:
        """Never reads: raises BodyAwaited."""
        raise BodyAwaited(size if size >= 0 else sys.maxsize)


class Overlong(io.RawIOBase):
    """The `wsgi.input` of a body that became longer than the application accepts."""

    def read(self, size: int = -1) -> bytes:
        """Never reads: raises BodyTooLarge."""
        raise BodyTooLarge


class Refused:
    """What stands for a request that the server could not read, for gunicorn's Response."""

    version = (1, 1)
    method = "GET"

    def should_close(self) -> bool:
        """Where the next request would begin is not known."""
        return True


class PlainResponse(Response):
    """gunicorn's, which checks and frames what the application says, without naming gunicorn."""

    def default_headers(self) -> list[str]:
        """The status line and the headers that are the server's."""
        version = "{}.{}".format(*self.req.version)
        lines = [
            f"HTTP/{version} {self.status}\r\n",
            f"Date: {_date(int(time.time()))}\r\n",
            f"Connection: {'close' if self.should_close() else 'keep-alive'}\r\n",
        ]
        return [*lines, "Transfer-Encoding: chunked\r\n"] if self.chunked else lines


def answer(
    application: WSGIApplication, connection: Connection, settings: Any, *, is_last: bool
) -> bool:
    """Let the application answer, into the connection; returns whether it can be kept.

    Raises BodyAwaited before anything was written, OSError when the client has gone, and
    what the application raises.
    """
    incoming = connection.incoming
    request = incoming.request if incoming else Refused()
    response = PlainResponse(request, connection, settings)
    environ = _environ_for(connection)
    if is_last or connection.refusal or isinstance(environ["wsgi.input"], Awaited | Overlong):
        response.force_close()
    chunks = application(environ, response.start_response)
    try:
        for chunk in chunks:
            response.write(chunk)
        response.close()
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return not response.should_close()


def _environ_for(connection: Connection) -> dict[str, Any]:
    """A new environment, or the one of a request whose body was awaited, with the body now."""
    incoming = connection.incoming
    environ = connection.environ or environ_of(
        incoming.request if incoming else None, connection.client
    )
    connection.environ = environ
    if connection.refusal is not None:
        environ[REFUSED] = connection.refusal
        environ["wsgi.input"] = io.BytesIO()
    elif incoming is None or incoming.is_whole(connection.received):
        body = incoming.take_body(connection.received) if incoming else b""
        environ["wsgi.input"] = io.BytesIO(body)
    else:
        is_first = "wsgi.input" not in environ
        environ["wsgi.input"] = Awaited() if is_first else Overlong()
    return environ


def environ_of(request: Any, client: tuple[str, int]) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of a head, or of what could not be read as one."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "UNREADABLE",
        "SCRIPT_NAME": "",
        "PATH_INFO": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if request is None:
        return environ
    environ["REQUEST_METHOD"] = request.method
    environ["PATH_INFO"] = unquote_to_bytes(request.path).decode("latin-1")
    environ["QUERY_STRING"] = request.query
    environ["RAW_URI"] = request.uri
    environ["SERVER_PROTOCOL"] = "HTTP/{}.{}".format(*request.version)
    for name, value in request.headers:
        key = name.replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def asks_first(incoming: Incoming, received: bytearray) -> bool:
    """Whether the application is asked before the body is here.

    It may refuse what a client has not sent yet, and only it knows how much it accepts.
    """
    size = max(incoming.length or 0, len(received))
    return size > AT_HAND or incoming.expects_continue


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    date: str = http_date(second)
    return date
