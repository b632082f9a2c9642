"""What levels, voices and ages are called."""

from datetime import timedelta

import pytest

from chassis.testing.people import MONDAY
from services.skills import names, rules


def test_each_level_has_a_name_and_none_has_none():
    assert [names.level_name(level) for level in range(6)] == [None, *names.LEVELS]
    assert len(names.LEVELS) == len(rules.LEVELS)


def test_voices_are_many_when_confidence_is_full():
    called = [names.confidence_name(voices) for voices in range(7)]

    assert called == ["few", "few", "few", "several", "several", "many", "many"]
    assert rules.confidence_of(names.SEVERAL) == 1 > rules.confidence_of(names.SEVERAL - 1)


@pytest.mark.parametrize(
    ("level", "days", "called"),
    [(1, 0, "fresh"), (5, 180, "fresh"), (5, 181, "fading"), (5, 540, "fading"), (5, 541, "past")],
)
def test_a_skill_fades_after_its_last_like(level, days, called):
    assert names.freshness_name(level, MONDAY - timedelta(days=days), MONDAY) == called


def test_without_a_level_or_a_like_it_is_past():
    assert names.freshness_name(0, MONDAY, MONDAY) == "past"
    assert names.freshness_name(1, None, MONDAY) == "past"


@pytest.mark.parametrize(
    ("recent", "earlier", "called"),
    [
        *((0, 0, "steady"), (5, 6, "steady"), (4, 3, "steady"), (3, 4, "steady")),
        *((1, 0, "up"), (41, 30, "up"), (0, 1, "down"), (29, 40, "down")),
    ],
)
def test_a_trend_is_more_than_the_beginning_of_a_fortnight(recent, earlier, called):
    assert names.trend_name(recent, earlier) == called
