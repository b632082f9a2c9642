"""UUIDv7 made from the chassis clock, so that ids sort by the time of the action.

RFC 9562, 5.7 with method 3 of 6.2: 48 bits of milliseconds, 12 bits of the
fraction below the millisecond, 62 random bits. Demonstrations draw those from a seed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random, SystemRandom
from uuid import UUID

from chassis import clock

_system = SystemRandom()
_source: ContextVar[Random | None] = ContextVar("source", default=None)


def new_id() -> UUID:
    """A fresh UUIDv7; ids of one process made at different times sort in that order."""
    moment = clock.now()
    milliseconds = int(moment.timestamp() * 1000)
    fraction = moment.microsecond % 1000 * 4096 // 1000
    drawn = (_source.get() or _system).getrandbits(62)
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | drawn
    return UUID(int=value)


@contextmanager
def drawn_from(source: Random) -> Iterator[None]:
    """Let the random bits of ids come from `source` inside the block, so that they can be foretold.

    For what is made up, never for what protects anything.
    """
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
