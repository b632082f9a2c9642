"""What a service's worker does again and again beside its events: sending, reminding, purging.

Listed in the service's `app.py`. Several workers may run the same chore at once: it claims
rows under locks, and a crash in the middle leaves what the next run finds.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.database import Database
from chassis.messaging.loops import Loop, Stop

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Chore:
    """One kind of work; `run` does a bounded piece, within 30 s, and says whether more waits."""

    name: str
    every: float  # seconds from the end of one run to the next while nothing waits
    run: Callable[[Database, Any], bool]
    is_talking: bool = False  # to somebody who may take their time: nothing else waits for it


def chore_loops(
    service: str, chores: Sequence[Chore], database: Database, settings: Any
) -> list[Loop]:
    """The loops that run a service's chores, each when it is due: one for those that talk."""
    quick = [chore for chore in chores if not chore.is_talking]
    talking = [chore for chore in chores if chore.is_talking]
    loops = [_loop(f"{service} chores", quick, database, settings)]
    if talking:
        loops.append(_loop(f"{service} talking", talking, database, settings))
    return loops


def _loop(name: str, chores: Sequence[Chore], database: Database, settings: Any) -> Loop:

    def body(stop: Stop, beat: Callable[[], None]) -> None:
        due = dict.fromkeys((chore.name for chore in chores), -math.inf)
        while not stop.is_set():
            beat()
            for chore in chores:
                if time.monotonic() < due[chore.name] or stop.is_set():
                    continue
                beat()
                more_waits = chore.run(database, settings)
                due[chore.name] = time.monotonic() + (0 if more_waits else chore.every)
            stop.wait(max(0.0, min(POLL_SECONDS, min(due.values()) - time.monotonic())))

    return Loop(name, body)
