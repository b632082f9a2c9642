"""How good an order of members is, and how sure that is."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from bench.attribution.communities import Query

FIRST = 10


def ranked(candidates: Sequence[int], scores: Mapping[int, float]) -> list[int]:
    """The best first; ties in an order that looks random and is the same for all methods."""
    return sorted(candidates, key=lambda one: (-scores.get(one, -1e18), _hash(one)))


def ndcg(query: Query, scores: Mapping[int, float]) -> float:
    """nDCG@10 with the gain log2(1 + wins)."""
    order = ranked(query.candidates, scores)[:FIRST]
    gains = [math.log2(1 + query.wins.get(member, 0)) for member in order]
    ideal = sorted((math.log2(1 + wins) for wins in query.wins.values()), reverse=True)[:FIRST]
    return _discounted(gains) / _discounted(ideal)


def interval(values: Sequence[float], *, rounds: int = 2_000) -> tuple[float, float, float]:
    """The mean and its 95 % bootstrap interval over queries."""
    sample = np.asarray(values, float)
    picks = np.random.default_rng(1).integers(0, len(sample), (rounds, len(sample)))
    means = sample[picks].mean(1)
    low, high = (float(np.percentile(means, p)) for p in (2.5, 97.5))
    return float(sample.mean()), low, high


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def _hash(number: int) -> float:
    return ((number * 2654435761) & 0xFFFFFFFF) / 2**32
