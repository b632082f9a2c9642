"""Who are members, who invited whom, and who likes what: what trust is made of.

The data do not say who invited whom. The nearest thing they have is the first earlier member that
somebody really met: whom they answered, commented or liked, or who did so to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.attribution.communities import DAY, Known
from services.skills import rules, trust

Met = tuple[int, int, int]  # when, and two members


@dataclass(frozen=True)
class Society:
    """Members as numbers in the order they joined, and each member's like of each post once."""

    number: Mapping[int, int]  # by the member's id
    sponsors: trust.Numbers
    founders: trust.Numbers
    posts: trust.Numbers
    likers: trust.Numbers
    authors: trust.Numbers

    @classmethod
    def of(cls, known: Known) -> "Society":
        """All who had joined by then. The 20 earliest who are liked by another are founders."""
        joined = _joined(known)
        ordered = sorted(joined, key=lambda one: (joined[one], one))
        number = {member: place for place, member in enumerate(ordered)}
        posts, likers, authors = _columns(
            (v.post, number[v.voter], number[known.community.posts[v.post].author])
            for v in known.votes
            if v.kind in ("up", "accept") and v.voter is not None
        )
        founders = np.unique(authors)[: rules.FOUNDERS]
        sponsors = _sponsors(known, number, founders)
        return cls(number, sponsors, founders, posts, likers, authors)

    def joined_by(
        self, newcomers: Mapping[int, int], likes: Iterable[tuple[int, int, int]]
    ) -> "Society":
        """The same with newcomers and who invited each, and likes: post, liker, author."""
        number = dict(self.number)
        for member in newcomers:
            number[member] = len(number)
        added = _columns((post, number[one], number[other]) for post, one, other in likes)
        invited = np.array([number[one] for one in newcomers.values()], np.int64)
        mine = (self.posts, self.likers, self.authors)
        posts, likers, authors = (np.concatenate(pair) for pair in zip(mine, added, strict=True))
        sponsors = np.concatenate((self.sponsors, invited))
        return replace(
            self, number=number, sponsors=sponsors, posts=posts, likers=likers, authors=authors
        )

    def standings(self, full_share: float = trust.FULL_SHARE) -> trust.Standings:
        """What a night says of it: the service's own function."""
        size = len(self.sponsors)
        pairs, counts = np.unique(self.likers * size + self.authors, return_counts=True)
        likers, authors = np.divmod(pairs, max(size, 1))
        nobody = np.zeros(size, bool)
        return trust.standings_of(
            trust.Community(self.sponsors, self.founders, nobody, likers, authors, counts),
            full_share=full_share,
        )

    def alone(self) -> trust.Standings:
        """Each their own voice, of full standing: before trust begins."""
        size = len(self.sponsors)
        return trust.Standings(np.arange(size), np.full(size, rules.THOUSAND))

    def heard(self, standings: trust.Standings) -> dict[int, list[int]]:
        """The voices on each post, its author's own left out."""
        voices = standings.voices[self.likers]
        is_others = voices != standings.voices[self.authors]
        size = len(self.sponsors)
        pairs = np.unique(self.posts[is_others] * size + voices[is_others])
        found: dict[int, list[int]] = defaultdict(list)
        for pair in pairs.tolist():
            post, voice = divmod(pair, size)
            found[post].append(voice)
        return found

    def support(self, standings: trust.Standings) -> dict[int, tuple[int, int]]:
        """Of each post that is liked, in hundredths: its support, and its author's branch in it."""
        voices = standings.voices[self.likers]
        size = len(self.sponsors)
        heard, first = np.unique(self.posts * size + voices, return_index=True)
        posts, voices = np.divmod(heard, max(size, 1))
        is_branch = voices == standings.voices[self.authors[first]]
        weights = rules.weight_of(standings.thousandths[voices])
        weights[is_branch] = rules.BRANCH_VOICE
        starts = np.flatnonzero(np.diff(posts, prepend=-1))
        support = np.add.reduceat(weights, starts) if len(starts) else weights
        branch = np.add.reduceat(weights * is_branch, starts) if len(starts) else weights
        pairs = zip(support.tolist(), branch.tolist(), strict=True)
        return dict(zip(posts[starts].tolist(), pairs, strict=True))


def _joined(known: Known) -> dict[int, int]:
    """When each joined, as told, else their first act."""
    joined = {m: at for m, at in known.community.joined.items() if at < known.until}
    acts = [(post.author, post.at) for post in (*known.questions, *known.answers)]
    acts += [(vote.voter, vote.at) for vote in known.votes if vote.voter is not None]
    acts += [(m, at) for at, _, m in known.community.comments if at < known.until]
    for member, at in acts:
        joined[member] = min(at, joined.get(member, at))
    return joined


def _sponsors(known: Known, number: Mapping[int, int], founders: trust.Numbers) -> trust.Numbers:
    """Who met nobody earlier is a founder's guest: one after another, in turn."""
    sponsors = founders[np.arange(len(number)) % len(founders)] if len(founders) else None
    if sponsors is None:
        return np.full(len(number), -1)
    is_open = np.ones(len(number), bool)
    is_open[founders] = False
    for _, one, other in sorted(_meetings(known)):
        earlier, later = sorted((number[one], number[other]))
        if earlier != later and is_open[later]:
            sponsors[later] = earlier
            is_open[later] = False
    sponsors[founders] = -1
    return sponsors


def _meetings(known: Known) -> Iterator[Met]:
    """Votes have a day only: they come at its end."""
    posts = known.community.posts
    for post in known.answers:
        if post.parent in posts:
            yield post.at, post.author, posts[post.parent].author
    for at, post_id, member in known.community.comments:
        if at < known.until and post_id in posts:
            yield at, member, posts[post_id].author
    for vote in known.votes:
        if vote.voter is not None and vote.kind in ("up", "accept"):
            yield vote.at - vote.at % DAY + DAY, vote.voter, posts[vote.post].author


def _columns(likes: Iterable[tuple[int, int, int]]) -> Sequence[trust.Numbers]:
    """Post, liker and author in columns: each like once, none of one's own post."""
    rows = sorted({row for row in likes if row[1] != row[2]})
    columns = np.array(rows, np.int64).reshape(-1, 3)
    return [columns[:, place] for place in range(3)]
