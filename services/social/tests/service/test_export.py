"""One's own data, for oneself."""

from datetime import timedelta

from chassis import clock
from chassis.testing.people import MONDAY, left, person
from services.social.tests.factories import (
    follow,
    follow_keyword,
    members,
    unfollow,
    unfollow_keyword,
)


def test_export_holds_whom_and_what_a_member_follows_and_the_ids_of_their_followers(social):
    ana, ben, cleo, dan = members(social, "Ana", "Ben", "Cleo", "Dan")
    with clock.at(MONDAY):
        follow(social, ana, ben)
        follow_keyword(social, ana, "sql")
        follow(social, cleo, ana)
    with clock.at(MONDAY + timedelta(days=1)):
        for one in (cleo, dan):
            follow(social, ana, one)
        unfollow(social, ana, dan)
        follow_keyword(social, ana, "go")
        unfollow_keyword(social, ana, "go")
        follow_keyword(social, ben, "rust")
        follow(social, ben, cleo)
        social.as_member(ana).delete(f"/suggestions/members/{dan.id}")

    answer = social.as_member(ana).get("/members/me/export/social")

    author = {"headline": "", "portrait_url": None}
    assert answer.json == {
        "members": [
            {
                "member": {"id": str(ben.id), "name": "Ben", **author},
                "followed_at": "2024-03-04T09:00:00+00:00",
            },
            {
                "member": {"id": str(cleo.id), "name": "Cleo", **author},
                "followed_at": "2024-03-05T09:00:00+00:00",
            },
        ],
        "keywords": [{"slug": "sql", "followed_at": "2024-03-04T09:00:00+00:00"}],
        "blocked": [],
        "dismissed_ids": [str(dan.id)],
        "follower_ids": [str(cleo.id)],
        "follower_count": 1,
    }


def test_who_left_is_in_nobodys_export_and_theirs_is_empty(social):
    ana, ben = members(social, "Ana", "Ben")
    follow(social, ana, ben)
    follow(social, ben, ana)
    follow_keyword(social, ben, "sql")

    social.deliver(left(ben))

    nothing = {
        "members": [],
        "keywords": [],
        "blocked": [],
        "dismissed_ids": [],
        "follower_ids": [],
        "follower_count": 0,
    }
    for one in (ana, ben):
        assert social.as_member(one).get("/members/me/export/social").json == nothing


def test_export_of_somebody_unknown_is_empty_and_strangers_get_none(social):
    answer = social.as_member(person("Ana")).get("/members/me/export/social")
    refused = social.as_stranger().get("/members/me/export/social")

    assert answer.json == {
        "members": [],
        "keywords": [],
        "blocked": [],
        "dismissed_ids": [],
        "follower_ids": [],
        "follower_count": 0,
    }
    assert refused.status_code == 401
