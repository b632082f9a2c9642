"""Blocking: neither sees anything of the other, and both sides' follows end."""

from itertools import permutations

import pytest

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.people import MONDAY, left, person
from contracts.social import MemberBlocked, MemberUnblocked, MemberUnfollowed
from services.social.models import Follow
from services.social.tests.factories import block, follow, members, unblock


def names(answer):
    assert answer.status_code == 200, answer.json
    return [item["name"] for item in answer.json["items"]]


def test_blocking_is_answered_and_told(social):
    ana, ben = members(social, "Ana", "Ben")

    with clock.at(MONDAY):
        answers = [block(social, ana, ben), block(social, ana, ben)]
        taken_back = unblock(social, ana, ben)

    assert [answer.json for answer in answers] == 2 * [
        {"member_id": str(ben.id), "is_blocked": True}
    ]
    assert taken_back.json == {"member_id": str(ben.id), "is_blocked": False}
    pair = {"blocker_id": ana.id, "blocked_id": ben.id, "changed_at": MONDAY}
    assert social.published(MemberBlocked) == [MemberBlocked(**pair, revision=1)]
    assert social.published(MemberUnblocked) == [MemberUnblocked(**pair, revision=2)]


def test_blocking_ends_follows_both_ways_and_taking_it_back_does_not_bring_them_back(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)
    follow(social, ben, ana)

    block(social, ana, ben)
    unblock(social, ana, ben)

    ended = {(one.follower_id, one.followed_id) for one in social.published(MemberUnfollowed)}
    assert ended == {(ana.id, ben.id), (ben.id, ana.id)}
    with social.session() as session:
        assert not any(one.is_following for one in session.query(Follow))


def test_neither_sees_anything_of_the_other(social):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    for one in (ana, ben):
        follow(social, one, cleo)
        follow(social, cleo, one)

    block(social, ana, ben)

    for viewer, hidden in ((ana, ben), (ben, ana)):
        client = social.as_member(viewer)
        for answer in (
            client.put(f"/members/{hidden.id}/follow"),
            client.get(f"/members/{hidden.id}/followers"),
            client.get(f"/members/{hidden.id}/following"),
        ):
            assert (answer.status_code, answer.json["code"]) == (404, "member_not_found")
        assert names(client.get(f"/members/{cleo.id}/followers")) == [viewer.name]
        assert names(client.get(f"/members/{cleo.id}/following")) == [viewer.name]
    assert social.as_member(ana).get(f"/members/{ben.id}/follow").json["is_blocked"] is True
    assert social.as_member(ben).get(f"/members/{ana.id}/follow").status_code == 404
    assert names(social.as_member(ana).get("/members/me/blocked")) == ["Ben"]
    assert names(social.as_member(ben).get("/members/me/blocked")) == []


def test_who_is_blocked_may_block_too(social):
    ana, ben = members(social, "Ana", "Ben")
    block(social, ana, ben)

    assert block(social, ben, ana).status_code == 200
    unblock(social, ana, ben)

    assert social.as_member(ana).get(f"/members/{ben.id}/follow").status_code == 404


def test_nobody_blocks_themselves_or_nobody(social):
    [ana] = members(social, "Ana")

    assert block(social, ana, ana).json["code"] == "block_oneself"
    assert block(social, ana, person("Nobody")).status_code == 404
    assert unblock(social, ana, person("Nobody")).status_code == 404


@pytest.mark.parametrize("turn", range(6))
def test_no_follow_is_left_beside_a_block_made_at_the_same_moment(social, turn):
    ana, ben = members(social, "Ana", "Ben")
    acts = [
        lambda: follow(social, ana, ben),
        lambda: follow(social, ben, ana),
        lambda: block(social, ana, ben),
    ]

    answers = at_once(*list(permutations(acts))[turn])

    assert {answer.status_code for answer in answers} <= {200, 404}
    with social.session() as session:
        assert not any(one.is_following for one in session.query(Follow))


def test_blocks_end_with_who_leaves(social):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    block(social, ana, ben)
    block(social, ben, cleo)

    social.deliver(left(ben))

    ended = {(one.blocker_id, one.blocked_id) for one in social.published(MemberUnblocked)}
    assert ended == {(ana.id, ben.id), (ben.id, cleo.id)}
    assert names(social.as_member(ana).get("/members/me/blocked")) == []
