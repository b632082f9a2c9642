"""Telling the past again, to one listener: the owner's rows as ordinary events.

Each page of rows is recorded in the outbox for the target alone, marked as a replay;
the same relay and the same handlers do the rest while live events keep flowing.
"""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from chassis import context
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.messaging.outbox import is_longer_than, record_for
from contracts import Event

PAGE = 500
# Live events wait behind what a replay put before them: never more than this.
MOST_WAITING = 2_000


@dataclass(frozen=True)
class History:
    """How a publisher tells one kind of row again.

    `page(session, after, limit)` gives the events of up to `limit` rows, tombstones
    included, that follow the row of the event `after` in key order. What was imported has
    a history of its own, where listeners ask for it later: it is told as imported again.
    """

    kinds: tuple[type[Event], ...]
    page: Callable[[Session, Any, int], Sequence[Event]]
    is_imported: bool = False


class Take(Protocol):
    """Does something with a page of events, in the transaction in which they were read."""

    def __call__(
        self, session: Session, events: Sequence[Event], /, *, is_imported: bool
    ) -> None: ...


def republish(
    database: Database,
    history: Sequence[History],
    target: str,
    types: Sequence[str],
    *,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Record the history of `types` for `target`; returns how many events were recorded.

    `tell` hears how many more were, page by page.
    """
    replay, count = new_id(), 0

    def take(session: Session, events: Sequence[Event], *, is_imported: bool) -> None:
        nonlocal count
        with context.importing() if is_imported else nullcontext():
            record_for(session, events, destination=target, replay=replay)
        count += len(events)
        tell(len(events))

    read_history(
        database, history, types, take, pause=lambda: _let_the_relay_follow(database, target)
    )
    return count


def read_history(
    database: Database,
    history: Sequence[History],
    types: Collection[str],
    take: Take,
    *,
    pause: Callable[[], None] = lambda: None,
) -> None:
    """Read the history of `types` in pages; `take` gets each in the transaction that reads it.

    `pause` is called between two pages, outside of both.
    """
    for part in history:
        if not any(kind.type in types for kind in part.kinds):
            continue
        after: Event | None = None
        while True:
            with database.transaction() as session:
                events = part.page(session, after, PAGE)
                wanted = [event for event in events if event.type in types]
                take(session, wanted, is_imported=part.is_imported)
            if not events:
                break
            after = events[-1]
            pause()


def _let_the_relay_follow(database: Database, target: str) -> None:
    while True:
        with database.transaction() as session:
            if not is_longer_than(session, MOST_WAITING, destination=target):
                return
        time.sleep(0.2)
