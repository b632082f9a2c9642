"""A member's skills: what is told of each, in which order, and to whom."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.paging import all_items
from chassis.testing.people import MONDAY, joined, person
from contracts.skills import SkillAttributed
from services.skills.tests.factories import answer, ever, liked, question

pytestmark = pytest.mark.usefixtures("on_monday")


@pytest.fixture
def ana(skills):
    ana = person("Ana")
    skills.deliver(joined(ana))
    return ana


@pytest.fixture
def ben(skills):
    ben = person("Ben")
    skills.deliver(joined(ben))
    return ben


def proved(author, title, voices, *, at=MONDAY):
    """A question with an answer that so many like."""
    asked = question(person("Asker"), title, at=at)
    given = answer(author, asked, title.replace("?", "."), at=at)
    likes = [liked(given, person(f"Fan {number}"), at=at) for number in range(voices)]
    return [asked, given, *likes]


def held(service, viewer, member, **asked):
    path = f"/members/{member.id}/skills"
    found = service.as_member(viewer).get(path, query_string=asked, headers=ever(viewer))
    assert found.status_code == 200, found.json
    return found.json["items"]


def slugs(*asked, **more):
    return [one["skill"]["slug"] for one in held(*asked, **more)]


def test_what_a_specific_skill_tells_as_well_comes_after_it(skills, ana, ben):
    skills.deliver(
        *proved(ben, "SQL?", 3), *proved(ben, "PostgreSQL?", 2), *proved(ben, "Apache Kafka?", 1)
    )

    # SQL has more likes, and PostgreSQL is of the same level: SQL comes even after Kafka.
    assert slugs(skills, ana, ben) == ["postgresql", "apache-kafka", "sql"]


def test_a_general_skill_of_a_higher_level_comes_first(skills, ana, ben):
    skills.deliver(*proved(ben, "SQL?", 3), *proved(ben, "PostgreSQL?", 1))

    assert slugs(skills, ana, ben) == ["sql", "postgresql"]


def test_the_catalogue_is_climbed_to_its_top(skills, ana, ben):
    skills.deliver(*proved(ben, "Software architecture?", 3), *proved(ben, "RabbitMQ?", 2))

    assert slugs(skills, ana, ben) == ["rabbitmq", "software-architecture"]


def test_a_hidden_skill_moves_nothing_for_others(skills, ana, ben):
    skills.deliver(
        *proved(ben, "SQL?", 3), *proved(ben, "PostgreSQL?", 2), *proved(ben, "Apache Kafka?", 1)
    )

    skills.as_member(ben).put("/members/me/skills/postgresql", {"is_hidden": True})

    assert slugs(skills, ana, ben) == ["sql", "apache-kafka"]
    assert slugs(skills, ben, ben) == ["postgresql", "apache-kafka", "sql"]


def test_pages_go_on_behind_what_is_told_as_well(skills, ana, ben):
    skills.deliver(
        *proved(ben, "SQL?", 3), *proved(ben, "PostgreSQL?", 2), *proved(ben, "Apache Kafka?", 1)
    )

    shown = all_items(skills.as_member(ana), f"/members/{ben.id}/skills", limit=1)

    assert [one["skill"]["slug"] for one in shown] == ["postgresql", "apache-kafka", "sql"]


def test_level_voices_and_age_have_their_names(skills, ana, ben):
    skills.deliver(*proved(ben, "PostgreSQL?", 5), *proved(ben, "Apache Kafka?", 3))

    [postgresql, kafka] = held(skills, ana, ben)

    assert (postgresql["level"], postgresql["level_name"]) == (2, "recognised")
    assert (postgresql["confidence"], postgresql["confidence_name"]) == (1, "many")
    assert (postgresql["liker_count"], postgresql["freshness"]) == (5, "fresh")
    assert (kafka["confidence"], kafka["confidence_name"]) == (pytest.approx(0.6), "several")
    with clock.at(MONDAY + timedelta(days=200)):
        assert {one["freshness"] for one in held(skills, ana, ben)} == {"fading"}
    with clock.at(MONDAY + timedelta(days=2000)):
        assert held(skills, ana, ben) == []
        [past, _] = held(skills, ana, ben, state="past")
    assert (past["level"], past["level_name"], past["freshness"]) == (0, None, "past")


def test_the_trend_is_the_member_s_alone(skills, ana, ben):
    half, year = timedelta(days=130), timedelta(days=365)
    skills.deliver(*proved(ben, "PostgreSQL?", 3), *proved(ben, "PostgreSQL?", 3, at=MONDAY - year))
    skills.deliver(*proved(ben, "Apache Kafka?", 3, at=MONDAY - half))
    skills.deliver(*proved(ben, "Apache Spark?", 3, at=MONDAY - year))

    trends = {one["skill"]["slug"]: one["trend"] for one in held(skills, ben, ben)}

    assert trends == {"postgresql": "up", "apache-kafka": "down", "apache-spark": "steady"}
    assert {one["trend"] for one in held(skills, ana, ben)} == {None}
    own = skills.as_member(ben).get(f"/members/{ben.id}/skills/postgresql").json
    assert own["trend"] == "up"
    assert skills.as_member(ana).get(f"/members/{ben.id}/skills/postgresql").json["trend"] is None


def test_others_are_told_that_a_skill_is_hidden_once(skills, ben):
    skills.deliver(*proved(ben, "How does PostgreSQL plan?", 5))
    [told] = skills.published(SkillAttributed)
    client = skills.as_member(ben)

    for is_hidden in (True, True, False):
        path = "/members/me/skills/postgresql"
        assert client.put(path, {"is_hidden": is_hidden}, headers=ever(ben)).status_code == 200

    _, hidden, shown = skills.published(SkillAttributed)
    assert (hidden.is_hidden, hidden.cause, hidden.level) == (True, "hidden", told.level)
    assert [one.revision - told.revision for one in (hidden, shown)] == [1, 2]
    assert not shown.is_hidden
    skills.deliver(*proved(ben, "Which index does PostgreSQL use?", 9))
    assert all(not one.is_hidden for one in skills.published(SkillAttributed)[3:])
