"""How many people may be told of, so that nobody is told of: decided without looking anything up.

All counts of a map are whole fives, rounded down. Then whatever a reader subtracts from whatever
else is none or five at the least, and what may stand behind it is never sure to be one to four.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

LEAST = 5  # people in a cell, and in what changes from one night to another
LONGEST_WAIT = timedelta(days=30)  # for those who came or went alone
MOST_SKILLS = 300  # of one organisation


def shown(count: int) -> int:
    """As many as are told of: whole fives, and 0 below."""
    return count - count % LEAST


def at_least(levels: Sequence[int], highest: int) -> list[int]:
    """How many, as shown, stand at each level from 1 on or at a higher one."""
    return [shown(sum(level >= least for level in levels)) for least in range(1, highest + 1)]


def is_settled_anew(
    counted: Collection[UUID], present: Collection[UUID], *, settled_at: datetime, now: datetime
) -> bool:
    """Whether those who are there now are counted from now on, instead of those before.

    Once five came or went since; fewer wait for others, and for thirty days at most. As long as
    those before are too few to be told of, nobody waits.
    """
    turned = len(set(counted) ^ set(present))
    is_over = now - settled_at >= LONGEST_WAIT
    return turned >= LEAST or (turned > 0 and (is_over or len(counted) < LEAST))
