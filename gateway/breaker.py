"""A circuit breaker per service: what is down is not asked again at once.

Closed: everything passes; `FAILURES` in a row open it. Open: nothing passes for
`REST_SECONDS`. Then one request is let through as a trial, and its outcome decides.
Own class because pybreaker's holds its lock during the call, so it would serialise all
requests of a service; here the lock guards three numbers and is never held while waiting.
"""

import math
import threading
import time
from collections.abc import Callable

from chassis import metrics
from gateway.errors import UpstreamUnavailable

FAILURES = 5
REST_SECONDS = 5.0


class Breaker:
    """Only unanswered requests are failures; a service that answers 503 is alive.

    A caller can send what takes too long, so many time-outs of one say nothing of the
    service, and must not shut it for others: the callers are counted.
    """

    def __init__(self, name: str, now: Callable[[], float] = time.monotonic) -> None:
        """`name` is the service's, by which the metrics tell whether it is open."""
        self._now = now
        self._gauge = metrics.breaker_open.labels(name)
        self._lock = threading.Lock()
        self._unreached = 0  # in a row
        self._callers: set[str] = set()  # who got no answer, since the last answer
        self._next_trial: float | None = None  # when the next trial may go; None: closed

    def check(self) -> None:
        """Let a request pass, or raise UpstreamUnavailable with the seconds left to wait."""
        if self._next_trial is None:
            return
        with self._lock:
            if self._next_trial is None:
                return
            left = self._next_trial - self._now()
            if left > 0:
                raise UpstreamUnavailable("circuit breaker open", max(1, math.ceil(left)))
            # This request is the trial; should its outcome get lost, another follows.
            self._next_trial = self._now() + REST_SECONDS

    def succeeded(self) -> bool:
        """An answer came, whatever it says; returns whether it closed the breaker."""
        if not self._unreached and not self._callers:
            return False
        with self._lock:
            was_open = self._next_trial is not None
            self._unreached = 0
            self._callers.clear()
            self._next_trial = None
            self._gauge.set(0)
            return was_open

    def failed(self, caller: str | None = None) -> bool:
        """No answer came: to this caller, or to nobody because the service was not reached.

        Returns whether it opened the breaker.
        """
        with self._lock:
            if caller is None:
                self._unreached += 1
            elif len(self._callers) < FAILURES:
                self._callers.add(caller)
            if self._unreached + len(self._callers) < FAILURES:
                return False
            was_open = self._next_trial is not None
            self._next_trial = self._now() + REST_SECONDS
            self._gauge.set(1)
            return not was_open
