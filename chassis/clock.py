"""The one source of time for actions: ids, times, limits and tokens take it from here.

Imports, demonstrations and tests travel with `at`; the traveller is local to the
thread (a context variable), so a process may import the past and serve the present.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)


def now() -> datetime:
    """The present, or the moment travelled to; always aware and in UTC."""
    return _travelled.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` inside the block."""
    token = _travelled.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _travelled.reset(token)
