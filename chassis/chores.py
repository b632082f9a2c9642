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


def chore_loop(service: str, chores: Sequence[Chore], database: Database, settings: Any) -> Loop:
    """The loop that runs a service's chores, each when it is due."""

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

    return Loop(f"{service} chores", body)
