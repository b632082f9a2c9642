"""Who may have liked, where the data do not say: drawn from a seed, so always the same.

Some likes are of whoever took part in the thread by then, the others of anybody who was there, the
more often the more they are known to vote, or to write. A guess that fits the counts, no truth.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random

SEED = 1
PARTICIPANTS = 0.3  # of all likes (bench/attribution/voters.py)
TRIES = 12  # to find another than the author, or one who likes the post already


def drawn_note(count: int) -> str:
    """What is said of so many likes whose likers were drawn."""
    return (
        f"The data do not say who voted: the likers of {count} likes are drawn by chance,"
        f" each time the same (seed {SEED})."
    )


class Likers:
    """Draws likers of one community, whose people are (since, eagerness, name), in any order."""

    def __init__(self, people: Iterable[tuple[int, int, str]], *, seed: int = SEED) -> None:
        ordered = sorted(people)
        self._since = [since for since, _, _ in ordered]
        self._names = [name for _, _, name in ordered]
        self._sums = list(accumulate(eagerness for _, eagerness, _ in ordered))
        self._seed = seed

    def draw(
        self, post: str, author: str, moments: Sequence[int], near: Sequence[tuple[int, str]]
    ) -> list[str | None]:
        """Who may have liked a post at these moments, each another; None where nobody could.

        `near` is who took part in its thread, and when, the earliest first.
        """
        draw, taken = Random(f"{self._seed}/{post}"), {author}
        found = []
        for moment in moments:
            there = near[: bisect_right(near, (moment, "\U0010ffff"))]
            liker = self._find(draw, moment, there, taken)
            found.append(liker)
            if liker is not None:
                taken.add(liker)
        return found

    def _find(
        self, draw: Random, moment: int, near: Sequence[tuple[int, str]], taken: set[str]
    ) -> str | None:
        is_near = draw.random() < PARTICIPANTS
        for _ in range(TRIES):
            one = draw.choice(near)[1] if is_near and near else self._anybody(draw, moment)
            if one is not None and one not in taken:
                return one
            is_near = False
        return None

    def _anybody(self, draw: Random, moment: int) -> str | None:
        count = bisect_right(self._since, moment)
        if not count or not self._sums[count - 1]:
            return None
        place = draw.randrange(self._sums[count - 1])
        return self._names[bisect_right(self._sums, place, 0, count)]
