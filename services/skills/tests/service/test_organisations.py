"""What an organisation knows: counted at night, in whole fives, for its members alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.people import MONDAY, person, told
from contracts.identity import MemberJoined, MemberSuspended, MemberUpdated
from contracts.social import MemberBlocked, MemberFollowed
from services.skills.actions.organisations import count_organisation
from services.skills.tests.factories import KAFKA, SPARK, answer, ever, liked, question

pytestmark = pytest.mark.usefixtures("on_monday")

MAP, OUTSIDE = "/organisations/acme/map", "/organisations/acme/outside"
ASKER, FANS = person("Asker"), [person(f"Fan {number}") for number in range(2)]


def agree(skills, *people, slug="acme", revision=2):
    skills.deliver(
        *(told(MemberUpdated, one, revision=revision, organisation=slug) for one in people)
    )


def staff(skills, count, *, name="Staff"):
    people = [person(f"{name} {number}") for number in range(count)]
    skills.deliver(*(told(MemberJoined, one, revision=1, organisation="acme") for one in people))
    return people


def know(skills, *people, skill="Apache Kafka", fans=1):
    """Each answers a question about a skill, and is liked."""
    asked = question(ASKER, f"Who knows {skill}?")
    given = [answer(one, asked, f"Take {skill}.") for one in people]
    skills.deliver(asked, *given, *(liked(one, fan) for one in given for fan in FANS[:fans]))


def pass_night(skills, days=0):
    with clock.at(MONDAY + timedelta(days=days)), skills.session() as session:
        while count_organisation(session):
            pass


def shown(skills, viewer):
    """How many people the map is of, and how many hold each skill at each level or higher."""
    answer = skills.as_member(viewer).get(MAP, headers=ever(viewer))
    assert answer.status_code == 200, answer.json
    levels = {
        one["skill"]["slug"]: [level["people_count"] for level in one["levels"]]
        for one in answer.json["items"]
    }
    counts = {one["skill"]["slug"]: one["people_count"] for one in answer.json["items"]}
    assert counts == {slug: found[0] for slug, found in levels.items()}
    return answer.json["people_count"], levels


def hide(skills, one, slug=KAFKA):
    answer = skills.as_member(one).put(f"/members/me/skills/{slug}", {"is_hidden": True})
    assert answer.status_code == 200, answer.json


def test_what_five_hold_is_counted_in_whole_fives_without_the_hidden_and_the_suspended(skills):
    people = staff(skills, 10)
    know(skills, *people, fans=2)
    know(skills, *people[1:6], skill="Apache Spark")
    know(skills, *people[2:7], skill="PostgreSQL")
    before = shown(skills, people[4])
    pass_night(skills)
    first = shown(skills, people[4])

    hide(skills, people[1], SPARK)
    skills.deliver(told(MemberSuspended, people[0], revision=2, state="suspended"))
    pass_night(skills, days=1)

    five = [5, None, None, None, None]
    assert before == (None, {})
    assert first == (10, {KAFKA: [10, 10, None, None, None], SPARK: five, "postgresql": five})
    # Nine are left; of the five who know Spark one hides it.
    assert shown(skills, people[4]) == (5, {KAFKA: [5, 5, None, None, None], "postgresql": five})


def test_the_map_is_paged_and_the_highest_level_of_five_is_told(skills):
    people = staff(skills, 10)
    know(skills, *people)
    for _ in range(4):
        know(skills, *people[:5], skill="PostgreSQL", fans=2)
    pass_night(skills)

    viewer = skills.as_member(people[9])
    first = viewer.get(f"{MAP}?limit=1").json
    second = viewer.get(f"{MAP}?limit=1&cursor={first['next']}").json

    assert [one["skill"]["slug"] for one in first["items"]] == [KAFKA]
    [other] = second["items"]
    assert [level["people_count"] for level in other["levels"]] == [5, 5, None, None, None]
    assert second["next"] is None and second["counted_at"] == first["counted_at"]


def test_nobody_else_sees_it_nor_who_took_it_back(skills):
    people = staff(skills, 6)
    pass_night(skills)
    outsider, other, former = person("Out"), person("Other"), people[0]
    skills.deliver(told(MemberJoined, outsider, revision=1))
    agree(skills, other, slug="others")
    agree(skills, former, slug=None)

    for viewer in (outsider, other, former, person("Unknown")):
        for path in (MAP, f"{OUTSIDE}?q=Kafka"):
            refused = skills.as_member(viewer).get(path)
            assert (refused.status_code, refused.json["code"]) == (404, "organisation_not_found")
    assert skills.as_member(people[1]).get(MAP).status_code == 200


def test_fewer_than_five_have_no_map_and_know_nobody_outside(skills):
    people, expert = staff(skills, 4), person("Expert")
    skills.deliver(told(MemberJoined, expert, revision=1))
    know(skills, *people, expert)
    skills.deliver(follows(people[0], expert))

    pass_night(skills)

    assert shown(skills, people[0]) == (None, {})
    assert found(skills, people[0]) == []


def test_who_comes_or_goes_alone_changes_nothing_until_five_did_or_a_month_passed(skills):
    people = staff(skills, 9)
    know(skills, *people)
    pass_night(skills)

    came = staff(skills, 1, name="Came")
    know(skills, *came)
    pass_night(skills, days=1)
    alone = shown(skills, people[0])
    agree(skills, *people[5:9], slug=None)
    pass_night(skills, days=2)
    with_four = shown(skills, people[0])
    late = staff(skills, 4, name="Late")
    pass_night(skills, days=3)
    waiting = shown(skills, people[0])
    pass_night(skills, days=32)

    assert alone == (5, {KAFKA: [5, None, None, None, None]})
    assert with_four == alone  # six there now, all of whom know it
    assert waiting == with_four
    assert shown(skills, late[0]) == (10, {KAFKA: [5, None, None, None, None]})


def follows(one, other):
    return MemberFollowed(follower_id=one.id, followed_id=other.id, revision=1, changed_at=MONDAY)


def found(skills, viewer, q="Kafka"):
    answer = skills.as_member(viewer).get(OUTSIDE, query_string={"q": q})
    assert answer.status_code == 200, answer.json
    items = answer.json["items"]
    return [(one["expert"]["member"]["name"], one["follower_count"]) for one in items]


def test_outside_are_experts_whom_somebody_here_follows_or_invited(skills):
    people = staff(skills, 7)
    followed, known, invited, unknown = (
        person(name) for name in ("Followed", "Known", "Invited", "Unknown")
    )
    skills.deliver(*(told(MemberJoined, one, revision=1) for one in (followed, known, unknown)))
    elsewhere = told(MemberJoined, invited, revision=1, organisation="others")
    skills.deliver(replace(elsewhere, sponsor_id=people[3].id))
    know(skills, followed, fans=2)
    know(skills, known, invited, unknown, people[6])
    skills.deliver(
        *(follows(one, followed) for one in people[:6]),
        *(follows(one, known) for one in people[:4]),
        follows(followed, unknown),
        follows(people[0], people[6]),
    )
    pass_night(skills)

    everybody = found(skills, people[5])
    skills.deliver(
        MemberBlocked(blocker_id=known.id, blocked_id=people[5].id, revision=1, changed_at=MONDAY)
    )

    assert everybody[0] == ("Followed", 5)
    assert sorted(everybody[1:]) == [("Invited", None), ("Known", None)]
    assert [name for name, _ in found(skills, people[5])] == ["Followed", "Invited"]
    assert found(skills, people[5], q="nothing that anybody knows") == []


def test_whom_one_who_is_not_counted_yet_follows_is_not_told(skills):
    people, expert = staff(skills, 5), person("Expert")
    skills.deliver(told(MemberJoined, expert, revision=1))
    know(skills, expert)
    pass_night(skills)
    [came] = staff(skills, 1, name="Came")
    skills.deliver(follows(came, expert), follows(people[4], expert))

    here = found(skills, came)
    agree(skills, people[4], slug=None)

    assert here == [("Expert", None)]
    assert found(skills, came) == []
