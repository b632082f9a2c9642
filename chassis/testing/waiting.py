"""Waiting for what happens elsewhere: with a deadline, never with a fixed pause."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(check: Callable[[], T], *, seconds: float = 30.0, every: float = 0.02) -> T:
    """Call `check` until it neither raises AssertionError nor answers something false."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = check()
            assert answer, f"still {answer!r}"
            return answer
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        time.sleep(every)
