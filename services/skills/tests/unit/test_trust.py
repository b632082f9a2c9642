"""Voices and standing, by hand."""

import numpy as np
import pytest

from services.skills import trust

NOBODY = -1


def community(sponsors, *, founders=(0,), likes=(), suspended=()):
    """Members by number, each with the number of who invited them; likes as pairs."""
    is_suspended = np.zeros(len(sponsors), bool)
    is_suspended[list(suspended)] = True
    pairs = sorted(set(likes))
    columns = np.array([(*pair, likes.count(pair)) for pair in pairs], np.int64).reshape(-1, 3)
    return trust.Community(
        np.array(sponsors, np.int64),
        np.array(founders, np.int64),
        is_suspended,
        *columns.T.astype(np.int64),
    )


def test_founder_is_a_voice_and_speaks_for_whom_they_brought():
    of = trust.standings_of(community([NOBODY, 0, 1, 2]))

    assert list(of.voices) == [0, 0, 0, 0]


def test_branch_without_a_voice_is_one_voice_its_roots():
    of = trust.standings_of(community([NOBODY, NOBODY, 1, 2]))

    assert list(of.voices) == [0, 1, 1, 1]


def test_five_other_voices_make_a_voice_and_four_do_not():
    roots = [NOBODY] * 6
    five, four = [(n, 6) for n in range(1, 6)], [(n, 6) for n in range(1, 5)]

    with_five = trust.standings_of(community([*roots, 0], likes=five))
    with_four = trust.standings_of(community([*roots, 0], likes=four))

    assert (with_five.voices[6], with_four.voices[6]) == (6, 0)


def test_likes_of_ones_own_branch_make_no_voice():
    # Member 1 invited twenty who all like them and each other.
    farm = [NOBODY, 0, *[1] * 20]
    likes = [(a, b) for a in range(2, 22) for b in range(1, 22) if a != b]

    assert set(trust.standings_of(community(farm, likes=likes)).voices) == {0}


def test_who_is_confirmed_lets_those_below_be_heard_apart():
    # Members 1 to 5 are roots; 6 and 7 are of the founder's branch, 7 invited by 6.
    roots = [NOBODY] * 6
    likes = [(n, 6) for n in range(1, 6)]
    # 8 needs five voices: four roots, and 7, who speaks as 6 once 6 is a voice, not as the founder.
    likes += [(1, 8), (2, 8), (3, 8), (4, 8), (7, 8)]

    of = trust.standings_of(community([*roots, 0, 6, 0], likes=likes))

    assert list(of.voices[6:]) == [6, 6, 8]


def test_order_of_founders_and_of_likes_is_nothing():
    generator = np.random.default_rng(3)
    sponsors = [NOBODY, *(int(generator.integers(0, n)) for n in range(1, 60))]
    likes = [tuple(map(int, pair)) for pair in generator.integers(0, 60, (400, 2))]
    likes = [pair for pair in likes if pair[0] != pair[1]]

    one = trust.standings_of(community(sponsors, founders=(0, 1, 2), likes=likes))
    other = trust.standings_of(community(sponsors, founders=(2, 0, 1), likes=likes[::-1]))

    assert np.array_equal(one.voices, other.voices)
    assert np.array_equal(one.thousandths, other.thousandths)


def test_trust_comes_from_founders_and_a_ring_below_one_voice_makes_none():
    # The founder 0 likes 1 to 5; 6 to 15, all invited by 6, like each other alone.
    likes = [(0, n) for n in range(1, 6)]
    likes += [(a, b) for a in range(6, 16) for b in range(6, 16) if a != b]

    of = trust.standings_of(community([*[NOBODY] * 7, *[6] * 9], likes=likes))

    assert of.thousandths[0] == 1000
    assert min(of.thousandths[1:6]) > 100
    assert max(of.thousandths[6:]) == 0


def test_standing_is_against_the_root_of_n_th_of_those_reached():
    # The founder likes 1 and 2, 2 twice as often by the logarithm; nobody else is reached.
    likes = [(0, 1), (0, 2), (0, 2), (0, 2)]

    of = trust.standings_of(community([NOBODY] * 50, likes=likes))

    # Three are reached, so the second, 2, is the anchor: T = .5 · (2/3 of the founder's trust).
    assert list(of.thousandths[:3]) == [1000, 1000, 1000]
    assert not of.thousandths[3:].any()


def test_who_is_suspended_has_no_standing_and_founds_nothing():
    likes = [(0, 1), (2, 3)]

    of = trust.standings_of(community([NOBODY] * 5, founders=(0, 2), likes=likes, suspended=(0,)))

    assert of.thousandths[0] == 0
    assert of.thousandths[3] > of.thousandths[1]


@pytest.mark.parametrize("size", [0, 1, 2])
def test_tiny_communities_have_standings_too(size):
    founders = tuple(range(min(size, 1)))

    of = trust.standings_of(community([NOBODY] * size, founders=founders))

    assert len(of.voices) == len(of.thousandths) == size
