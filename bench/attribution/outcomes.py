"""What levels are worth: who later writes a best answer, by the level they had before."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.attribution.communities import DAY, Known, best_answers
from bench.attribution.skiller import Skiller, trusted
from bench.attribution.society import Society
from services.skills import rules, trust

Pair = tuple[int, str]  # a member and a skill in which they answered
Amounts = NDArray[np.floating]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Outcomes:
    """By pair, in columns: what was known of it, and whether a best answer came of it."""

    pairs: Sequence[Pair]
    is_best: NDArray[np.bool_]


def outcomes_of(known: Known, until: int) -> Outcomes:
    """Best answers written from the moment to the end of the window."""
    posts = known.community.posts
    won = {
        (posts[one].author, skill)
        for one in best_answers(known.community, known.until)
        if posts[one].at < until
        for skill in posts[one].skills
    }
    pairs = [(member, skill) for skill, of in known.answered.items() for member in of]
    return Outcomes(pairs, np.array([pair in won for pair in pairs]))


@dataclass(frozen=True)
class Proofs:
    """Of each pair, in columns: L before standing, standing, voices and fortnights."""

    worth: Sequence[rules.Worth]
    standing: Sequence[rules.Standing]
    held: Sequence[rules.Held]

    def levels(self) -> Counts:
        """By the service's own rule."""
        rows = zip(self.worth, self.standing, self.held, strict=True)
        return np.array(
            [rules.level_of(worth, held=held, standing=one) for worth, one, held in rows]
        )

    def levels_at(self, cuts: Sequence[float]) -> Counts:
        """By other cuts, all else as the rule has it."""
        levels = np.zeros(len(self.worth), np.int64)
        scores, totals = self.scores(), np.array([worth.total for worth in self.worth])
        voices = np.array([held.voices for held in self.held])
        fortnights = np.array([held.fortnights for held in self.held])
        for place, (cut, asked) in enumerate(zip(cuts, rules.LEVELS, strict=True)):
            is_met = (scores if place else totals) >= cut - rules.TOLERANCE
            is_met &= (voices >= asked.voices) & (fortnights >= asked.fortnights)
            levels[(levels == place) & is_met] = place + 1
        return levels

    def scores(self) -> Amounts:
        """L without the author's branch, times standing."""
        rows = zip(self.worth, self.standing, strict=True)
        return np.array([(worth.answers - worth.branch) * one.share for worth, one in rows])


def proofs_of(
    skiller: Skiller, heard: Mapping[int, Sequence[int]], pairs: Sequence[Pair]
) -> Proofs:
    """What the service would know of them."""
    worth, standing, held = [], [], []
    for member, skill in pairs:
        sums = skiller.sums(skill, member)
        answers, branch = (
            rules.score_at(one, skiller.moment) for one in (sums.answers, sums.branch)
        )
        worth.append(rules.Worth(answers, 0.0, branch))
        standing.append(skiller.standing(member))
        written = skiller.known.answered[skill][member]
        voices = len({voice for post in written for voice in heard.get(post.id, ())})
        parts = [skiller.part(post, skill) for post in written]
        numbers = {part.number for part in parts if part.backed}
        held.append(rules.Held(voices, voices, len(numbers)))
    return Proofs(worth, standing, held)


def ungated(
    known: Known, society: Society, pairs: Sequence[Pair], *, is_shared: bool = True
) -> Proofs:
    """Before trust begins."""
    alone = society.alone()
    skiller = Skiller(known, society.support(alone), is_shared=is_shared)
    return proofs_of(skiller, society.heard(alone), pairs)


def gated(
    known: Known, society: Society, pairs: Sequence[Pair], *, is_shared: bool = True
) -> Proofs:
    """With trust."""
    standings = society.standings()
    skiller = trusted(known, society, standings, is_shared=is_shared)
    return proofs_of(skiller, society.heard(standings), pairs)


def paper_scores(
    known: Known, society: Society, pairs: Sequence[Pair], *, full_share: float = 1.0
) -> Amounts:
    """E0 × A of the paper (section 5), the baseline.

    Likes of a post count less and less, mutual ones at most twice the others, and all together
    less where fewer than five voices are behind them. A is the trust that the night found: whole
    for who has the √N-th member's, in our standing for who has half of it.
    """
    standings = society.standings(full_share)
    names = {place: member for member, place in society.number.items()}
    ledger = _ledger(known, society, standings)
    liked: set[tuple[int, int, str]] = {
        (liker, author, skill) for (author, skill), rows in ledger.items() for liker, _, _ in rows
    }
    found: dict[Pair, float] = {}
    for (author, skill), rows in ledger.items():
        alone = mutual = 0.0
        by_voice: dict[int, float] = defaultdict(float)
        for liker, voice, worth in rows:
            by_voice[voice] += worth
            if (author, liker, skill) in liked:
                mutual += worth
            else:
                alone += worth
        squares = sum(worth**2 for worth in by_voice.values())
        voices = sum(by_voice.values()) ** 2 / squares
        standing = float(standings.thousandths[author]) / rules.THOUSAND
        evidence = (alone + min(mutual, 2 * alone)) * min(1.0, voices / 5) * standing
        found[names[author], skill] = evidence
    return np.array([found.get(pair, 0.0) for pair in pairs])


def _ledger(
    known: Known, society: Society, standings: trust.Standings
) -> Mapping[tuple[int, str], list[tuple[int, int, float]]]:
    """By author and skill: liker, voice and worth of each like that counts, in their order."""
    posts = known.community.posts
    counted: dict[int, set[int]] = defaultdict(set)
    ledger: dict[tuple[int, str], list[tuple[int, int, float]]] = defaultdict(list)
    for vote in known.votes:
        if vote.voter is None or vote.kind not in ("up", "accept"):
            continue
        post, liker = posts[vote.post], society.number[vote.voter]
        author = society.number[post.author]
        voice = int(standings.voices[liker])
        if voice == standings.voices[author] or (voice in counted[post.id] and vote.kind == "up"):
            continue
        worth = 1.0 if vote.kind == "accept" else 1 / (1 + len(counted[post.id]))
        counted[post.id].add(voice)
        worth *= math.pow(2.0, -(known.until - post.at) / DAY / 270)
        for skill in post.skills:
            share = worth if post.is_answer else 0.2 * worth
            ledger[author, skill].append((liker, voice, share))
    return ledger
