"""Who knows, the near first, and only those of a company or a place."""

from dataclasses import replace

import pytest

from chassis.testing.people import MONDAY, joined, person
from contracts.social import MemberBlocked, MemberFollowed, MemberUnfollowed
from services.skills.queries import best
from services.skills.tests.factories import answer, liked, question

pytestmark = pytest.mark.usefixtures("on_monday")

NAMES = ("Ana", "Ben", "Cleo", "Dan", "Eve")


@pytest.fixture
def people(skills):
    """Four know PostgreSQL, Ben best of all and Eve least; Ana looks for them."""
    people = [person(name) for name in NAMES]
    ana, *knowing = people
    fans = [person(f"Fan {number}") for number in range(4)]
    skills.deliver(*map(joined, (*people, *fans)))
    for number, one in enumerate(knowing):
        asked = question(ana, "Who knows PostgreSQL?")
        given = answer(one, asked)
        skills.deliver(asked, given, *(liked(given, fan) for fan in fans[number:]))
    return people


def follows(one, other, *, revision=1):
    told = MemberFollowed if revision % 2 else MemberUnfollowed
    return told(follower_id=one.id, followed_id=other.id, revision=revision, changed_at=MONDAY)


def found(service, viewer, path="/experts?q=PostgreSQL", **asked):
    answer = service.as_member(viewer).get(path, query_string=asked or None)
    assert answer.status_code == 200, answer.json
    return [(one["member"]["name"], one["nearness"]) for one in answer.json["items"]]


def near_first(service, viewer, **asked):
    return found(service, viewer, "/experts", q="PostgreSQL", sort="near", **asked)


def test_by_evidence_unless_the_near_are_asked_for(skills, people):
    ana, _, _, dan, eve = people
    skills.deliver(follows(ana, dan), follows(dan, eve))

    assert found(skills, ana) == [
        ("Ben", None),
        ("Cleo", None),
        ("Dan", "followed"),
        ("Eve", "second_degree"),
    ]
    assert near_first(skills, ana) == [
        ("Dan", "followed"),
        ("Eve", "second_degree"),
        ("Ben", None),
        ("Cleo", None),
    ]
    assert [name for name, _ in near_first(skills, ana, limit=1)] == ["Dan"]


def test_the_near_of_one_are_not_another_s(skills, people):
    ana, _, _, dan, eve = people
    skills.deliver(follows(ana, dan), follows(dan, eve), follows(eve, dan))

    # Whom Eve follows follows her: she is not near to herself.
    others = [("Ben", None), ("Cleo", None), ("Eve", None)]
    assert near_first(skills, eve) == [("Dan", "followed"), *others]
    assert found(skills, person("Reader"))[2] == ("Dan", None)


def test_who_is_followed_no_more_is_near_no_more(skills, people):
    ana, _, _, dan, eve = people
    skills.deliver(follows(ana, dan, revision=2), follows(dan, eve))

    # What is told late changes nothing.
    skills.deliver(follows(ana, dan, revision=1))

    assert near_first(skills, ana) == found(skills, ana)
    assert {near for _, near in near_first(skills, ana)} == {None}
    skills.deliver(follows(ana, dan, revision=3), follows(dan, eve, revision=2))
    assert dict(near_first(skills, ana)) == {
        "Ben": None,
        "Cleo": None,
        "Dan": "followed",
        "Eve": None,
    }


def test_who_is_followed_is_found_however_many_know_more(skills, people, monkeypatch):
    ana, _, _, dan, eve = people
    monkeypatch.setattr(best, "FIRST_DEPTH", 1)
    monkeypatch.setattr(best, "NEAR_DEPTH", 1)
    skills.deliver(follows(ana, eve), follows(eve, dan))

    assert near_first(skills, ana)[0] == ("Eve", "followed")


def test_a_block_is_stronger_than_a_follow(skills, people):
    ana, _, _, dan, _ = people
    block = MemberBlocked(blocker_id=dan.id, blocked_id=ana.id, revision=1, changed_at=MONDAY)
    skills.deliver(follows(ana, dan), block)

    assert "Dan" not in dict(near_first(skills, ana))


def test_also_who_could_answer_and_who_holds_a_skill(skills, people):
    ana, _, _, dan, eve = people
    asked = question(ana, "How do I tune PostgreSQL?")
    skills.deliver(asked, follows(ana, dan), follows(dan, eve))

    path = f"/questions/{asked.post_id}/experts"
    assert found(skills, ana, path, sort="near")[:2] == near_first(skills, ana)[:2]
    assert dict(found(skills, ana, "/skills/postgresql/experts"))["Eve"] == "second_degree"


def works(one, company, location, *, revision=2):
    return replace(joined(one, revision=revision), company=company, location=location)


def test_a_company_and_a_place_are_found_without_accents_and_case(skills, people):
    ana, ben, cleo, dan, _ = people
    skills.deliver(
        works(ben, "Société d’Électricité SA", "Saint-Étienne, France"),
        works(cleo, "Electric Co", "Étienne"),
        works(dan, "L’Électricité du Nord", "SAINT ETIENNE"),
    )

    def names(**asked):
        return [name for name, _ in found(skills, ana, "/experts", q="PostgreSQL", **asked)]

    assert names(company="ELECTRICITE") == ["Ben", "Dan"]
    assert names(location="saint-etienne") == ["Ben", "Dan"]
    assert names(location="Étienne") == ["Ben", "Cleo", "Dan"]
    assert names(company="Électricité", location="France") == ["Ben"]
    assert names(company="electri") == names(company="nowhere") == []
    assert names(company=" ", location="") == ["Ben", "Cleo", "Dan", "Eve"]
    skills.deliver(works(ben, "", "", revision=3))
    assert names(company="electricite") == ["Dan"]


def test_filters_and_the_near_go_together_below_the_first_of_many(skills, people, monkeypatch):
    ana, _, _, dan, eve = people
    monkeypatch.setattr(best, "FIRST_DEPTH", 1)
    skills.deliver(works(eve, "Nord", "Lille"), works(dan, "Nord", "Lille"), follows(ana, eve))

    assert near_first(skills, ana, company="nord") == [("Eve", "followed"), ("Dan", None)]


@pytest.mark.parametrize(
    "asked", [{"company": "%"}, {"location": "!?"}, {"company": "x" * 101}, {"sort": "far"}]
)
def test_what_names_no_company_is_told(skills, people, asked):
    refused = skills.as_member(people[0]).get("/experts", query_string={"q": "PostgreSQL", **asked})

    assert refused.status_code == 422
    assert set(refused.json["errors"]) == set(asked), refused.json
