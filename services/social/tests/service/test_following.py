"""Following and unfollowing: the pair's state, its revision and what is told of it."""

from itertools import pairwise

import pytest

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.people import MONDAY, joined, person
from contracts.social import MemberFollowed, MemberUnfollowed
from services.social.models import Follow
from services.social.tests.factories import follow, members, unfollow


def test_following_is_answered_and_told(social):
    ana, ben = members(social, "Ana", "Ben")

    with clock.at(MONDAY):
        answer = follow(social, ana, ben)

    assert answer.status_code == 200
    assert answer.json == {"member_id": str(ben.id), "is_following": True}
    assert social.published(MemberFollowed) == [
        MemberFollowed(follower_id=ana.id, followed_id=ben.id, revision=1, changed_at=MONDAY)
    ]


def test_second_follow_changes_nothing(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)

    answer = follow(social, ana, ben)

    assert answer.status_code == 200
    assert len(social.published(MemberFollowed)) == 1


def test_unfollowing_whom_one_never_followed_changes_nothing(social):
    ana, ben = members(social, "Ana", "Ben")

    answer = unfollow(social, ana, ben)

    assert answer.json == {"member_id": str(ben.id), "is_following": False}
    assert social.published(MemberUnfollowed) == []
    with social.session() as session:
        assert session.query(Follow).count() == 0


def test_each_change_of_a_pair_has_the_next_revision(social):
    ana, ben = members(social, "Ana", "Ben")

    for change in (follow, unfollow, follow, unfollow, unfollow):
        change(social, ana, ben)

    assert [event.revision for event in social.published(MemberFollowed)] == [1, 3]
    assert [event.revision for event in social.published(MemberUnfollowed)] == [2, 4]


def test_the_pairs_row_stays_when_the_following_stops(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)

    unfollow(social, ana, ben)

    with social.session() as session:
        pair = session.get_one(Follow, (ana.id, ben.id))
    assert (pair.is_following, pair.revision) == (False, 2)


def test_following_is_of_one_direction(social):
    ana, ben = members(social, "Ana", "Ben")

    follow(social, ana, ben)

    assert social.as_member(ana).get(f"/members/{ana.id}/followers").json["items"] == []
    assert social.as_member(ana).get(f"/members/{ben.id}/following").json["items"] == []


def test_nobody_follows_themselves(social):
    [ana] = members(social, "Ana")

    answer = follow(social, ana, ana)

    assert (answer.status_code, answer.json["code"]) == (422, "follow_oneself")
    assert social.published(MemberFollowed) == []


@pytest.mark.parametrize("change", [follow, unfollow])
def test_unknown_member_is_not_found(social, change):
    [ana] = members(social, "Ana")

    answer = change(social, ana, person("Nobody"))

    assert (answer.status_code, answer.json["code"]) == (404, "member_not_found")
    assert answer.content_type == "application/problem+json"


def test_member_who_left_is_not_found(social):
    ana, ben = members(social, "Ana", "Ben")
    social.deliver(joined(ben, revision=2, state="left"))

    answer = follow(social, ana, ben)

    assert answer.status_code == 404


def test_follower_may_act_before_the_service_has_heard_of_them(social):
    [ben] = members(social, "Ben")
    stranger = person("Ana", headline="Baker")

    follow(social, stranger, ben)

    [follower] = social.as_member(ben).get(f"/members/{ben.id}/followers").json["items"]
    assert follower == {
        "id": str(stranger.id),
        "name": "Ana",
        "headline": "Baker",
        "portrait_url": None,
    }


def test_suspended_member_may_read_but_not_follow(social):
    ana, ben = members(social, "Ana", "Ben")
    social.deliver(joined(ana, revision=2, state="suspended"))

    for change in (follow, unfollow):
        answer = change(social, ana, ben)
        assert (answer.status_code, answer.json["code"]) == (403, "member_suspended")

    assert social.as_member(ana).get(f"/members/{ben.id}/followers").status_code == 200
    assert social.published(MemberFollowed) == []


def test_stranger_is_asked_to_sign_in(social):
    [ana] = members(social, "Ana")

    answers = [
        social.as_stranger().put(f"/members/{ana.id}/follow"),
        social.as_stranger().get(f"/members/{ana.id}/followers"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


def test_simultaneous_follows_of_one_pair_are_one(social):
    ana, ben = members(social, "Ana", "Ben")

    answers = at_once(*[lambda: follow(social, ana, ben)] * 8)

    assert {answer.status_code for answer in answers} == {200}
    assert [event.revision for event in social.published(MemberFollowed)] == [1]


def test_hammered_pair_tells_alternating_states_with_unbroken_revisions(social):
    ana, ben = members(social, "Ana", "Ben")

    def hammer(change):
        return [change(social, ana, ben).status_code for _ in range(10)]

    statuses = at_once(*[lambda: hammer(follow)] * 3, *[lambda: hammer(unfollow)] * 3)

    told = sorted(
        [*social.published(MemberFollowed), *social.published(MemberUnfollowed)],
        key=lambda event: event.revision,
    )
    assert {status for run in statuses for status in run} == {200}
    assert [event.revision for event in told] == list(range(1, len(told) + 1))
    assert told[0].state == "followed"
    assert all(one.state != other.state for one, other in pairwise(told))
    with social.session() as session:
        pair = session.get_one(Follow, (ana.id, ben.id))
    assert (pair.is_following, pair.revision) == (told[-1].state == "followed", len(told))


def test_two_who_follow_each_other_at_once_both_succeed(social):
    ana, ben = members(social, "Ana", "Ben")

    answers = at_once(lambda: follow(social, ana, ben), lambda: follow(social, ben, ana))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(social.published(MemberFollowed)) == 2
