"""Loops that run for the life of a worker and outlive what they depend on.

A body connects, works until told to stop, and may raise at any time: the loop says
so, waits with a growing, jittered delay and starts the body again.
"""

import random
import threading
import time
from collections.abc import Callable

from chassis.logs import get_logger

log = get_logger("worker")

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
HEALTHY_AFTER = 60.0


class Stop:
    """Tells a loop to end; waiting for it is how a loop sleeps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep, but no longer than until the stop; returns whether it came."""
        return self._event.wait(seconds)


class Backoff:
    """Delays that double from 0.5 s to 30 s, each shortened by up to a half at random."""

    def __init__(self) -> None:
        self._delay = FIRST_DELAY

    def next(self) -> float:
        delay = self._delay
        self._delay = min(delay * 2, LONGEST_DELAY)
        return delay * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        self._delay = FIRST_DELAY


class Loop(threading.Thread):
    """Runs `body(stop, beat)` until stopped; `beat()` says that it is alive."""

    def __init__(self, name: str, body: Callable[[Stop, Callable[[], None]], None]) -> None:
        super().__init__(name=name, daemon=True)
        self.body = body
        self.stopping = Stop()
        self.last_beat = time.monotonic()

    def beat(self) -> None:
        self.last_beat = time.monotonic()

    @property
    def silence(self) -> float:
        """Seconds since it last said so."""
        return time.monotonic() - self.last_beat

    def beats_within(self, seconds: float) -> bool:
        """Whether it said so within the last `seconds`."""
        return self.silence < seconds

    def run(self) -> None:
        backoff = Backoff()
        while not self.stopping.is_set():
            started = time.monotonic()
            try:
                self.body(self.stopping, self.beat)
            except Exception as error:
                if time.monotonic() - started > HEALTHY_AFTER:
                    backoff.reset()
                delay = backoff.next()
                log.warning("waiting", loop=self.name, seconds=round(delay, 1), error=repr(error))
                # Waiting for something that is away is what a healthy loop does.
                self.beat()
                self.stopping.wait(delay)
