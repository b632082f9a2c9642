"""Whom one may like to follow: near in some way, never somebody gone, blocked or silent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.examples import example
from chassis.testing.people import joined, left, person, suspended
from chassis.testing.tokens import token_for
from contracts.discussion import Keyword, PostPublished
from services.social.rules import SILENT_AFTER
from services.social.tests.factories import block, follow, unfollow

FAR_AWAY = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


def newcomers(service, *names, sponsor=None, at=None):
    people = [person(name) for name in names]
    when = at or clock.now() - timedelta(days=1)
    for one in people:
        sponsor_id = sponsor.id if sponsor else None
        service.deliver(replace(joined(one), joined_at=when, sponsor_id=sponsor_id))
    return people


def post(author, *slugs, at=None):
    keywords = tuple(Keyword(slug=slug, label=slug) for slug in slugs)
    return example(
        PostPublished,
        post_id=new_id(),
        author_id=author.id,
        keywords=keywords,
        published_at=at or clock.now(),
    )


def suggested(service, viewer):
    headers = {"Authorization": f"Bearer {token_for(viewer, exp=FAR_AWAY)}"}
    answer = service.as_member(viewer).get("/suggestions/members", headers=headers)
    assert answer.status_code == 200, answer.json
    return {
        item["member"]["name"]: [
            (reason["kind"], reason["count"], reason["keywords"]) for reason in item["reasons"]
        ]
        for item in answer.json["items"]
    }


def test_each_is_suggested_with_the_reasons_why(social):
    ana, ben, cleo, dan, eve = newcomers(social, "Ana", "Ben", "Cleo", "Dan", "Eve")
    [finn] = newcomers(social, "Finn", sponsor=ana)
    unfollow(social, ana, finn)
    follow(social, ana, ben)
    for follower, followed in ((ben, cleo), (ben, dan), (ana, eve), (eve, cleo)):
        follow(social, follower, followed)
    social.deliver(post(ana, "rye", "oats"), post(dan, "rye", "oats", "sql"), post(cleo, "rye"))

    found = suggested(social, ana)

    assert list(found) == ["Finn", "Cleo", "Dan"]
    assert found["Finn"] == [("invitee", None, [])]
    assert found["Cleo"] == [("followed_by", 2, []), ("keywords", None, ["rye"])]
    assert found["Dan"] == [("keywords", None, ["oats", "rye"]), ("followed_by", 1, [])]
    unfollow(social, finn, ana)
    assert suggested(social, finn)["Ana"][0] == ("sponsor", None, [])


@pytest.mark.parametrize("why", ["blocked", "blocking", "suspended", "left", "silent", "dismissed"])
def test_never_somebody_who_is(social, why):
    ana, ben, cleo = newcomers(social, "Ana", "Ben", "Cleo")
    follow(social, ana, ben)
    follow(social, ben, cleo)
    assert list(suggested(social, ana)) == ["Cleo"]

    if why == "blocked":
        block(social, ana, cleo)
    elif why == "blocking":
        block(social, cleo, ana)
    elif why == "suspended":
        social.deliver(suspended(cleo))
    elif why == "left":
        social.deliver(left(cleo))
    elif why == "dismissed":
        for _ in range(2):
            answer = social.as_member(ana).delete(f"/suggestions/members/{cleo.id}")
            assert answer.json == {"member_id": str(cleo.id), "is_dismissed": True}
    later = clock.now() + (SILENT_AFTER if why == "silent" else timedelta(0))

    with clock.at(later):
        assert suggested(social, ana) == {}


def test_who_published_lately_is_not_silent(social):
    long_ago = clock.now() - 2 * SILENT_AFTER
    ana, ben, cleo = newcomers(social, "Ana", "Ben", "Cleo", at=long_ago)
    follow(social, ana, ben)
    follow(social, ben, cleo)
    assert suggested(social, ana) == {}

    social.deliver(post(cleo))

    assert list(suggested(social, ana)) == ["Cleo"]


def test_activity_is_the_same_in_any_order_and_never_in_the_future(social):
    ana, cleo = person("Ana"), person("Cleo")
    now = clock.now()
    events = [
        replace(joined(cleo), joined_at=now - 2 * SILENT_AFTER),
        post(cleo, "rye", at=now + timedelta(days=3_650)),
        post(cleo, "rye", at=now - timedelta(days=1)),
    ]
    newcomers(social, "Ben")
    social.deliver(replace(joined(ana), joined_at=now))
    social.deliver(post(ana, "rye"))

    for order in permutations(events):
        social.deliver(*order)

    assert list(suggested(social, ana)) == ["Cleo"]
    with clock.at(now + SILENT_AFTER + timedelta(minutes=1)):
        social.deliver(post(ana, "rye"))
        assert suggested(social, ana) == {}
