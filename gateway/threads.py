"""The threads of a process: each answers one request at a time, and waits for no client."""

import queue
import threading
from collections.abc import Callable
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
        """Answer it as soon as one is free."""
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
            self._give_back(connection)

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
