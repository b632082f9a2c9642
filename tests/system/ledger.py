"""What members did and were told: what an audit must find, no more and no less."""

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

# What became of it nobody was told; the next that is confirmed decides.
UNSURE = object()
Key = tuple[str, str, str]  # kind of state, the member, what it is about
Answer = tuple[int, str]  # status and code; status 0 stands for none

NO_ANSWER: Answer = (0, "no_answer")
UNAVAILABLE: Answer = (503, "unavailable")
AWAY: Answer = (503, "upstream_unavailable")
SLOW: Answer = (504, "upstream_timeout")
CLOCK_WRONG: Answer = (503, "clock_wrong")


@dataclass(frozen=True)
class Trouble:
    """A request that was answered by no success and no refusal; monotonic seconds."""

    began: float
    ended: float
    service: str
    answer: Answer
    what: str

    def __str__(self) -> str:
        status, code = self.answer
        return (
            f"{self.what} ({self.service}): {status} {code} after {self.ended - self.began:.1f} s"
        )


@dataclass(frozen=True)
class Window:
    """When some services, or all where none is named, may give some answers; monotonic seconds."""

    began: float
    ended: float
    services: Collection[str]
    answers: Collection[Answer]

    def explains(self, trouble: Trouble) -> bool:
        return (
            trouble.began <= self.ended
            and self.began <= trouble.ended
            and trouble.answer in self.answers
            and (not self.services or trouble.service in self.services)
        )


class Ledger:
    """Written by all threads of a crowd; read while they stand still."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.made: dict[str, set[str]] = defaultdict(set)  # ids, by kind
        self.unsure: dict[str, set[str]] = defaultdict(set)  # marks of what may be there, by kind
        self.states: dict[Key, Any] = {}
        self.troubles: list[Trouble] = []
        self.windows: list[Window] = []
        self.act_count = 0

    def begin(self, kind: str, mark: str) -> None:
        """Something with this mark in its text is about to be made."""
        with self._lock:
            self.unsure[kind].add(mark)

    def end(self, kind: str, mark: str, made_id: str | None) -> None:
        """It was made, or with None refused."""
        with self._lock:
            self.unsure[kind].discard(mark)
            if made_id:
                self.made[kind].add(made_id)

    def turn(self, key: Key, state: Any) -> None:
        """A state was set, or is UNSURE."""
        with self._lock:
            self.states[key] = state

    def count(self) -> None:
        """An act was confirmed."""
        with self._lock:
            self.act_count += 1

    def complain(self, trouble: Trouble) -> None:
        """An answer came that needs an explanation, or none came."""
        with self._lock:
            self.troubles.append(trouble)

    @contextmanager
    def expecting(
        self, *services: str, answers: Collection[Answer], rest: float = 0.0
    ) -> Iterator[None]:
        """These answers are explained in the block, and for `rest` seconds of acting after it."""
        began = time.monotonic()
        yield
        self.windows.append(Window(began, time.monotonic() + rest, services, answers))

    def stand_still(self, since: float) -> None:
        """Nobody acted since then: what was explained still is for as long as it was to be."""
        lost = time.monotonic() - since
        self.windows = [
            replace(window, ended=window.ended + lost) if window.ended > since else window
            for window in self.windows
        ]

    def unexplained(self) -> list[Trouble]:
        """What nothing explains: a member was refused without a reason."""
        return [t for t in self.troubles if not any(w.explains(t) for w in self.windows)]
