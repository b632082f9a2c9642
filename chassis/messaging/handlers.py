"""Which function of a service reacts to which event.

A service's `handlers.py` holds one `Handlers` and registers its functions by hand:
`@on(PostPublished)` gets one event at a time, `@on_batch(PostLiked, PostUnliked)` the
batch's events of these types, the latest revision of each key, ordered by key; with
`every_revision` all of them, as they came.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from contracts import Event

SingleFunction = Callable[[Any, Session], None]
BatchFunction = Callable[[Sequence[Any], Session], None]


@dataclass(frozen=True)
class Handler:
    """One reaction; `once` asks for an inbox row because the effect is not idempotent."""

    function: Callable[[Any, Session], None]
    kinds: tuple[type[Event], ...]
    is_batch: bool
    once: bool
    every_revision: bool = False

    @property
    def name(self) -> str:
        return self.function.__name__


@dataclass
class Handlers:
    """All reactions of one service, in the order of their registration."""

    all: list[Handler] = field(default_factory=list)
    _types: set[str] = field(default_factory=set)

    def on(
        self, *kinds: type[Event], once: bool = False
    ) -> Callable[[SingleFunction], SingleFunction]:
        """Register a function for one event at a time."""

        def register(function: SingleFunction) -> SingleFunction:
            self._add(Handler(function, kinds, is_batch=False, once=once))
            return function

        return register

    def on_batch(
        self, *kinds: type[Event], every_revision: bool = False
    ) -> Callable[[BatchFunction], BatchFunction]:
        """Register a set-based function; it is called with one event when its set failed."""

        def register(function: BatchFunction) -> BatchFunction:
            self._add(
                Handler(function, kinds, is_batch=True, once=False, every_revision=every_revision)
            )
            return function

        return register

    def _add(self, handler: Handler) -> None:
        self.all.append(handler)
        self._types.update(kind.type for kind in handler.kinds)

    @property
    def subscriptions(self) -> list[str]:
        """The event types that this service listens to, sorted."""
        return sorted(self._types)

    def listens_to(self, event_type: str) -> bool:
        return event_type in self._types


def latest_of_each_key(events: Sequence[Any]) -> list[Event]:
    """Of several events about one row the one with the highest revision, ordered by key.

    Rows are told apart by what their key consists of, too: a question and the answer that is
    accepted for it have one id, and revisions of their own.
    """
    latest: dict[tuple[Any, ...], Any] = {}
    for event in events:
        key = (event.source, event.key, tuple(getattr(event, part) for part in event.key))
        known = latest.get(key)
        if known is None or known.revision < event.revision:
            latest[key] = event
    return [latest[key] for key in sorted(latest)]
