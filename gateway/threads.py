"""The threads of a process: each answers one request at a time, and waits for no client.

One caller has at most half of them, so that slow answers of one leave the others served.
"""

import base64
import binascii
import json
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from wsgiref.types import WSGIApplication

from chassis.errors import ServiceError
from chassis.logs import get_logger
from gateway.connection import Connection
from gateway.exchange import BodyAwaited, answer

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
log = get_logger("gateway")


class Threads:
    """They take connections whose request is here, and give back what is left to do."""

    def __init__(
        self,
        application: WSGIApplication,
        settings: Any,
        give_back: Callable[[Connection], None],
    ) -> None:
        self._application = application
        self._settings = settings  # gunicorn's
        self._give_back = give_back
        self._jobs: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        self._share = max(1, settings.threads // 2)
        self._counting = threading.Lock()
        self._in_hand: Counter[str] = Counter()  # by caller
        self._held: dict[str, deque[Connection]] = {}  # until one of the caller's is answered
        self.is_stopping = False  # then each answer is its connection's last

    def start(self) -> None:
        """Start as many as the settings say; they end with the process at the latest."""
        for _ in range(self._settings.threads):
            threading.Thread(target=self._answer_all, daemon=True).start()

    def stop(self) -> None:
        """Let each end after what it has in hand."""
        for _ in range(self._settings.threads):
            self._jobs.put(None)

    def take(self, connection: Connection) -> None:
        """Answer it as soon as a thread is free for its caller."""
        caller = connection.caller = caller_of(connection)
        with self._counting:
            if self._in_hand[caller] >= self._share:
                self._held.setdefault(caller, deque()).append(connection)
                return
            self._in_hand[caller] += 1
        self._jobs.put(connection)

    def _answer_all(self) -> None:
        while connection := self._jobs.get():
            try:
                self._answer(connection)
                connection.flush()
            except OSError:
                connection.is_gone = True
            except Exception as error:  # Nothing of one client may end the thread.
                log.error("request failed", exc_info=error)
                connection.is_last = True
            self._let_next_in(connection.caller)
            self._give_back(connection)

    def _let_next_in(self, caller: str) -> None:
        """Something of a caller is answered: let the next in, or one fewer be counted."""
        with self._counting:
            if held := self._held.get(caller):
                self._jobs.put(held.popleft())
                if not held:
                    del self._held[caller]
            elif self._in_hand[caller] > 1:
                self._in_hand[caller] -= 1
            else:
                del self._in_hand[caller]

    def _answer(self, connection: Connection) -> None:
        """Answer a request, or ask the client for its body."""
        try:
            self._attempt(connection)
        except BodyAwaited as awaited:
            connection.wanted = awaited.size
            if connection.incoming and connection.incoming.expects_continue:
                connection.sendall(CONTINUE)
        except OSError:
            raise
        except Exception as error:
            if connection.has_begun:
                raise  # Half an answer must not look whole.
            if not isinstance(error, ServiceError):
                log.error("request failed", exc_info=error)
            connection.refusal = error if isinstance(error, ServiceError) else ServiceError()
            self._attempt(connection)

    def _attempt(self, connection: Connection) -> None:
        connection.is_last = not answer(
            self._application, connection, self._settings, is_last=self.is_stopping
        )
        connection.requests += 1
        connection.begin_anew()


def caller_of(connection: Connection) -> str:
    """Who asks: the member that the token names, else the network.

    The token is not checked yet. A forged one is refused in no time, so it takes nothing.
    """
    if connection.incoming:
        for name, value in connection.incoming.request.headers:
            if name == "AUTHORIZATION":
                return _subject_of(value) or connection.network
    return connection.network


@lru_cache(maxsize=4096)
def _subject_of(authorization: str) -> str | None:
    payload = authorization.split(".")[1:2]
    try:
        claims = json.loads(base64.urlsafe_b64decode(f"{payload[0]}==")) if payload else None
    except (ValueError, binascii.Error, RecursionError):
        return None
    return str(claims.get("sub")) if isinstance(claims, dict) else None
