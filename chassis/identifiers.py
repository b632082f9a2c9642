"""UUIDv7 made from the chassis clock, so that ids sort by the time of the action.

RFC 9562, 5.7 with method 3 of 6.2: 48 bits of milliseconds, 12 bits of the
fraction below the millisecond, 62 random bits.
"""

import secrets
from uuid import UUID

from chassis import clock


def new_id() -> UUID:
    """A fresh UUIDv7; ids of one process made at different times sort in that order."""
    moment = clock.now()
    milliseconds = int(moment.timestamp() * 1000)
    fraction = moment.microsecond % 1000 * 4096 // 1000
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)
