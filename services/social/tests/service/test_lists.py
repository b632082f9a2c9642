"""Followers and following, page by page."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.paging import cursor_of
from chassis.testing.people import MONDAY, joined, person
from services.social.tests.factories import follow, members, unfollow


def names(answer):
    return [item["name"] for item in answer.json["items"]]


def all_names(client, path, *, limit, between=lambda: None):
    """The names of all pages; `between` is called before each next page."""
    found, cursor = [], ""
    while cursor is not None:
        answer = client.get(f"{path}?limit={limit}{cursor and '&cursor=' + cursor}")
        found += names(answer)
        cursor = answer.json["next"]
        between()
    return found


def test_followers_stand_in_the_order_of_the_latest_follow(social):
    ana, ben, cleo, dan = members(social, "Ana", "Ben", "Cleo", "Dan")
    for minute, follower in enumerate((cleo, dan, ben)):
        with clock.at(MONDAY + timedelta(minutes=minute)):
            follow(social, follower, ana)

    answer = social.as_member(dan).get(f"/members/{ana.id}/followers")

    assert names(answer) == ["Ben", "Dan", "Cleo"]
    assert answer.json["next"] is None


def test_following_lists_whom_a_member_follows(social):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    follow(social, ana, ben)
    follow(social, ana, cleo)
    follow(social, ben, ana)

    answer = social.as_member(cleo).get(f"/members/{ana.id}/following")

    assert sorted(names(answer)) == ["Ben", "Cleo"]


def test_who_stopped_following_is_not_listed(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)

    unfollow(social, ana, ben)

    assert names(social.as_member(ana).get(f"/members/{ben.id}/followers")) == []
    assert names(social.as_member(ana).get(f"/members/{ana.id}/following")) == []


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_member_who_is_not_active_is_not_listed(social, state):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    follow(social, ben, ana)
    follow(social, cleo, ana)

    social.deliver(joined(ben, revision=2, state=state))

    assert names(social.as_member(ana).get(f"/members/{ana.id}/followers")) == ["Cleo"]


def test_newer_name_wins_over_the_token_and_an_older_event(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ben, ana)

    social.deliver(joined(type(ben)("Benedict", ben.id), revision=3))
    social.deliver(joined(type(ben)("Benny", ben.id), revision=2))

    assert names(social.as_member(ana).get(f"/members/{ana.id}/followers")) == ["Benedict"]


def test_pages_lose_nobody_and_show_nobody_twice_even_at_one_moment(social):
    ana, *others = members(social, "Ana", *(f"Member {number:02}" for number in range(23)))
    for number, follower in enumerate(others):
        with clock.at(MONDAY + timedelta(minutes=number // 5)):
            follow(social, follower, ana)

    found = all_names(social.as_member(ana), f"/members/{ana.id}/followers", limit=4)

    assert sorted(found) == [follower.name for follower in others]


def test_follow_between_two_pages_moves_nobody(social):
    ana, *others = members(social, "Ana", *(f"Member {number}" for number in range(9)))
    late = iter(members(social, *(f"Late {number}" for number in range(9))))
    for follower in others:
        follow(social, follower, ana)

    found = all_names(
        social.as_member(ana),
        f"/members/{ana.id}/followers",
        limit=2,
        between=lambda: follow(social, next(late), ana),
    )

    assert found == [follower.name for follower in reversed(others)]


@pytest.mark.parametrize("path", ["followers", "following"])
def test_lists_of_an_unknown_member_are_not_found(social, path):
    [ana] = members(social, "Ana")

    answer = social.as_member(ana).get(f"/members/{person('Nobody').id}/{path}")

    assert (answer.status_code, answer.json["code"]) == (404, "member_not_found")


STRANGE_CURSORS = [
    "x",
    "%ff",
    "é",
    cursor_of([]),
    cursor_of({"a": 1}),
    cursor_of(["2024-03-04T09:00:00", "01a209b2-919b-7e8b-8297-ec95d8eba6b8"]),
    cursor_of(["2024-03-04T09:00:00Z", "no id"]),
    cursor_of(["2024-03-04T09:00:00Z", 5]),
    cursor_of([5, "01a209b2-919b-7e8b-8297-ec95d8eba6b8"]),
    cursor_of([None, None]),
]


def test_cursor_that_no_list_made_is_refused(social):
    [ana] = members(social, "Ana")
    client = social.as_member(ana)

    answers = [
        client.get(f"/members/{ana.id}/{path}?cursor={cursor}")
        for path in ("followers", "following")
        for cursor in STRANGE_CURSORS
    ]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {
        (422, "cursor_invalid")
    }


def test_page_arguments_are_checked(social):
    [ana] = members(social, "Ana")
    client = social.as_member(ana)

    for query in ("limit=0", "limit=51", "limit=ten", "page=2", "cursor=%00"):
        answer = client.get(f"/members/{ana.id}/followers?{query}")

        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
        assert query.partition("=")[0] in answer.json["errors"]


def test_unchanged_list_answers_304(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ben, ana)
    path = f"/members/{ana.id}/followers"
    known = {"If-None-Match": social.as_member(ana).get(path).headers["ETag"]}

    unchanged = social.as_member(ana).get(path, headers=known)
    unfollow(social, ben, ana)
    changed = social.as_member(ana).get(path, headers=known)

    assert (unchanged.status_code, unchanged.get_data()) == (304, b"")
    assert changed.status_code == 200
