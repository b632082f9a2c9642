"""The arithmetic of attribution, against numbers worked out by hand from the formulas."""

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.skills import rules
from services.skills.rules import GivenLike, Liked, weigh_likes

AUTHOR, ASKER, *OTHERS = (UUID(int=number) for number in range(1, 12))
ANSWER = Liked("answer", AUTHOR, ASKER)
QUESTION = Liked("question", ASKER, None)
MONDAY = datetime(2024, 3, 4, 9, 0, tzinfo=UTC)

strengths = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=20)
likes = st.lists(
    st.builds(
        GivenLike,
        st.sampled_from([AUTHOR, ASKER, *OTHERS]),
        st.integers(0, 5).map(lambda days: MONDAY + timedelta(days=days)),
    ),
    max_size=11,
    unique_by=lambda like: like.liker_id,
)


def given_by(*likers):
    """Likes one minute after the other."""
    return [GivenLike(liker, MONDAY + timedelta(minutes=n)) for n, liker in enumerate(likers)]


def test_the_nth_like_counts_one_nth():
    weights = weigh_likes(ANSWER, given_by(*OTHERS[:4]))

    assert [weights[liker] for liker in OTHERS[:4]] == [1, 1 / 2, 1 / 3, 1 / 4]


def test_the_askers_like_of_an_answer_counts_in_full_whenever_it_comes():
    weights = weigh_likes(ANSWER, given_by(OTHERS[0], OTHERS[1], ASKER, OTHERS[2]))

    assert weights == {OTHERS[0]: 1, OTHERS[1]: 1 / 2, ASKER: 1, OTHERS[2]: 1 / 3}


@pytest.mark.parametrize("place", range(4))
def test_the_same_people_give_the_same_worth_in_whatever_order(place):
    likers = OTHERS[:3]
    likers.insert(place, ASKER)

    weights = weigh_likes(ANSWER, given_by(*likers))

    assert sum(weights.values()) == pytest.approx(1 + 1 + 1 / 2 + 1 / 3)


@pytest.mark.parametrize("days", [3650, 365_000])
def test_a_post_from_the_future_weighs_no_more_than_one_of_now(days):
    strength = rules.strength_of(1.0, MONDAY + timedelta(days=days), MONDAY)

    assert rules.score_of(strength, MONDAY) == 1


def test_ones_own_like_counts_nothing_and_takes_no_place():
    weights = weigh_likes(ANSWER, given_by(AUTHOR, OTHERS[0]))

    assert weights == {OTHERS[0]: 1}


def test_like_of_a_question_counts_a_fifth():
    weights = weigh_likes(QUESTION, given_by(OTHERS[0], OTHERS[1]))

    assert list(weights.values()) == [0.2, 0.1]


def test_answer_to_ones_own_question_gains_nothing_from_the_askers_like():
    weights = weigh_likes(Liked("answer", ASKER, ASKER), given_by(ASKER, OTHERS[0]))

    assert weights == {OTHERS[0]: 1}


@settings(deadline=None)
@given(likes, st.randoms(use_true_random=False), st.sampled_from([ANSWER, QUESTION]))
def test_weights_do_not_depend_on_the_order_in_which_likes_became_known(given_likes, chance, post):
    shuffled = list(given_likes)
    chance.shuffle(shuffled)

    assert weigh_likes(post, shuffled) == weigh_likes(post, given_likes)


@settings(deadline=None)
@given(likes)
def test_a_post_without_its_askers_like_is_worth_the_harmonic_sum(given_likes):
    counted = [like for like in given_likes if like.liker_id not in (AUTHOR, ASKER)]

    total = sum(weigh_likes(ANSWER, counted).values())

    assert total == pytest.approx(sum(1 / n for n in range(1, len(counted) + 1)))


@settings(deadline=None)
@given(likes, likes.filter(bool))
def test_taking_a_like_back_leaves_what_would_be_without_it(before, more):
    known = {like.liker_id for like in before}
    extra = next((like for like in more if like.liker_id not in known), None)
    without = weigh_likes(ANSWER, before)

    if extra:
        weigh_likes(ANSWER, [*before, extra])

    assert weigh_likes(ANSWER, before) == without


@settings(deadline=None)
@given(likes.filter(bool))
def test_one_more_like_never_makes_a_post_worth_less(given_likes):
    *fewer, _ = given_likes

    more = sum(weigh_likes(ANSWER, given_likes).values())
    less = sum(weigh_likes(ANSWER, fewer).values())

    assert more >= less - 1e-12


def test_a_like_is_worth_half_when_its_post_is_270_days_old():
    strength = rules.strength_of(1.0, MONDAY, MONDAY)

    today = rules.score_of(strength, MONDAY)
    later = rules.score_of(strength, MONDAY + timedelta(days=270))

    assert today == pytest.approx(1)
    assert later == pytest.approx(0.5)


@settings(deadline=None)
@given(
    st.floats(0, 1e3),
    st.datetimes(datetime(2015, 1, 1), datetime(2115, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 36_500),
)
def test_decay_holds_for_a_century(weight, published_at, age):
    strength = rules.strength_of(weight, published_at, published_at)

    score = rules.score_of(strength, published_at + timedelta(days=age))

    assert math.isfinite(strength)
    assert score == pytest.approx(weight * 2 ** (-age / 270), rel=1e-9)


def test_growth_of_2015_is_one():
    assert rules.growth_at(datetime(2015, 1, 1, tzinfo=UTC)) == 1


@settings(deadline=None)
@given(strengths)
def test_voices_are_at_least_one_and_at_most_the_likers(found):
    voices = rules.independent_voices(found)

    assert 1 - 1e-9 <= voices <= len(found) + 1e-9


@settings(deadline=None)
@given(st.floats(1e-6, 1e6), st.integers(1, 50))
def test_equal_likers_are_as_many_voices_as_they_are(strength, likers):
    voices = rules.independent_voices([strength] * likers)

    assert voices == pytest.approx(likers)


def test_loud_liker_does_not_become_many_voices():
    assert rules.independent_voices([100.0, 1.0]) == pytest.approx(1.02, abs=0.001)
    assert rules.independent_voices([]) == 0


LEVELS = [(0.25, 1), (1, 2), (3, 4), (8, 8), (20, 12)]


@pytest.mark.parametrize(
    ("level", "score", "voices"), [(n, *row) for n, row in enumerate(LEVELS, start=1)]
)
def test_level_asks_for_its_score_and_its_voices(level, score, voices):
    assert rules.level_of(score, voices) == level
    assert rules.level_of(1_000, voices) == level
    assert rules.level_of(score, 1_000) == level
    assert rules.level_of(score - 1e-6, 1_000) == level - 1
    assert rules.level_of(1_000, voices - 1e-6) == level - 1


def test_nothing_is_level_none():
    assert rules.level_of(0, 0) == 0


def test_sum_that_misses_a_threshold_by_its_last_bit_reaches_it():
    score = sum([0.1] * 10)

    assert score < 1
    assert rules.level_of(score, 2) == 2


@settings(deadline=None)
@given(st.floats(0, 40), st.floats(0, 20), st.floats(0, 40), st.floats(0, 20))
def test_more_evidence_or_voices_never_lower_a_level(score, voices, more_score, more_voices):
    level = rules.level_of(score, voices)

    assert rules.level_of(score + more_score, voices + more_voices) >= level


def test_confidence_is_full_with_five_voices():
    assert [rules.confidence_of(v) for v in (0, 1, 2.5, 5, 12)] == [0, 0.2, 0.5, 1, 1]


def test_similarity_is_that_of_the_formula():
    assert rules.similarity(together=2, one=4, other=2) == 2 / (math.sqrt(8) + 2)


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_similarity_is_symmetric_and_below_one(together, one, other):
    one, other = one + together, other + together

    similarity = rules.similarity(together, one, other)

    assert 0 <= similarity < 1
    assert similarity == rules.similarity(together, other, one)
