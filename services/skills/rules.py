"""The arithmetic of attribution: pure functions of what was written, liked, by whom and when.

An answer's worth is what the distinct voices that like it make of it; a fortnight saturates,
and all fades with its age. Order `Kb` and levels `L` of the measured algorithm
(docs/attribution.md), every constant with its source. Worths are whole millionths, weights of
voices whole hundredths, so that sums add and subtract exactly, in whatever order.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

# Counted up when any of what is below changes: all posts are weighed anew.
WEIGHING = 1
# The same for levels: the next night tells those that differ, with that cause.
LEVELLING = 2
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)
MILLION = 1_000_000
# In hundredths (attribution-2, section 3): a voice of full standing, of none, and the author's own
# branch, however many of it like the post.
FULL_VOICE, LEAST_VOICE, BRANCH_VOICE = 100, 20, 20
# Standing comes in over so many nights, so that nobody wakes up as somebody else.
NIGHTS_TO_FULL_TRUST = 30
# With how many active members, who posted or liked within so many days, trust begins: in a
# smaller community rings are seen by the naked eye, and the gate was undecided (section 4).
MEMBERS_FOR_TRUST, ACTIVE_DAYS = 200, 90
FOUNDERS = 20  # where the settings name none; the paper's number
FULL_KEPT, LEAST_KEPT = 100, 1  # of a member's own evidence, in hundredths
THOUSAND = 1_000  # standing in full, in thousandths
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
# A keyword that names no skill is put before moderators from so many members on (issue 6).
CANDIDATE_MEMBERS, CANDIDATE_DAYS = 5, 30
VOICES_FOR_CONFIDENCE = 5.0


@dataclass(frozen=True)
class Level:
    """What a level asks for: a score, distinct voices on answers, fortnights with such ones.

    `trusted` is the score asked for once standing counts in full, by which it is multiplied.
    """

    score: float
    trusted: float
    voices: int
    fortnights: int


# Scores while standing is 1 for all, and with standing, which enters from level 2: those of
# attribution-2, section 5 (.08 .35 .87 2.4 6 and .08 .15 .75 2.25 6), fitted anew on travel since a
# post's worth is shared over its skills, so that each level is as rare as it was
# (docs/attribution.md). Voices as before; likes of one's own branch alone reach level 1.
LEVELS = (
    Level(0.05, 0.05, 0, 1),
    Level(0.20, 0.10, 2, 1),
    Level(0.55, 0.40, 4, 2),
    Level(1.4, 1.2, 8, 3),
    Level(3.6, 3.5, 12, 4),
)
MOST_BY_SHARES = MOST_UNSEEN = 2
# Sums of doubles: what is nominally at a threshold must not fall below it.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Fortnight:
    """What one member's posts of a fortnight are worth in a skill, in millionths.

    `backed` is of answers, `shared` of shares, `asked` of questions; `unbacked` is what answers
    lack to their full worth, `branch` what of `backed` is of the author's own branch alone.
    """

    number: int
    backed: int = 0
    shared: int = 0
    asked: int = 0
    unbacked: int = 0
    branch: int = 0


@dataclass(frozen=True)
class Sums:
    """Fortnights with their ages in them: what fades needs no ageing (forward decay)."""

    order: float  # E of the order Kb
    answers: float  # L of answers
    shares: float  # L of shares
    branch: float  # what of the answers is of the author's own branch


@dataclass(frozen=True)
class Worth:
    """L of answers and shares today, before standing; `branch` is a part of `answers`."""

    answers: float
    shares: float
    branch: float

    @property
    def total(self) -> float:
        """What the lines of evidence add up to."""
        return self.answers + self.shares


@dataclass(frozen=True)
class Standing:
    """How far a member is trusted, from 0 to 1; `gate` is how far that counts by now."""

    share: float = 1.0
    is_seen: bool = True  # by a night
    gate: float = 0.0


FULL = Standing()


@dataclass(frozen=True)
class Held:
    """Who and what is behind an attribution beside its sums.

    `voices` are heard on answers, `all_voices` on answers or shares, one's own branch left out;
    `fortnights` have an answer that somebody likes.
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


def contribution_of(
    kind: str, support: int, share: int, number: int, *, branch: int = 0
) -> Fortnight:
    """What a post brings to one of its skills.

    `branch` is what of the support is of its author's own branch: it helps answers alone.
    """
    others = share * worth_of(support - branch) // MILLION
    if kind == "answer":
        worth = worth_of(support)
        gained = share * worth // MILLION
        unbacked = share * (MILLION - worth) // MILLION
        return Fortnight(number, backed=gained, unbacked=unbacked, branch=gained - others)
    if kind == "share":
        return Fortnight(number, shared=others * SHARE_SHARE // 100)
    return Fortnight(number, asked=others * QUESTION_SHARE // 100)


def weight_of(standing: Any) -> Any:
    """What a voice counts, in hundredths, by its standing in thousandths: whole tenths of it.

    Of a number, or of a column.
    """
    return LEAST_VOICE + (FULL_VOICE - LEAST_VOICE) // 10 * ((standing + 50) // 100)


def gate_after(nights: int) -> float:
    """How far standing counts so many nights after trust began, from 0 to 1."""
    return min(1.0, nights / NIGHTS_TO_FULL_TRUST)


def blended(thousandths: int, nights: int) -> int:
    """Standing as it counts so many nights after trust began: t = 1 − w + w·t."""
    passed = min(nights, NIGHTS_TO_FULL_TRUST)
    whole = THOUSAND * (NIGHTS_TO_FULL_TRUST - passed) + passed * thousandths
    return (2 * whole + NIGHTS_TO_FULL_TRUST) // (2 * NIGHTS_TO_FULL_TRUST)


def standing_of(thousandths: int | None, nights: int | None) -> Standing:
    """Of a member at so many nights of trust; before it began (None) it is one for all."""
    if not nights:
        return FULL
    if thousandths is None:
        return Standing(is_seen=False, gate=gate_after(nights))
    return Standing(thousandths / THOUSAND, gate=gate_after(nights))


def fortnight_of(published_at: datetime, now: datetime) -> int:
    """Counted from 2015. No post is younger than now: a clock that was ahead once gains nothing."""
    return (min(published_at, now) - EPOCH) // FORTNIGHT


def sum_up(fortnights: Iterable[Fortnight]) -> Sums:
    """Summed anew, in order: the same fortnights give the same sums to the last bit."""
    backed = unbacked = answers = shares = branch = 0.0
    for one in fortnights:
        by_order = _growth(one.number, ORDER_HALF_LIFE)
        by_level = _growth(one.number, LEVEL_HALF_LIFE)
        backed += by_order * _saturated(one.backed + one.shared + one.asked)
        unbacked += by_order * _saturated(one.unbacked)
        answers += by_level * one.backed / MILLION
        shares += by_level * one.shared / MILLION
        branch += by_level * one.branch / MILLION
    # Answers that nobody likes count only beside some that are liked.
    return Sums(backed + 0.5 * min(unbacked, 2 * backed), answers, shares, branch)


def strength_of(worth: int, number: int) -> float:
    """What a worth in millionths of this fortnight adds to L, with its age in it."""
    return _growth(number, LEVEL_HALF_LIFE) * worth / MILLION


def order_at(strength: float, now: datetime) -> float:
    """E today."""
    return strength / growth_at(now, ORDER_HALF_LIFE)


def score_at(strength: float, now: datetime) -> float:
    """L today."""
    return strength / growth_at(now, LEVEL_HALF_LIFE)


def worth_at(row: Any, moment: datetime) -> Worth:
    """L at a moment of a row with the sums of an attribution."""
    growth = growth_at(moment, LEVEL_HALF_LIFE)
    shares = row.strength - row.by_answers
    return Worth(row.by_answers / growth, shares / growth, row.by_branch / growth)


def held_of(row: Any) -> Held:
    """Who and what is behind a row with the sums of an attribution."""
    return Held(int(row.voices), row.all_voices, row.fortnight_count)


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


def kept_of(independent: int, total: int) -> int:
    """What counts for the order of a member's own evidence in a skill, in hundredths.

    The weight of the voices of whose likers none is liked on an answer in that skill, of the
    weight of all: who would win nothing by it vouches better (docs/attribution.md, section 7).
    """
    return max(LEAST_KEPT, (200 * independent + total) // (2 * total)) if total else FULL_KEPT


def kept_share(kept: int, standing: Standing) -> float:
    """The same as it counts by now, from 0 to 1."""
    return 1 - standing.gate + standing.gate * kept / FULL_KEPT


def rank_of(
    order: float, last_post_at: datetime | None, now: datetime, *, standing: Standing = FULL
) -> float:
    """The place among those who could answer, by E and what related skills lend it.

    Standing counts twice. Whom no night has seen comes after all others: between −1 and 0.
    """
    rank = order * recency_of(last_post_at or EPOCH, now)
    return rank * standing.share**2 if standing.is_seen else -1 / (1 + rank)


def level_of(worth: Worth, *, held: Held, standing: Standing = FULL) -> int:
    """The highest level, 1 to 5, of which all is reached; 0 for none.

    Shares alone make nobody more than level 2, nor do a night's not having seen the member; likes
    of one's own branch make nobody more than level 1, which asks for no standing.
    """
    others = worth.answers - worth.branch
    proved = _reached(worth.total, others, held.voices, held.fortnights, standing)
    shared = others + worth.shares
    with_shares = _reached(worth.total, shared, held.all_voices, max(held.fortnights, 1), standing)
    level = max(proved, min(with_shares, MOST_BY_SHARES))
    return level if standing.is_seen else min(level, MOST_UNSEEN)


def confidence_of(voices: int) -> float:
    """From 0 to 1: how many of the five voices that an opinion needs stand behind it."""
    return min(1.0, voices / VOICES_FOR_CONFIDENCE)


def similarity(together: int, one: int, other: int) -> float:
    """How related two skills are, from the questions about both and each."""
    is_chance = together < LEAST_TOGETHER and max(one, other) > FEW_QUESTIONS
    return 0.0 if is_chance else together / (math.sqrt(one * other) + 2)


def _reached(total: float, others: float, voices: int, fortnights: int, standing: Standing) -> int:
    gate = standing.gate if standing.is_seen else 0.0
    reached = 0
    for level in LEVELS:
        asked = level.score + gate * (level.trusted - level.score)
        score = others * standing.share if reached else total
        if score < asked - TOLERANCE or voices < level.voices or fortnights < level.fortnights:
            break
        reached += 1
    return reached


def _growth(number: int, half_life: float) -> float:
    return math.pow(2.0, number * FORTNIGHT.days / half_life)


def _saturated(worth: int) -> float:
    """A fortnight's worth grows ever more slowly: 3x/(x+2)."""
    x = worth / MILLION
    return 3 * x / (x + 2)
