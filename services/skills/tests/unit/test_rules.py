"""The arithmetic of attribution, against numbers worked out by hand from the formulas."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.skills import rules
from services.skills.rules import Fortnight, Held, Standing, Worth

MONDAY = datetime(2024, 3, 4, 9, 0, tzinfo=UTC)
MANY = Held(voices=20, all_voices=20, fortnights=9)
NUMBER = 239  # the fortnight of that day, which began on 29 February


@pytest.mark.parametrize(
    ("voices", "worth"), [(0, 0), (1, 500_000), (2, 666_667), (3, 750_000), (999, 999_000)]
)
def test_worth_grows_with_the_voices_and_stays_below_one(voices, worth):
    assert rules.worth_of(voices * rules.FULL_VOICE) == worth


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_one_more_voice_never_lowers_a_worth(support, more):
    assert rules.worth_of(support) <= rules.worth_of(support + more) <= rules.MILLION


@pytest.mark.parametrize(
    ("relevance", "skills", "share"),
    [(100, 1, 1_000_000), (80, 1, 800_000), (100, 4, 500_000), (60, 2, 424_264)],
)
def test_a_post_s_worth_is_shared_by_the_root_of_its_skills(relevance, skills, share):
    assert rules.share_of(relevance, skills) == share


def test_an_answer_brings_its_worth_and_lacks_the_rest():
    found = rules.contribution_of("answer", 300, 400_000, NUMBER)

    assert found == Fortnight(NUMBER, backed=300_000, unbacked=100_000)


def test_questions_and_shares_bring_a_fifth():
    asked = rules.contribution_of("question", 100, 800_000, NUMBER)
    shared = rules.contribution_of("share", 100, 800_000, NUMBER)

    assert (asked, shared) == (Fortnight(NUMBER, asked=80_000), Fortnight(NUMBER, shared=80_000))


@pytest.mark.parametrize("days", [3650, 365_000])
def test_a_post_from_the_future_is_no_younger_than_now(days):
    assert rules.fortnight_of(MONDAY + timedelta(days=days), MONDAY) == NUMBER


def test_fortnights_saturate_and_fade():
    one = rules.sum_up([Fortnight(NUMBER, backed=2_000_000)])
    two = rules.sum_up(
        [Fortnight(NUMBER - 1, backed=1_000_000), Fortnight(NUMBER, backed=1_000_000)]
    )
    start = rules.EPOCH + NUMBER * rules.FORTNIGHT

    assert rules.order_at(one.order, start) == pytest.approx(1.5)
    assert rules.order_at(two.order, start) == pytest.approx(1 + 2 ** (-14 / 180))
    assert rules.score_at(one.answers, start) == pytest.approx(2)
    assert rules.score_at(one.answers, start + timedelta(days=270)) == pytest.approx(1)


def test_answers_that_nobody_likes_count_only_beside_some_that_are_liked():
    start = rules.EPOCH + NUMBER * rules.FORTNIGHT

    def order(backed, unbacked):
        found = rules.sum_up([Fortnight(NUMBER, backed=backed, unbacked=unbacked)])
        return rules.order_at(found.order, start)

    assert order(0, 50_000_000) == 0
    assert order(1_000_000, 1_000_000) == pytest.approx(1.5)
    # At most as much again as what is liked.
    assert order(100_000, 50_000_000) == pytest.approx(2 * order(100_000, 0))


@pytest.mark.parametrize(
    ("score", "voices", "fortnights", "level"),
    [
        (0.04, 9, 9, 0),
        (0.05, 1, 1, 1),
        (9.0, 1, 9, 1),
        (0.20, 2, 1, 2),
        (9.0, 12, 1, 2),
        (0.55, 4, 2, 3),
        (1.4, 8, 3, 4),
        (3.6, 12, 4, 5),
        (3.6, 12, 3, 4),
    ],
)
def test_a_level_asks_for_worth_voices_and_fortnights(score, voices, fortnights, level):
    held = Held(voices, voices, fortnights)

    assert rules.level_of(Worth(score, 0, 0), held=held) == level


def test_shares_raise_nobody_above_the_second_level():
    shares = Held(voices=0, all_voices=12, fortnights=0)

    assert rules.level_of(Worth(0, 9.0, 0), held=shares) == 2


@pytest.mark.parametrize(
    ("share", "gate", "score", "level"),
    [
        (0.0, 1.0, 9.0, 1),  # the first level asks for no standing
        (1.0, 1.0, 0.10, 2),
        (0.5, 1.0, 0.19, 1),
        (0.5, 1.0, 0.20, 2),
        (1.0, 0.5, 0.14, 1),  # half of the nights have passed
        (1.0, 0.5, 0.15, 2),
        (0.3, 1.0, 4.0, 4),
    ],
)
def test_standing_counts_from_the_second_level(share, gate, score, level):
    standing = Standing(share, gate=gate)

    assert rules.level_of(Worth(score, 0, 0), held=MANY, standing=standing) == level


def test_whom_no_night_has_seen_reaches_the_second_level_as_if_trusted():
    unseen = rules.standing_of(None, 100)

    levels = [rules.level_of(Worth(w, 0, 0), held=MANY, standing=unseen) for w in (0.19, 0.2, 9)]

    assert levels == [1, 2, 2]


def test_likes_of_ones_own_branch_alone_reach_the_first_level():
    branch = Held(voices=0, all_voices=0, fortnights=9)

    assert rules.level_of(Worth(9.0, 0, 9.0), held=branch) == 1
    assert rules.level_of(Worth(9.0, 0, 8.81), held=MANY) == 1
    assert rules.level_of(Worth(9.0, 0, 8.79), held=MANY) == 2


def test_what_ones_own_branch_brings_to_an_answer_is_told_apart():
    found = rules.contribution_of("answer", 220, 1_000_000, NUMBER, branch=20)

    assert found == Fortnight(NUMBER, backed=687_500, unbacked=312_500, branch=20_833)
    shared = rules.contribution_of("share", 120, 1_000_000, NUMBER, branch=20)
    assert shared == Fortnight(NUMBER, shared=100_000)


@pytest.mark.parametrize(
    ("standing", "weight"), [(0, 20), (49, 20), (50, 28), (500, 60), (949, 92), (1000, 100)]
)
def test_a_voice_weighs_a_fifth_and_the_tenths_of_its_standing(standing, weight):
    assert rules.weight_of(standing) == weight


@pytest.mark.parametrize(
    ("nights", "standing"), [(0, 1000), (1, 967), (15, 500), (29, 33), (30, 0), (99, 0)]
)
def test_standing_comes_in_over_thirty_nights(nights, standing):
    assert rules.blended(0, nights) == standing
    assert rules.blended(1000, nights) == 1000


@given(st.integers(0, 1000), st.integers(0, 40))
def test_a_night_moves_a_standing_by_a_thirtieth_at_most(thousandths, nights):
    step = rules.blended(thousandths, nights) - rules.blended(thousandths, nights + 1)

    assert 0 <= step <= 34


@pytest.mark.parametrize(
    ("independent", "total", "kept"), [(0, 0, 100), (0, 300, 1), (150, 300, 50), (300, 300, 100)]
)
def test_evidence_is_kept_as_far_as_those_vouch_who_win_nothing_by_it(independent, total, kept):
    assert rules.kept_of(independent, total) == kept
    assert rules.kept_share(kept, rules.FULL) == 1
    assert rules.kept_share(kept, Standing(1.0, gate=1.0)) == pytest.approx(kept / 100)


def test_whom_no_night_has_seen_ranks_after_all_others_in_their_own_order():
    now = MONDAY
    unseen = rules.standing_of(None, 1)
    none = Standing(0.0, gate=1.0)

    ranks = [
        rules.rank_of(5.0, now, now, standing=Standing(0.5)),
        rules.rank_of(9.0, now, now, standing=none),
        rules.rank_of(9.0, now, now, standing=unseen),
        rules.rank_of(2.0, now, now, standing=unseen),
    ]

    assert ranks == sorted(ranks, reverse=True)
    assert ranks[:2] == [1.25, 0]


@given(st.floats(0, 100), st.floats(0, 100), st.integers(0, 20), st.integers(0, 9))
def test_more_of_anything_never_lowers_a_level(score, more, voices, fortnights):
    def level(score, voices, fortnights):
        return rules.level_of(Worth(score, 0, 0), held=Held(voices, voices, fortnights))

    now = level(score, voices, fortnights)
    assert level(score + more, voices, fortnights) >= now
    assert level(score, voices + 1, fortnights) >= now
    assert level(score, voices, fortnights + 1) >= now


def test_recency_is_a_half_after_sixty_days():
    assert rules.recency_of(MONDAY - timedelta(days=60), MONDAY) == 0.5
    assert rules.recency_of(MONDAY + timedelta(days=1), MONDAY) == 1


def test_skills_that_met_once_are_related_where_both_are_little_asked_about():
    assert rules.similarity(1, 21, 1) == rules.similarity(1, 21, 21) == 0
    assert rules.similarity(1, 1, 1) == pytest.approx(1 / 3)
    assert rules.similarity(2, 4, 3) == pytest.approx(2 / (math.sqrt(12) + 2))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.randoms())
def test_sums_of_the_same_fortnights_are_equal_to_the_last_bit(worths, random):
    rows = [Fortnight(200 + n, backed=worth, unbacked=worth // 3) for n, worth in enumerate(worths)]
    shuffled = random.sample(rows, len(rows))

    assert rules.sum_up(rows) == rules.sum_up(sorted(shuffled, key=lambda row: row.number))


@pytest.mark.parametrize(("voices", "confidence"), [(0, 0), (1, 0.2), (5, 1), (50, 1)])
def test_confidence_is_whole_with_five_voices(voices, confidence):
    assert rules.confidence_of(voices) == confidence
