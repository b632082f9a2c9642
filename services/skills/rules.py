"""The arithmetic of attribution: pure functions of what was written, liked, by whom and when.

An answer's worth is what the distinct voices that like it make of it; a fortnight saturates,
and all fades with its age. Order `Kb` and levels `L` of the measured algorithm
(docs/attribution.md), every constant with its source. Worths are whole millionths, weights of
voices whole hundredths, so that sums add and subtract exactly, in whatever order.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Counted up when any of what is below changes: all posts are weighed anew.
WEIGHING = 1
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)
MILLION = 1_000_000
FULL_VOICE = 100  # hundredths; attribution-2, section 3: a voice of full standing
# What a like of a question, and of a share, says beside one of an answer. Not measured: the
# data have no likes of shares, and too few of questions to tell .1 from .3.
QUESTION_SHARE = SHARE_SHARE = 20  # hundredths
# Half lives in days, chosen on travel 50→70 by marginal means: of the order, and of levels.
ORDER_HALF_LIFE, LEVEL_HALF_LIFE = 180.0, 270.0
RECENCY_DAYS = 60.0
MOST_RELATED = 10
# Skills that met in one question alone are related only where neither has many questions: else
# it is chance. Chosen on travel 50→70 and the small sets (docs/attribution.md, section 3).
LEAST_TOGETHER, FEW_QUESTIONS = 2, 20
VOICES_FOR_CONFIDENCE = 5.0


@dataclass(frozen=True)
class Level:
    """What a level asks for: a score, distinct voices on answers, fortnights with such ones."""

    score: float
    voices: int
    fortnights: int


# Cuts of attribution-2, section 5, while standing is 1 for all ("ungated"); voices as before.
LEVELS = (
    Level(0.08, 1, 1),
    Level(0.35, 2, 1),
    Level(0.87, 4, 2),
    Level(2.4, 8, 3),
    Level(6.0, 12, 4),
)
MOST_BY_SHARES = 2
# Sums of doubles: what is nominally at a threshold must not fall below it.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Fortnight:
    """What one member's posts of a fortnight are worth in a skill, in millionths.

    `backed` is of answers, `shared` of shares, `asked` of questions; `unbacked` is what answers
    lack to their full worth.
    """

    number: int
    backed: int = 0
    shared: int = 0
    asked: int = 0
    unbacked: int = 0


@dataclass(frozen=True)
class Sums:
    """Fortnights with their ages in them: what fades needs no ageing (forward decay)."""

    order: float  # E of the order Kb
    answers: float  # L of answers
    shares: float  # L of shares


@dataclass(frozen=True)
class Held:
    """Who and what is behind an attribution beside its sums.

    `voices` are heard on answers, `all_voices` on answers or shares; `fortnights` have an answer
    that somebody likes.
    """

    voices: int = 0
    all_voices: int = 0
    fortnights: int = 0


def worth_of(support: int) -> int:
    """y = S/(S+1) of a post, in millionths; `support` in hundredths of a voice."""
    return round(MILLION * support / (support + FULL_VOICE))


def share_of(relevance: int, skills: int) -> int:
    """Of a post's worth what one of its skills gets: relevance/√k, in millionths.

    `relevance` in hundredths. A post of many skills gives more altogether than one of one,
    but far from many times as much.
    """
    return round(relevance * (MILLION // 100) / max(1.0, math.sqrt(skills)))


def contribution_of(kind: str, support: int, share: int, number: int) -> Fortnight:
    """What a post brings to one of its skills."""
    worth = worth_of(support)
    gained = share * worth // MILLION
    if kind == "answer":
        return Fortnight(number, backed=gained, unbacked=share * (MILLION - worth) // MILLION)
    if kind == "share":
        return Fortnight(number, shared=gained * SHARE_SHARE // 100)
    return Fortnight(number, asked=gained * QUESTION_SHARE // 100)


def fortnight_of(published_at: datetime, now: datetime) -> int:
    """Counted from 2015. No post is younger than now: a clock that was ahead once gains nothing."""
    return (min(published_at, now) - EPOCH) // FORTNIGHT


def sum_up(fortnights: Iterable[Fortnight]) -> Sums:
    """Summed anew, in order: the same fortnights give the same sums to the last bit."""
    backed = unbacked = answers = shares = 0.0
    for one in fortnights:
        by_order = _growth(one.number, ORDER_HALF_LIFE)
        by_level = _growth(one.number, LEVEL_HALF_LIFE)
        backed += by_order * _saturated(one.backed + one.shared + one.asked)
        unbacked += by_order * _saturated(one.unbacked)
        answers += by_level * one.backed / MILLION
        shares += by_level * one.shared / MILLION
    # Answers that nobody likes count only beside some that are liked.
    return Sums(backed + 0.5 * min(unbacked, 2 * backed), answers, shares)


def strength_of(worth: int, number: int) -> float:
    """What a worth in millionths of this fortnight adds to L, with its age in it."""
    return _growth(number, LEVEL_HALF_LIFE) * worth / MILLION


def order_at(strength: float, now: datetime) -> float:
    """E today."""
    return strength / growth_at(now, ORDER_HALF_LIFE)


def score_at(strength: float, now: datetime) -> float:
    """L today."""
    return strength / growth_at(now, LEVEL_HALF_LIFE)


def growth_at(moment: datetime, half_life: float) -> float:
    """How much more a post of this moment counts than one of 2015; a double holds a century."""
    return math.pow(2.0, (moment - EPOCH) / timedelta(days=1) / half_life)


def least_strength(now: datetime) -> float:
    """What the first level asks for at `now`, as a strength, less a rounding tolerance."""
    return (LEVELS[0].score - TOLERANCE) * growth_at(now, LEVEL_HALF_LIFE)


def recency_of(last_post_at: datetime, now: datetime) -> float:
    """What remains of the order for who has not written for a while: half after 60 days."""
    days = max(0.0, (now - last_post_at) / timedelta(days=1))
    return 1 / (1 + days / RECENCY_DAYS)


def level_of(score: float, *, by_answers: float, held: Held) -> int:
    """The highest level, 1 to 5, of which all is reached; 0 for none.

    `score` is of answers and shares today, `by_answers` of answers alone. Shares alone make
    nobody more than level 2.
    """
    proved = _reached(by_answers, held.voices, held.fortnights)
    with_shares = _reached(score, held.all_voices, max(held.fortnights, 1))
    return max(proved, min(with_shares, MOST_BY_SHARES))


def confidence_of(voices: int) -> float:
    """From 0 to 1: how many of the five voices that an opinion needs stand behind it."""
    return min(1.0, voices / VOICES_FOR_CONFIDENCE)


def similarity(together: int, one: int, other: int) -> float:
    """How related two skills are, from the questions about both and each."""
    is_chance = together < LEAST_TOGETHER and max(one, other) > FEW_QUESTIONS
    return 0.0 if is_chance else together / (math.sqrt(one * other) + 2)


def _reached(score: float, voices: int, fortnights: int) -> int:
    met: Sequence[bool] = [
        score >= level.score - TOLERANCE
        and voices >= level.voices
        and fortnights >= level.fortnights
        for level in LEVELS
    ]
    return met.index(False) if False in met else len(met)


def _growth(number: int, half_life: float) -> float:
    return math.pow(2.0, number * FORTNIGHT.days / half_life)


def _saturated(worth: int) -> float:
    """A fortnight's worth grows ever more slowly: 3x/(x+2)."""
    x = worth / MILLION
    return 3 * x / (x + 2)
