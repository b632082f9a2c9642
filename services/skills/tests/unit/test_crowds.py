"""What is told of crowds says nothing of a few."""

from collections import defaultdict
from datetime import timedelta
from itertools import combinations, product

import pytest

from chassis.testing.people import MONDAY
from services.skills.crowds import LONGEST_WAIT, at_least, is_settled_anew, shown

MOST = 25  # people; with whole fives nothing new happens beyond


def test_no_count_and_no_difference_of_two_is_one_to_four():
    told = [shown(count) for count in range(60)]

    assert told[:11] == [0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 10]
    assert all(one - other >= 5 for one, other in product(told, told) if one > other)


def test_whoever_adds_up_all_that_is_told_is_never_sure_of_one_to_four_people():
    """Those without the skill, at its first level alone, and higher: each alone and together."""
    behind = defaultdict(set)
    companies = (cells for cells in product(range(MOST), repeat=3) if sum(cells) < MOST)
    for without, first, higher in companies:
        told = (shown(without + first + higher), *at_least([1] * first + [2] * higher, 2))
        behind[told].add((without, first, higher))

    for possible in behind.values():
        for some in (one for size in (1, 2) for one in combinations(range(3), size)):
            counts = {sum(cells[one] for one in some) for cells in possible}
            assert 0 in counts or max(counts) >= 5, (possible, some)
            assert len(counts) >= 5


def test_levels_are_counted_with_those_above_them():
    assert at_least([1] * 3 + [2] * 4 + [5] * 6, 5) == [10, 10, 5, 5, 5]
    assert at_least([], 5) == [0] * 5


@pytest.mark.parametrize(
    ("counted", "present", "days", "is_anew"),
    [
        ("abcdefghij", "abcdefghij", 90, False),
        ("abcdefghij", "abcdefghijk", 29, False),
        ("abcdefghij", "cdefghijkl", 1, False),
        ("abcdefghij", "fghij", 1, True),
        ("abcdefghij", "cdefghijklm", 1, True),
        ("abcdefghij", "abcdefghijk", 30, True),
        ("abcdefghij", "", 1, True),
        ("abcd", "abcde", 1, True),
        ("abcde", "abcd", 1, False),
    ],
)
def test_who_came_or_went_waits_for_five_or_thirty_days(counted, present, days, is_anew):
    now = MONDAY + timedelta(days=days)

    assert is_settled_anew(set(counted), set(present), settled_at=MONDAY, now=now) is is_anew
    assert timedelta(days=30) == LONGEST_WAIT
