"""Groups that like themselves, by hand."""

from itertools import permutations
from uuid import UUID

from services.skills.rings import find_rings


def people(first, count):
    return [UUID(int=number) for number in range(first, first + count)]


def everybody_likes(group, times=2):
    return dict.fromkeys(permutations(group, 2), times)


def totals_of(likes, more=()):
    totals = {}
    for (_, author), count in likes.items():
        totals[author] = totals.get(author, 0) + count
    return totals | {one: totals.get(one, 0) + count for one, count in more}


def test_five_who_like_each_other_and_are_liked_by_nobody_else_are_a_ring():
    group = people(0, 5)
    likes = everybody_likes(group)

    [ring] = find_rings(likes, totals_of(likes))

    assert (ring.members, ring.own_count, ring.like_count) == (frozenset(group), 40, 40)


def test_four_are_none_for_each_has_three_likers():
    likes = everybody_likes(people(0, 4))

    assert find_rings(likes, totals_of(likes)) == []


def test_who_others_like_as_well_is_no_part_of_it():
    group = people(0, 6)
    likes = everybody_likes(group)

    [ring] = find_rings(likes, totals_of(likes, more=[(group[0], 7)]))

    assert ring.members == frozenset(group[1:])
    # One more falls below four likers if another goes.
    assert find_rings(likes, totals_of(likes, more=[(one, 7) for one in group[:2]])) == []


def test_a_ring_need_not_be_mutual():
    # Each is liked by the four who follow in a circle of nine.
    group = people(0, 9)
    likes = {(group[(n + step) % 9], group[n]): 1 for n in range(9) for step in range(1, 5)}

    [ring] = find_rings(likes, totals_of(likes))

    assert len(ring.members) == 9


def test_two_groups_are_two_rings_and_a_like_between_them_makes_them_one():
    one, other = people(0, 5), people(10, 5)
    likes = everybody_likes(one) | everybody_likes(other)

    apart = find_rings(likes, totals_of(likes))
    joined = {**likes, (one[0], other[0]): 1}

    assert [len(ring.members) for ring in apart] == [5, 5]
    assert [len(ring.members) for ring in find_rings(joined, totals_of(joined))] == [10]


def test_likes_of_oneself_are_nothing():
    group = people(0, 5)
    likes = everybody_likes(group[:4]) | {(one, one): 9 for one in group}

    assert find_rings(likes, totals_of(likes)) == []
