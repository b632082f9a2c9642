"""Groups that like each other and are liked by few others: what moderators are alarmed of.

A proposal of attribution.md, section 6.5, not tested on outcomes: a person looks, and nothing
follows by itself.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

# A group of so many, each liked by so many of it, and for more than this share by them.
LEAST_MEMBERS, LEAST_LIKERS, LEAST_SHARE = 5, 4, 0.6
# Whoever is trusted as much, in thousandths, is in no such group.
MOST_STANDING = 300
Likes = Mapping[tuple[UUID, UUID], int]  # by liker and author


@dataclass(frozen=True)
class Ring:
    """A group, and how many of the likes that its posts have are its own."""

    members: frozenset[UUID]
    own_count: int
    like_count: int


def find_rings(likes: Likes, totals: Mapping[UUID, int]) -> list[Ring]:
    """The largest groups, those with the least member first; `totals` are all likes of each."""
    by_author: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for (liker, author), count in likes.items():
        if liker != author:
            by_author[author][liker] = count
    left = set(by_author)
    while out := {one for one in left if not _is_held(by_author[one], left, totals[one])}:
        left -= out
    rings = []
    while left:
        group = _connected(min(left), by_author, left)
        left -= group
        if len(group) >= LEAST_MEMBERS:
            own = sum(_inside(by_author[one], group) for one in group)
            rings.append(Ring(frozenset(group), own, sum(totals[one] for one in group)))
    return rings


def _is_held(likers: Mapping[UUID, int], group: set[UUID], total: int) -> bool:
    enough = len(likers.keys() & group) >= LEAST_LIKERS
    return enough and _inside(likers, group) > LEAST_SHARE * total


def _inside(likers: Mapping[UUID, int], group: set[UUID]) -> int:
    return sum(count for liker, count in likers.items() if liker in group)


def _connected(
    first: UUID, by_author: Mapping[UUID, Mapping[UUID, int]], left: set[UUID]
) -> set[UUID]:
    """All who like, or are liked by, somebody of the group, one after the other."""
    near: dict[UUID, set[UUID]] = defaultdict(set)
    for author in left:
        for liker in by_author[author].keys() & left:
            near[author].add(liker)
            near[liker].add(author)
    group, waiting = {first}, [first]
    while waiting:
        new = near[waiting.pop()] - group
        group |= new
        waiting += new
    return group
