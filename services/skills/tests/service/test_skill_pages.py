"""The page of a skill: who knows it first, which questions wait, and how it grows."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chassis import clock
from chassis.testing.people import MONDAY, joined, person
from contracts.discussion import AnswerAccepted
from contracts.social import MemberBlocked, MemberFollowed
from services.skills.actions import growth
from services.skills.actions.growth import count_holders
from services.skills.tests.factories import KAFKA, answer, ever, liked, question, removed

pytestmark = pytest.mark.usefixtures("on_monday")


@pytest.fixture
def ana(skills):
    ana = person("Ana")
    skills.deliver(joined(ana))
    return ana


def page(service, viewer, slug=KAFKA):
    found = service.as_member(viewer).get(f"/skills/{slug}", headers=ever(viewer))
    assert found.status_code == 200, found.json
    return found.json


def open_titles(service, viewer, slug=KAFKA):
    return [one["title"] for one in page(service, viewer, slug)["open_questions"]]


def asks(author, title, *, days=0, audience="members"):
    """A question of some days ago; ids of posts grow with time."""
    at = MONDAY - timedelta(days=days)
    with clock.at(at):
        return replace(question(author, title, at=at), audience=audience)


def accepted(asked, given, *, revision=1):
    return AnswerAccepted(
        question_id=asked.post_id,
        answer_id=given.post_id,
        author_id=given.author_id,
        asker_id=asked.author_id,
        revision=revision,
        changed_at=MONDAY,
    )


def test_the_latest_questions_that_wait_are_shown(skills, ana):
    asked = [asks(ana, f"Apache Kafka {days} days ago?", days=days) for days in range(7)]
    given = answer(person("Ben"), asked[1], "Apache Kafka.")
    skills.deliver(*asked, given, accepted(asked[1], given), answer(person("Cleo"), asked[2]))
    skills.deliver(removed(asked[3]))

    shown = page(skills, ana)["open_questions"]

    # Not the one with an accepted answer, nor the one that was taken away; five at most.
    assert [one["title"][13] for one in shown] == ["0", "2", "4", "5", "6"]
    assert shown[0]["id"] == str(asked[0].post_id)
    assert datetime.fromisoformat(shown[0]["published_at"]) == MONDAY
    assert open_titles(skills, ana, "apache-spark") == []


def test_a_question_that_only_mentions_a_skill_is_not_about_it(skills, ana):
    prose = ["How do I begin?", *["Some more words of no field at all."] * 40, "Not Apache Kafka."]
    skills.deliver(replace(asks(ana, "Where to begin?"), body="\n\n".join(prose)))

    assert open_titles(skills, ana) == []


def test_blocks_and_audiences_apply_to_open_questions(skills, ana):
    ben, cleo = person("Ben"), person("Cleo")
    private = asks(ben, "Apache Kafka for followers?", audience="followers-only")
    skills.deliver(private, asks(cleo, "Apache Kafka for all?"))
    assert open_titles(skills, ana) == ["Apache Kafka for all?"]
    assert "Apache Kafka for followers?" in open_titles(skills, ben)

    follow = {"follower_id": ana.id, "followed_id": ben.id, "revision": 1, "changed_at": MONDAY}
    block = {"blocker_id": cleo.id, "blocked_id": ana.id, "revision": 1, "changed_at": MONDAY}
    skills.deliver(MemberFollowed(**follow), MemberBlocked(**block))

    assert open_titles(skills, ana) == ["Apache Kafka for followers?"]
    path = f"/questions/{private.post_id}/experts"
    assert skills.as_member(ana).get(path).status_code == 200
    assert skills.as_member(cleo).get(path).status_code == 404


def proves(service, author, *, days=0):
    """An answer of some days ago that is liked."""
    at = MONDAY - timedelta(days=days)
    asked = question(person("Asker"), "Apache Kafka?", at=at)
    given = answer(author, asked, "Apache Kafka.", at=at)
    service.deliver(joined(author), asked, given, liked(given, person("Fan"), at=at))


def count(service):
    with service.session() as session:
        return count_holders(session)


def new_holders(service, viewer):
    months = page(service, viewer)["growth"]["months"]
    return {one["month"]: one["new_holder_count"] for one in months if one["new_holder_count"]}


def test_the_first_experts_stand_on_the_page(skills, ana):
    for number in range(7):
        proves(skills, person(f"Expert {number}"), days=number)

    shown = page(skills, ana)["experts"]

    listed = skills.as_member(ana).get(f"/skills/{KAFKA}/experts?limit=5").json["items"]
    assert len(shown) == 5 and shown == listed


def test_growth_is_by_the_month_in_which_holders_proved_it_first(skills, ana):
    nothing = page(skills, ana)["growth"]
    assert nothing == {"holder_count": 0, "counted_at": None, "months": []}
    ben, cleo, dan, eve = (person(name) for name in ("Ben", "Cleo", "Dan", "Eve"))
    for one, days in ((ben, 0), (ben, 40), (cleo, 0), (dan, 75), (eve, 500)):
        proves(skills, one, days=days)

    count(skills)

    shown = page(skills, ana)["growth"]
    assert shown["holder_count"] == 4
    assert datetime.fromisoformat(shown["counted_at"]) == MONDAY
    assert [one["month"] for one in shown["months"]][:4] == [
        "2024-03",
        "2024-02",
        "2024-01",
        "2023-12",
    ]
    assert len(shown["months"]) == 12
    # Of the fortnights that began on 29 February, 18 January and 7 December.
    assert new_holders(skills, ana) == {"2024-02": 1, "2024-01": 1, "2023-12": 1}


def test_who_hides_a_skill_or_is_gone_is_not_counted(skills, ana):
    ben, cleo, dan = person("Ben"), person("Cleo"), person("Dan")
    for one in (ben, cleo, dan):
        proves(skills, one)
    skills.as_member(ben).put(f"/members/me/skills/{KAFKA}", {"is_hidden": True})
    skills.deliver(joined(cleo, revision=2, state="suspended"))

    count(skills)

    assert page(skills, ana)["growth"]["holder_count"] == 1


def test_holders_are_counted_anew_after_an_hour(skills, ana):
    proves(skills, person("Ben"))
    count(skills)
    proves(skills, person("Cleo"))

    count(skills)
    within_the_hour = page(skills, ana)["growth"]["holder_count"]
    with clock.at(MONDAY + timedelta(minutes=61)):
        count(skills)
        later = page(skills, ana)["growth"]["holder_count"]
    with clock.at(MONDAY + timedelta(days=3000)):
        count(skills)
        faded = page(skills, ana)["growth"]["holder_count"]

    assert (within_the_hour, later, faded) == (1, 2, 0)


def test_skills_are_counted_a_page_at_a_time(skills, ana, monkeypatch):
    monkeypatch.setattr(growth, "SKILLS", 1)
    proves(skills, person("Ben"))
    asked = question(ana, "Apache Spark?")
    given = answer(person("Cleo"), asked, "Apache Spark.")
    skills.deliver(asked, given, liked(given, ana))

    assert [count(skills) for _ in range(3)] == [True, True, False]
