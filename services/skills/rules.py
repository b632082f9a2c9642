"""The arithmetic of attribution: pure functions of what was liked, by whom and when.

The core of the measured algorithm: likes fade with the age of their post, count less
the more the post has already, and lend some of their worth to related skills. A weight
depends on the present likes alone, never on the order in which they became known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

HALF_LIFE_DAYS = 270.0
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
QUESTION_SHARE = 0.2  # a like of a question says less than one of an answer
RELATED_SHARE = 0.35
MOST_RELATED = 15
VOICES_FOR_CONFIDENCE = 5.0
# Effective likes and independent voices that a level asks for, from level 1 to 5.
LEVELS = ((0.25, 1.0), (1.0, 2.0), (3.0, 4.0), (8.0, 8.0), (20.0, 12.0))
# Sums of doubles: what is nominally at a threshold must not fall below it.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Liked:
    """A post as far as weighing its likes goes."""

    kind: str
    author_id: UUID
    asker_id: UUID | None  # who asked the question that an answer answers


@dataclass(frozen=True)
class GivenLike:
    """A like that stands."""

    liker_id: UUID
    liked_at: datetime


def weigh_likes(post: Liked, likes: Sequence[GivenLike]) -> dict[UUID, float]:
    """What each like counts on its post, by liker; one's own like counts nothing.

    The n-th like counts 1/n, so that a post's worth grows like the logarithm of its
    likes; the asker's like of an answer counts in full and takes no place among the others:
    the same people give the same worth, in whatever order they like and like again.
    """
    weights: dict[UUID, float] = {}
    share = QUESTION_SHARE if post.kind == "question" else 1.0
    asker_id = post.asker_id if post.kind == "answer" else None
    already = 0
    for like in sorted(likes, key=lambda like: (like.liked_at, like.liker_id)):
        if like.liker_id == post.author_id:
            continue
        if like.liker_id == asker_id:
            weights[like.liker_id] = share
            continue
        already += 1
        weights[like.liker_id] = share / already
    return weights


def growth_at(moment: datetime) -> float:
    """How much more a post of this moment counts than one of 2015: forward decay.

    Stored sums need no ageing; dividing by the growth of today gives today's worth.
    A double holds a century of it.
    """
    days = (moment - EPOCH).total_seconds() / 86_400
    return math.pow(2.0, days / HALF_LIFE_DAYS)


def strength_of(weight: float, published_at: datetime, now: datetime) -> float:
    """A like's weight with the age of its post in it.

    No post is younger than now: a clock that was ahead once gives nobody more than a new post.
    """
    return weight * growth_at(min(published_at, now))


def score_of(strength: float, now: datetime) -> float:
    """Effective likes today: what a strength is worth at `now`."""
    return strength / growth_at(now)


def least_strength(now: datetime) -> float:
    """What the first level asks for at `now`, as a strength, less a rounding tolerance."""
    return (LEVELS[0][0] - TOLERANCE) * growth_at(now)


def independent_voices(strengths: Sequence[float]) -> float:
    """How many equal voices the likers' strengths amount to (inverse Simpson index)."""
    squares = sum(strength * strength for strength in strengths)
    return sum(strengths) ** 2 / squares if squares > 0 else 0.0


def level_of(score: float, voices: float) -> int:
    """The highest level, 1 to 5, whose score and voices are both reached; 0 for none."""
    reached = [
        level
        for level, (least_score, least_voices) in enumerate(LEVELS, start=1)
        if score >= least_score - TOLERANCE and voices >= least_voices - TOLERANCE
    ]
    return max(reached, default=0)


def confidence_of(voices: float) -> float:
    """From 0 to 1: how many of the five voices that an opinion needs stand behind it."""
    return min(1.0, voices / VOICES_FOR_CONFIDENCE)


def similarity(together: int, one: int, other: int) -> float:
    """How related two skills are, from the posts that mention both and each."""
    return together / (math.sqrt(one * other) + 2)
