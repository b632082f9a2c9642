"""The replica of the members: whatever the order, and nothing left of who left."""

from itertools import permutations

import pytest

from chassis.messaging.consumer import Message
from chassis.messaging.failures import list_failed
from chassis.testing.people import broken, joined, left, message, reinstated, suspended, updated
from services.social.app import SERVICE
from services.social.models import MemberRef
from services.social.tests.factories import follow, members, person


def replica(service, one):
    with service.session() as session:
        row = session.get_one(MemberRef, one.id)
    return (row.name, row.headline, row.portrait_url, row.state, row.revision)


@pytest.mark.parametrize("size", [1, 3])
def test_members_end_as_the_last_revision_says_in_any_order(social, size):
    for order in list(permutations(range(5)))[::7]:
        ana = person("Ana", headline="Baker")
        events = [joined(ana), suspended(ana), reinstated(ana), updated(ana, revision=4), left(ana)]
        told = [events[number] for number in [*order, *order[:2]]]

        for start in range(0, len(told), size):
            social.deliver(*told[start : start + size])

        assert replica(social, ana) == ("A former member", "", None, "left", 9)


def test_suspended_member_is_refused_until_they_are_reinstated(social):
    ana, ben = members(social, "Ana", "Ben")

    social.deliver(suspended(ana))
    refused = follow(social, ana, ben)
    social.deliver(reinstated(ana))
    admitted = follow(social, ana, ben)

    assert (refused.status_code, refused.json["code"]) == (403, "member_suspended")
    assert admitted.status_code == 200


def test_who_left_is_listed_nowhere_and_can_be_followed_by_nobody(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)

    social.deliver(left(ana))

    assert social.as_member(ben).get(f"/members/{ben.id}/followers").json["items"] == []
    assert follow(social, ben, ana).json["code"] == "member_not_found"
    assert follow(social, ana, ben).json["code"] == "member_suspended"


def test_failed_events_about_a_member_go_when_they_leave_and_others_stay(social):
    ana, ben = person("Ana"), person("Ben")
    cut = message(updated(ana, revision=3))[:-1]
    for body in (broken(joined(ana)), broken(updated(ben, revision=2)), cut):
        social.consumer.handle([Message(body)])

    social.consumer.handle([Message(message(left(ana)))])

    with social.session() as session:
        [kept] = list_failed(session)
    assert b'"name":"Ben"' in kept.body


def test_what_fails_after_a_member_left_is_erased_by_the_chore(social):
    ana, ben = person("Ana"), person("Ben")
    social.deliver(joined(ben), left(ana))
    cut = message(updated(ana, revision=3))[:-1]
    for body in (broken(updated(ana, revision=2)), broken(updated(ben, revision=2)), cut):
        social.consumer.handle([Message(body)])

    for chore in SERVICE.chores:
        assert chore.run(social.database, social.settings) is False

    with social.session() as session:
        [kept] = list_failed(session)
    assert b'"name":"Ben"' in kept.body
