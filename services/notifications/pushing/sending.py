"""Handing pushes to push services: a connection to each for a run, five seconds for each push."""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection, RemoteDisconnected
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

from chassis import clock
from services.notifications.pushing.endpoints import HTTPS_PORT

SECONDS = 5.0
CONNECT_SECONDS = 2.0  # to one of a host's addresses; then the next is tried
DAY = timedelta(days=1)
MOST_READ = 64 * 1024  # of an answer's body, which nobody looks at

Connect = Callable[[str], HTTPConnection]


class ServiceAway(Exception):
    """A push service was not reached, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a push service says, and how long it wants to be left alone."""

    status: int
    retry_after: timedelta | None = None


class _Connection(HTTPSConnection):
    """Connects within the time of one push, wherever in it the other side is slow."""

    def connect(self) -> None:
        deadline = time.monotonic() + SECONDS
        plain = _reach(self.host, self.port, deadline)
        context = ssl.create_default_context()
        # Known before hands are shaken: so it can be cut in the middle.
        self.sock = context.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.settimeout(SECONDS)
        self.sock.do_handshake()


def connect(host: str) -> HTTPConnection:
    """A connection to a host, whose certificate is checked; it is made by the first push."""
    return _Connection(host, HTTPS_PORT)


class Sender:
    """The connections of a run; follows no redirect, and looks at no answer but its head."""

    def __init__(self, connect: Connect = connect) -> None:
        self._connect = connect
        self._kept: dict[str, HTTPConnection] = {}
        self._watch = _Watch()

    def post(self, endpoint: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one; raises ServiceAway."""
        parts = urlsplit(endpoint)
        host, target = parts.netloc, parts._replace(scheme="", netloc="").geturl() or "/"
        kept = self._kept.pop(host, None)
        try:
            if kept is not None:
                # It may have been closed while nobody used it: nothing was answered then.
                with suppress(RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                    return self._post(kept, host, target, body, headers)
            return self._post(self._connect(host), host, target, body, headers)
        except (OSError, HTTPException) as error:
            raise ServiceAway(explain(error)) from error

    def close(self) -> None:
        """Close what is open."""
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()
        self._watch.close()

    def _post(
        self,
        connection: HTTPConnection,
        host: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> Answer:
        # Time-outs of sockets are those of a step: whoever sends letter by letter meets none.
        self._watch.begin(connection)
        try:
            connection.request("POST", target, body, {"Host": host, **headers})
            answer = connection.getresponse()
            answer.read(MOST_READ)
        except BaseException as error:
            connection.close()
            if self._watch.has_cut:
                raise TimeoutError from error
            raise
        finally:
            self._watch.end()
        if answer.isclosed() and not answer.will_close:
            self._kept[host] = connection
        else:
            connection.close()
        return Answer(answer.status, _wait_of(answer.getheader("Retry-After")))


def explain(error: Exception) -> str:
    """What went wrong, without the endpoint."""
    if isinstance(error, TimeoutError):
        return "The push service did not answer in time."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The push service's certificate: {error.verify_message}"
    if isinstance(error, HTTPException):
        return f"The push service broke off: {type(error).__name__}"
    reason = getattr(error, "strerror", None) or type(error).__name__
    return f"The push service is not reached: {reason}"


class _Watch:
    """Cuts a run's connection when the time of its push is over: one thread for all pushes."""

    def __init__(self) -> None:
        self._lock, self._over = Lock(), Event()
        self._watched: HTTPConnection | None = None
        self._deadline = 0.0
        self.has_cut = False
        self._thread = Thread(target=self._look, name="push-watch", daemon=True)

    def begin(self, connection: HTTPConnection) -> None:
        """The time of a push begins."""
        if self._thread.ident is None:
            self._thread.start()
        with self._lock:
            self._watched, self._deadline = connection, time.monotonic() + SECONDS
            self.has_cut = False

    def end(self) -> None:
        """It was in time, or was cut."""
        with self._lock:
            self._watched = None

    def close(self) -> None:
        """Watch no more."""
        self._over.set()

    def _look(self) -> None:
        while not self._over.wait(SECONDS / 20):
            with self._lock:
                if self._watched is not None and time.monotonic() >= self._deadline:
                    self._cut(self._watched)

    def _cut(self, connection: HTTPConnection) -> None:
        self.has_cut, sock = True, connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _reach(host: str, port: int, deadline: float) -> socket.socket:
    """A socket to the first of a host's addresses that answers; raises OSError."""
    failure: OSError = TimeoutError()
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(min(left, CONNECT_SECONDS))
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
            continue
        return sock
    raise failure


def _wait_of(header: str | None) -> timedelta | None:
    """`Retry-After`, in seconds or as a date, a day at the most; None of anything else."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), DAY)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - clock.now()
    return min(max(wait, timedelta(0)), DAY)
