"""How much of everything a community of so many members has, and when it happens.

Times are fractions of its life, from 0 when the founders join to 1, which is now.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from chassis import clock
from chassis.identifiers import drawn_from, new_id

LIFE = timedelta(days=215)
FIRST_POST = 0.15  # of the life: posts begin six months before now
FOUNDERS = 2
LEAST = 20  # members, below which there is nobody to do it all
NAMED = 10  # members after the founders, whose last two days are news
POSTS, LIKES, PROJECTS = 10, 30, 0.04  # of each member, at the founding scale
CHAPTER = 44  # posts that are made up together, of so many threads
THREADS, SHARES = 20, 7


@dataclass(frozen=True)
class Scale:
    """A community's size; equal ones of one `seed` and `now` are equal in every word."""

    members: int
    seed: int
    now: datetime

    @property
    def posts(self) -> int:
        return self.members * POSTS

    @property
    def likes(self) -> int:
        return self.members * LIKES

    @property
    def projects(self) -> int:
        return max(2, round(self.members * PROJECTS))

    @property
    def chapters(self) -> int:
        return max(1, self.posts // CHAPTER)

    def moment(self, at: float) -> datetime:
        """When a fraction of the community's life had passed."""
        return self.now - LIFE * (1 - at)

    def draw(self, *key: object) -> Random:
        """Numbers that are always the same for one thing of this community."""
        return Random(f"{self.seed}/{'/'.join(map(str, key))}")

    def id_of(self, at: float, *key: object) -> UUID:
        """The id that an action gives to what it makes of this at its time."""
        with clock.at(self.moment(at)), drawn_from(self.draw(*key)):
            return new_id()

    def share(self, total: int, chapter: int) -> int:
        """What of a total falls to one of the chapters; all of them together have it all."""
        return total * (chapter + 1) // self.chapters - total * chapter // self.chapters

    def present(self, at: float) -> int:
        """How many members had joined by then; more and more do."""
        return max(FOUNDERS, min(self.members, int(self.members * at * at)))

    def joined(self, number: int) -> float:
        """When a member joined: by then exactly those of lower numbers are there."""
        if number < FOUNDERS:
            return 1e-6 * number
        return float(((number + 1) / self.members) ** 0.5) * 0.999


def days(count: float) -> float:
    """So many days as a part of the community's life."""
    return count * 86_400 / LIFE.total_seconds()
