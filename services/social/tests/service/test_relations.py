"""What two members are to each other, for pages that show people."""

from dataclasses import replace

import pytest

from chassis import clock
from chassis.testing.people import joined, left, person, suspended
from contracts.social import MemberFollowed
from services.social.actions import allowances
from services.social.tests.factories import (
    block,
    follow,
    follow_keyword,
    members,
    unfollow,
)


def relation(service, viewer, member):
    answer = service.as_member(viewer).get(f"/members/{member.id}/follow")
    assert answer.status_code == 200, answer.json
    return answer.json


def test_relation_says_both_sides_and_counts_who_is_active(social):
    ana, ben, cleo, dan = members(social, "Ana", "Ben", "Cleo", "Dan")
    for follower in (ana, cleo, dan):
        follow(social, follower, ben)
    follow(social, ben, ana)
    social.deliver(suspended(dan))

    assert relation(social, ana, ben) == {
        "member_id": str(ben.id),
        "is_following": True,
        "follows_me": True,
        "is_blocked": False,
        "follower_count": 2,
        "following_count": 1,
    }
    assert relation(social, cleo, ben)["follows_me"] is False
    assert relation(social, ben, ben)["is_following"] is False


def test_relation_to_nobody_is_not_found(social):
    ana, ben = members(social, "Ana", "Ben")
    social.deliver(left(ben))

    for nobody in (ben, person("Nobody")):
        answer = social.as_member(ana).get(f"/members/{nobody.id}/follow")
        assert (answer.status_code, answer.json["code"]) == (404, "member_not_found")


def test_relations_to_many_come_at_once_in_the_order_asked_for(social):
    ana, ben, cleo, dan = members(social, "Ana", "Ben", "Cleo", "Dan")
    follow(social, ana, cleo)
    follow(social, ben, ana)
    block(social, dan, ana)
    asked = [cleo, dan, ben, cleo, person("Nobody")]

    path = "/relations?members=" + ",".join(str(one.id) for one in asked)
    answer = social.as_member(ana).get(path)

    shown = [
        (item["member_id"], item["is_following"], item["follows_me"])
        for item in answer.json["items"]
    ]
    assert shown == [(str(cleo.id), True, False), (str(ben.id), False, True)]


@pytest.mark.parametrize("query", ["", "?members=", "?members=x", "?members=" + "x," * 3])
def test_relations_need_ids(social, query):
    answer = social.as_member(person("Ana")).get(f"/relations{query}")

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["members"])


def test_relations_of_more_than_fifty_are_refused(social):
    ids = ",".join(str(person("Somebody").id) for _ in range(51))

    assert social.as_member(person("Ana")).get(f"/relations?members={ids}").status_code == 422


def test_who_follows_as_many_as_anybody_can_follows_nobody_more(social, monkeypatch):
    monkeypatch.setattr(allowances, "MOST_FOLLOWS", 2)
    ana, ben, cleo, dan = members(social, "Ana", "Ben", "Cleo", "Dan")
    follow(social, ana, ben)
    follow(social, ana, cleo)

    refused = follow(social, ana, dan)

    assert (refused.status_code, refused.json["code"]) == (409, "follows_too_many")
    unfollow(social, ana, ben)
    assert follow(social, ana, dan).status_code == 200


def test_who_began_to_follow_many_today_goes_on_tomorrow(social, monkeypatch):
    monkeypatch.setattr(allowances, "NEW_FOLLOWS_A_DAY", 2)
    ana, *others = members(social, "Ana", "Ben", "Cleo", "Dan")
    start = clock.now()
    with clock.at(start - allowances.DAY + allowances.DAY / 24):
        follow(social, ana, others[0])
    follow(social, ana, others[1])

    refused = follow(social, ana, others[2])

    assert (refused.status_code, refused.json["code"]) == (429, "follows_too_fast")
    assert 3_500 < int(refused.headers["Retry-After"]) <= 3_602
    assert follow_keyword(social, ana, "sql").status_code == 200  # counted apart
    assert follow_keyword(social, ana, "go").status_code == 200
    assert follow_keyword(social, ana, "c").status_code == 429


def test_who_joins_and_their_sponsor_follow_each_other_once(social):
    [ana] = members(social, "Ana")
    ben = person("Ben")
    event = replace(joined(ben), sponsor_id=ana.id)

    social.deliver(event)
    social.deliver(event)

    told = {(one.follower_id, one.followed_id) for one in social.published(MemberFollowed)}
    assert told == {(ana.id, ben.id), (ben.id, ana.id)}
    assert len(social.published(MemberFollowed)) == 2
    unfollow(social, ben, ana)
    social.deliver(event, replace(event, revision=2))
    assert relation(social, ben, ana)["is_following"] is False
    assert relation(social, ben, ana)["follows_me"] is True


def test_they_follow_each_other_since_one_joined_however_late_that_is_heard(social):
    [ana] = members(social, "Ana")
    ben = replace(joined(person("Ben")), sponsor_id=ana.id)

    social.deliver(ben)

    assert {one.changed_at for one in social.published(MemberFollowed)} == {ben.joined_at}


def test_a_sponsor_is_followed_also_when_they_are_heard_of_later(social):
    ana, ben = person("Ana"), person("Ben")

    social.deliver(replace(joined(ben), sponsor_id=ana.id))
    social.deliver(joined(ana))

    assert relation(social, ana, ben)["is_following"] is True
    assert relation(social, ben, ana)["is_following"] is True
    social.deliver(left(ana))
    assert relation(social, ben, ben)["follower_count"] == 0


def test_a_sponsor_who_left_is_followed_by_nobody(social):
    [ana] = members(social, "Ana")
    ben = person("Ben")

    social.deliver(left(ana), replace(joined(ben), sponsor_id=ana.id))

    assert social.published(MemberFollowed) == []
