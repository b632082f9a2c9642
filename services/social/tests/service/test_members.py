"""The replica of the members: whatever the order, and nothing left of who left."""

from chassis.testing.people import left, reinstated, suspended
from services.social.tests.factories import follow, members


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
