"""Kept-alive connections to one address of a service.

`http.client` and not urllib3's pool: urllib3 rewrites the target (`%2f` becomes `%2F`,
`[` becomes `%5B`; urllib3/util/url.py, `_encode_target`), while ours is forwarded as
it came. It also added 26 % more CPU per request (504 against 399 µs).
"""

import http.client
import threading
from collections.abc import Callable, Iterator

from urllib3.util import wait_for_read

from gateway.errors import UpstreamTimeout
from gateway.upstream import AT_ONCE, UpstreamRequest, UpstreamResponse

IDLE = 32  # connections kept per address and process
PIECE = 64 * 1024  # bytes of a streamed body at a time


class ConnectFailed(Exception):
    """Nothing was sent: any request may go elsewhere."""


class ConnectionBroken(Exception):
    """It went away before the response was whole; the service may have done the work."""


class Pool:
    """The connections to one address; used by all threads of the process."""

    def __init__(self, host: str, port: int, *, connect: float, read: float) -> None:
        self.address = host
        self._port = port
        self._connect_seconds = connect
        self._read_seconds = read
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def exchange(self, request: UpstreamRequest, *, fresh: bool = False) -> UpstreamResponse:
        """Send and wait for the response; its body is whole up to AT_ONCE, else a stream.

        Raises ConnectFailed, ConnectionBroken or UpstreamTimeout.
        """
        connection = (None if fresh else self._take()) or self._connect()
        try:
            received = _send(connection, request)
            return self._answer(connection, received)
        except TimeoutError as error:
            connection.close()
            raise UpstreamTimeout(f"{self.address} read time-out") from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ConnectionBroken(f"{self.address} {type(error).__name__}") from error

    def close(self) -> None:
        """Close what is idle; what is in use ends with its response."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> http.client.HTTPConnection | None:
        """An idle connection that the other side has not closed meanwhile."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            # An idle connection has nothing to read, unless it was closed.
            if not wait_for_read(connection.sock, timeout=0):
                return connection
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(
            self.address, self._port, timeout=self._connect_seconds
        )
        try:
            connection.connect()
        except OSError as error:
            raise ConnectFailed(f"{self.address} {type(error).__name__}") from error
        connection.sock.settimeout(self._read_seconds)
        return connection

    def _give_back(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if connection.sock is not None and len(self._idle) < IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _answer(
        self, connection: http.client.HTTPConnection, received: http.client.HTTPResponse
    ) -> UpstreamResponse:
        response = UpstreamResponse(
            received.status, received.reason, list(received.headers.raw_items()), []
        )
        if received.length is not None and received.length <= AT_ONCE:
            response.body = [received.read()]
        else:
            first = received.read(AT_ONCE)
            if not received.isclosed():
                response.body = _Stream(first, connection, received, self._give_back)
                return response
            if received.length:
                raise http.client.IncompleteRead(first, received.length)
            response.body = [first]
        self._give_back(connection)
        return response


def _send(
    connection: http.client.HTTPConnection, request: UpstreamRequest
) -> http.client.HTTPResponse:
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers:
        connection.putheader(name, value)
    connection.endheaders(request.body or None)
    return connection.getresponse()


class _Stream:
    """The rest of a large body; its connection is kept only when all of it was read."""

    def __init__(
        self,
        first: bytes,
        connection: http.client.HTTPConnection,
        received: http.client.HTTPResponse,
        give_back: Callable[[http.client.HTTPConnection], None],
    ) -> None:
        self._first = first
        self._connection = connection
        self._response = received
        self._give_back = give_back

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        while piece := self._response.read(PIECE):
            yield piece
        if self._response.length:
            # Raising cuts the client's connection, so half a body never looks whole.
            raise http.client.IncompleteRead(b"", self._response.length)

    def close(self) -> None:
        """Keep the connection where the body was read to its end, else close it."""
        if self._response.isclosed() and not self._response.length:
            self._give_back(self._connection)
        else:
            self._connection.close()
