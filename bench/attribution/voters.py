"""Who may have cast each up-vote, where the data do not say: drawn from what is known of voters.

How many votes members cast, and how long they stayed, is published of quantum alone: each member
of the community is given a twin there who wrote about as much. Three of ten votes come from who
took part in the thread. A draw is a proxy, no truth: figures are means over several.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.attribution.communities import DAY, Community, Post, Vote, rows_of

PARTICIPANTS = 0.3  # of all votes (the paper, section 6.1)
# How much a member wrote: nothing, one post, 2 to 4, 5 to 15, more.
BANDS = (1, 2, 5, 16)
ROUNDS = 8  # of drawing anew who is impossible: the author, or one who voted already


@dataclass(frozen=True)
class Twin:
    """Votes cast, posts written, and the share of the possible time that the member stayed."""

    votes: int
    posts: int
    stayed: float


@dataclass(frozen=True)
class Crowd:
    """Who may vote: from when to when, and how eagerly a day; the earliest first."""

    members: NDArray[np.int64]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    eagerness: NDArray[np.float64]


def with_voters(community: Community, folder: Path, *, seed: int) -> Community:
    """The same community, each up-vote by somebody; `seed` names the draw."""
    random = np.random.default_rng(seed)
    crowd = _crowd(community, _twins(folder), random)
    participants = _participants(community)
    votes = [vote for vote in community.votes if vote.kind != "up"]
    voted: dict[int, set[int]] = defaultdict(set)
    ups = (vote for vote in community.votes if vote.kind == "up")
    for day, found in groupby(ups, key=lambda vote: vote.at // DAY):
        today = list(found)
        strangers = _strangers(crowd, day * DAY, random)
        for vote, is_participant in zip(
            today, random.random(len(today)) < PARTICIPANTS, strict=True
        ):
            post = community.posts[vote.post]
            near = participants[post.parent or post.id] if is_participant else []
            votes.append(replace(vote, voter=_draw(vote, post, near, strangers, voted, random)))
    return replace(community, votes=sorted(votes, key=lambda vote: vote.at))


def _draw(
    vote: Vote,
    post: Post,
    near: Sequence[tuple[int, int]],
    strangers: "_Strangers",
    voted: Mapping[int, set[int]],
    random: Generator,
) -> int | None:
    """Nobody where nobody possible is found, as on the first day."""
    there = near[: bisect_right(near, (vote.at + DAY, 0))]
    for _ in range(ROUNDS):
        one = there[int(random.integers(len(there)))][1] if there else strangers.next()
        if one is not None and one != post.author and one not in voted[post.id]:
            voted[post.id].add(one)
            return one
        there = []
    return None


class _Strangers:
    """Members of a day in the proportion of their eagerness, drawn many at a time."""

    def __init__(self, members: NDArray[np.int64], sums: NDArray[np.float64], random: Generator):
        self._members, self._sums, self._random = members, sums, random
        self._drawn: list[int] = []

    def next(self) -> int | None:
        if not self._drawn and len(self._members):
            places = np.searchsorted(self._sums, self._random.random(256) * self._sums[-1])
            self._drawn = self._members[places].tolist()
        return self._drawn.pop() if self._drawn else None


def _strangers(crowd: Crowd, day: int, random: Generator) -> _Strangers:
    is_there = (crowd.since < day + DAY) & (crowd.until >= day) & (crowd.eagerness > 0)
    return _Strangers(crowd.members[is_there], np.cumsum(crowd.eagerness[is_there]), random)


def _crowd(community: Community, twins: Mapping[int, Sequence[Twin]], random: Generator) -> Crowd:
    """Who wrote more than their twin votes more, by as much, if both wrote much."""
    last: dict[int, int] = {}
    wrote: Counter[int] = Counter()
    for post in community.posts.values():
        wrote[post.author] += 1
        last[post.author] = max(last.get(post.author, 0), post.at)
    for at, _, member in community.comments:
        last[member] = max(last.get(member, 0), at)
    end = max(vote.at for vote in community.votes) + DAY
    rows = []
    for member, since in sorted(community.joined.items()):
        band = bisect_right(BANDS, wrote[member])
        twin = twins[band][int(random.integers(len(twins[band])))]
        until = max(last.get(member, 0), since + int(twin.stayed * (end - since)))
        votes = twin.votes * (wrote[member] / twin.posts if band == len(BANDS) else 1.0)
        rows.append((member, since, until, votes * DAY / (until - since + DAY)))
    members, since_all, until_all, eagerness = zip(*rows, strict=True)
    return Crowd(np.array(members), np.array(since_all), np.array(until_all), np.array(eagerness))


def _twins(folder: Path) -> dict[int, list[Twin]]:
    """Members of quantum by how much they wrote."""
    wrote = Counter(int(row["author"]) for row in rows_of(folder / "quantum_posts.csv.gz"))
    users = rows_of(folder / "quantum_users.csv.gz")
    end = max(int(row["ts_last"]) for row in users) + DAY
    twins: dict[int, list[Twin]] = defaultdict(list)
    for row in users:
        posts, since = wrote[int(row["user"])], int(row["ts_created"])
        stayed = (int(row["ts_last"]) - since) / (end - since)
        twin = Twin(int(row["upvotes_cast"]), posts, stayed)
        twins[bisect_right(BANDS, posts)].append(twin)
    return twins


def _participants(community: Community) -> dict[int, list[tuple[int, int]]]:
    """By thread: who wrote in it, and when; the earliest first."""
    posts = community.posts
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for post in posts.values():
        found[post.parent or post.id].append((post.at, post.author))
    for at, post_id, member in community.comments:
        if post_id in posts:
            found[posts[post_id].parent or post_id].append((at, member))
    return defaultdict(list, {thread: sorted(of) for thread, of in found.items()})
