"""One client's connection: what has come from it, and what it has not taken yet.

The server's loop reads and the thread that answers writes; neither ever waits for the client.
"""

import socket
import struct
from collections import deque
from contextlib import suppress
from enum import Enum, auto
from typing import Any

from chassis.errors import ServiceError
from gateway.client import network_of
from gateway.framing import Incoming

HEAD_SECONDS = 10.0  # for a head, from its first byte; and for a first byte at all
GRACE_SECONDS = 10.0  # for a body or an answer, before its pace counts
SLOWEST = 16 * 1024  # bytes per second of a body, or of an answer that is read
LINGER_SECONDS = 2.0  # for a client to read a last answer before the connection goes
PIECE = 64 * 1024
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no seconds
MOST_UNSENT = 32 * 1024 * 1024  # bytes of one answer that wait to be read


class Phase(Enum):
    """Whose turn it is."""

    FRESH = auto()  # the client's: nothing has come yet
    IDLE = auto()  # the client's: the last request is answered
    HEAD = auto()  # the client's: a head has begun
    BODY = auto()  # the client's: the body is on its way
    BUSY = auto()  # a thread's: the request is being answered
    SENDING = auto()  # the client's: it reads the answer
    LINGERING = auto()  # the client's: it reads the last answer, and what it sends is dropped
    CLOSED = auto()


class Connection:
    """A socket that never blocks, and the one request that is being received or answered."""

    def __init__(self, sock: socket.socket, client: tuple[str, int], now: float) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.client = client
        self.network = network_of(client[0])
        self.received = bytearray()
        self.incoming: Incoming | None = None
        self.environ: dict[str, Any] | None = None  # of a request that waits for its body
        self.wanted = 0  # bytes of the body that it waits for at most
        self.refusal: ServiceError | None = None  # what the server itself refuses
        self.caller = self.network  # who asks, as far as it is known
        self.requests = 0
        self.is_paused = False  # not looked at for reading, because a thread is busy with it
        self.is_last = False  # this answer is the connection's last
        self.is_gone = False  # the client is
        self.has_begun = False  # the answer has
        self.unsent = 0  # bytes of the answer
        self._written: list[bytes] = []
        self._leaving: deque[memoryview] = deque()
        self._sent = 0  # bytes in this phase
        self.enter(Phase.FRESH, now)

    def enter(self, phase: Phase, now: float) -> None:
        """Begin a phase."""
        self.since = now
        self._sent = 0
        self.phase = phase  # last: others look at it first

    def is_late(self, now: float, keep_alive: float) -> bool:
        """Whether the client has had its time; never while it is a thread's turn."""
        waited = now - self.since
        match self.phase:
            case Phase.FRESH | Phase.HEAD:
                return waited > HEAD_SECONDS
            case Phase.IDLE:
                return waited > keep_alive
            case Phase.BODY:
                return waited > GRACE_SECONDS + len(self.received) / SLOWEST
            case Phase.SENDING:
                return waited > GRACE_SECONDS + self._sent / SLOWEST
            case Phase.LINGERING:
                return waited > LINGER_SECONDS
        return False

    def receive(self) -> bool:
        """Take what has come; False when the client has ended."""
        try:
            data = self.sock.recv(PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.received += data
        return bool(data)

    def sendall(self, data: bytes) -> None:
        """Keep bytes to be sent, and send when they are many; what gunicorn's Response calls.

        Raises OSError when the client has gone, or has left too much unread.
        """
        self.has_begun = True
        self._written.append(data)
        self.unsent += len(data)
        if self.unsent > PIECE:
            self.flush()
            if self.unsent > MOST_UNSENT:
                raise OSError("The client reads too slowly.")

    def flush(self) -> None:
        """Send as much as the client takes now; OSError when it has gone."""
        if self._written:
            self._leaving.append(memoryview(b"".join(self._written)))
            self._written.clear()
        with suppress(BlockingIOError):
            while self._leaving:
                piece = self._leaving[0]
                count = self.sock.send(piece)
                self._sent += count
                self.unsent -= count
                if count < len(piece):
                    self._leaving[0] = piece[count:]
                else:
                    self._leaving.popleft()

    def begin_anew(self) -> None:
        """Forget the request that is answered."""
        self.incoming = self.environ = self.refusal = None
        self.wanted = 0
        self.has_begun = False

    def close(self) -> None:
        """Close it for good; what is unsent is dropped, in the kernel too."""
        self.phase = Phase.CLOSED
        if self.unsent:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._written.clear()
        self._leaving.clear()
        self.sock.close()
