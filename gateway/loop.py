"""How a process of the gateway talks to its clients: slow ones wait here, threads only answer.

One loop reads every connection without waiting and hands a request to a thread when head
and body are here; what a client does not take at once, the loop sends as it is read.
"""

import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from wsgiref.types import WSGIApplication

from chassis.errors import ServiceError
from chassis.logs import get_logger
from gateway.connection import Connection, Phase
from gateway.crowd import Crowd
from gateway.errors import RequestTimeout
from gateway.exchange import asks_first
from gateway.framing import parse_head
from gateway.threads import Threads

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
STOP_SECONDS = 2.0  # how long idle connections stay when it stops: a request may be on its way
log = get_logger("gateway")


class Loop:
    """All connections of one process."""

    def __init__(
        self,
        application: WSGIApplication,
        listeners: Sequence[socket.socket],
        settings: Any,
        *,
        most_of_one: int,
    ) -> None:
        """`settings` are gunicorn's; `most_of_one` are connections of one address, 0 for any."""
        self._listeners = listeners
        self._settings = settings
        self._crowd = Crowd(settings.worker_connections, most_of_one)
        self._selector = selectors.DefaultSelector()
        self._threads = Threads(application, settings, self._give_back)
        self._returned: deque[Connection] = deque()  # from the threads
        self._handing = threading.Lock()  # held while a connection changes hands
        self._bell = os.pipe()
        for end in self._bell:
            os.set_blocking(end, False)
        self._next_look = 0.0

    @property
    def bell(self) -> int:
        """A byte written to this file wakes the loop."""
        return self._bell[1]

    def serve(self, is_wanted: Callable[[], bool], give_sign: Callable[[], None]) -> None:
        """Serve while `is_wanted`; then finish what is in hand, within `graceful_timeout`.

        `give_sign` is called about once a second.
        """
        for listener in self._listeners:
            listener.setblocking(False)
            self._selector.register(listener, READ, self._accept)
        self._selector.register(self._bell[0], READ, self._wake)
        self._threads.start()
        while is_wanted():
            self._turn(give_sign)
        self._stop(give_sign)

    def _stop(self, give_sign: Callable[[], None]) -> None:
        self._threads.is_stopping = True
        for listener in self._listeners:
            self._selector.unregister(listener)
            listener.close()
        started = time.monotonic()
        while self._crowd and time.monotonic() - started < self._settings.graceful_timeout:
            self._turn(give_sign)
            if time.monotonic() - started > STOP_SECONDS:
                self._close(*self._crowd.in_phase(Phase.FRESH, Phase.IDLE))
        self._threads.stop()
        self._selector.close()

    def _turn(self, give_sign: Callable[[], None]) -> None:
        """Do what there is to do, or wait a second for it."""
        for key, _ in self._selector.select(1.0):
            if isinstance(key.data, Connection):
                self._go_on(key.data)
            else:
                key.data(key.fileobj)
        while self._returned:
            self._take_back(self._returned.popleft())
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + 1.0
            give_sign()
            self._end_late_ones(now)

    def _wake(self, _: Any) -> None:
        os.read(self._bell[0], 4096)

    def _accept(self, listener: socket.socket) -> None:
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:  # The process has as many files open as it may.
            log.warning("no connection taken", error=str(error))
            self._close(*self._crowd.longest_waiting())
            return
        connection = Connection(sock, client or ("127.0.0.1", 0), time.monotonic())
        self._close(*self._crowd.add(connection))
        self._selector.register(sock, READ, connection)

    def _go_on(self, connection: Connection) -> None:
        """The client has sent, or can be sent more, or is gone."""
        with self._handing:
            is_busy = connection.is_paused = connection.phase is Phase.BUSY
        if is_busy:
            self._selector.unregister(connection.sock)
        elif connection.phase is Phase.CLOSED:
            pass  # Another one of this turn has closed it.
        elif connection.phase is Phase.SENDING:
            self._send_on(connection)
        elif not connection.receive():
            self._close(connection)
        elif connection.phase is Phase.LINGERING:
            connection.received.clear()
        else:
            self._read_on(connection)

    def _read_on(self, connection: Connection) -> None:
        """Hand a request to a thread when what has come is enough."""
        try:
            is_ready = self._is_ready(connection)
        except ServiceError as refusal:
            connection.refusal = refusal
            is_ready = True
        if is_ready:
            self._hand_over(connection)

    def _is_ready(self, connection: Connection) -> bool:
        received = connection.received
        if connection.incoming is None:
            if connection.phase is not Phase.HEAD:
                connection.enter(Phase.HEAD, time.monotonic())
            number = connection.requests + 1
            connection.incoming = parse_head(self._settings, received, connection.client, number)
            if connection.incoming is None:
                return False
            connection.enter(Phase.BODY, time.monotonic())
        incoming = connection.incoming
        if incoming.is_whole(received):
            return True
        if connection.environ is not None:  # The application was asked, and awaits the body.
            return len(received) > 2 * connection.wanted  # with the marks between its chunks
        return asks_first(incoming, received)

    def _hand_over(self, connection: Connection) -> None:
        connection.enter(Phase.BUSY, time.monotonic())
        self._threads.take(connection)

    def _take_back(self, connection: Connection) -> None:
        """A thread is done with it, and there is something left for the loop."""
        if connection.is_gone:
            self._close(connection)
            return
        if connection.is_paused:
            connection.is_paused = False
            self._selector.register(connection.sock, READ, connection)
        if connection.unsent:
            connection.enter(Phase.SENDING, time.monotonic())
            self._selector.modify(connection.sock, WRITE, connection)
            self._close(*self._crowd.slowest_readers())
        else:
            self._after_sending(connection)

    def _send_on(self, connection: Connection) -> None:
        try:
            connection.flush()
        except OSError:
            self._close(connection)
            return
        if not connection.unsent:
            self._selector.modify(connection.sock, READ, connection)
            self._after_sending(connection)

    def _after_sending(self, connection: Connection) -> None:
        if connection.is_last:
            self._end(connection)
            return
        connection.enter(Phase.BODY if connection.incoming else Phase.IDLE, time.monotonic())
        if connection.received:
            self._read_on(connection)

    def _end(self, connection: Connection) -> None:
        """Close after the last answer, but only when the client has read it (RFC 9112 9.6)."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
            return
        connection.enter(Phase.LINGERING, time.monotonic())

    def _close(self, *connections: Connection) -> None:
        for connection in connections:
            if not connection.is_paused:
                self._selector.unregister(connection.sock)
            connection.close()
            self._crowd.remove(connection)

    def _end_late_ones(self, now: float) -> None:
        """End what has had its time: with a word where a request had begun."""
        for connection in self._crowd.late(now, self._settings.keepalive):
            if connection.phase in (Phase.HEAD, Phase.BODY):
                connection.refusal = RequestTimeout()
                self._hand_over(connection)
            else:
                self._close(connection)

    def _give_back(self, connection: Connection) -> None:
        """Leave the connection to the loop, without waking it where nothing is to be done."""
        with self._handing:
            is_quiet = not (
                connection.is_paused
                or connection.is_last
                or connection.is_gone
                or connection.unsent
                or connection.received
                or connection.incoming
            )
            if is_quiet:
                connection.enter(Phase.IDLE, time.monotonic())
        if not is_quiet:
            self._returned.append(connection)
            with suppress(BlockingIOError):  # A full pipe wakes it as well.
                os.write(self.bell, b".")
