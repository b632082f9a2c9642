"""Who knows, who could answer, one skill with its months, and hiding it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.testing.people import MONDAY, joined, person, updated
from services.skills.tests.factories import KAFKA, SPARK, answer, liked, question

pytestmark = pytest.mark.usefixtures("on_monday")


@pytest.fixture
def people(skills):
    """Ana asks; Ben answers about PostgreSQL and Cleo about sourdough, three like that."""
    people = [person(name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eve")]
    ana, ben, cleo, dan, eve = people
    skills.deliver(*map(joined, people))
    for one, title in ((ben, "Who knows PostgreSQL?"), (cleo, "Comment nourrir mon levain ?")):
        for day in range(2):
            at = MONDAY - timedelta(days=20 * day)
            asked = question(ana, title, keywords=["PostgreSQL" if one is ben else "levain"], at=at)
            given = answer(one, asked, at=at)
            skills.deliver(asked, given, *(liked(given, fan, at=at) for fan in (ana, dan, eve)))
    return people


def knowing(service, viewer, words):
    found = service.as_member(viewer).get("/experts", query_string={"q": words})
    assert found.status_code == 200, found.json
    understood = [(one["skill"]["slug"], one["is_guess"]) for one in found.json["understood"]]
    return understood, [one["member"]["name"] for one in found.json["items"]]


@pytest.mark.parametrize(
    ("words", "is_guess"),
    [
        ("qui connaît postgrsql", True),
        ("who knows PostgreSQL?", False),
        ("postgres", False),
        ("Postgresqll", True),
    ],
)
def test_who_knows_is_found_also_where_it_is_spelt_wrongly(skills, people, words, is_guess):
    understood, names = knowing(skills, people[0], words)

    assert understood[0] == ("postgresql", is_guess)
    assert names == ["Ben"]


def test_french_is_understood_and_what_nobody_knows_is_told(skills, people):
    assert knowing(skills, people[0], "quelqu'un pour mon levain")[1] == ["Cleo"]
    understood, names = knowing(skills, people[0], "comptabilité analytique")
    assert understood and names == []
    assert knowing(skills, people[0], "zzzz qqqq") == ([], [])
    assert skills.as_member(people[0]).get("/experts?q=").status_code == 422


def test_who_could_answer_has_not_answered_and_did_not_ask(skills, people):
    ana, ben, cleo, dan, _ = people
    asked = question(dan, "How do I tune PostgreSQL?", keywords=["PostgreSQL"])
    theirs = question(ben, "How do I tune PostgreSQL?", keywords=["PostgreSQL"])
    private = replace(question(dan, "PostgreSQL in private?"), audience="followers-only")
    skills.deliver(asked, theirs, private)

    def names(post, viewer=ana):
        found = skills.as_member(viewer).get(f"/questions/{post.post_id}/experts")
        return found.status_code, [one["member"]["name"] for one in found.json.get("items", [])]

    assert names(asked) == (200, ["Ben"])
    assert names(theirs) == (200, [])
    assert names(private) == (404, [])
    skills.deliver(answer(ben, asked, "Look at work_mem."))
    assert names(asked) == (200, [])
    assert skills.as_member(ana).get(f"/questions/{cleo.id}/experts").json["code"] == (
        "question_not_found"
    )


def test_who_is_not_proposable_is_no_expert(skills, people):
    ana, ben, *_ = people

    skills.deliver(replace(updated(ben, revision=2), is_proposable=False))

    assert knowing(skills, ana, "PostgreSQL")[1] == []
    assert skills.as_member(ana).get("/skills/postgresql/experts").json["items"] == []
    assert skills.as_member(ana).get(f"/members/{ben.id}/skills").json["items"]


def test_a_skill_has_its_months_with_the_voices_that_were_new(skills, people):
    ana, ben, *_ = people

    shown = skills.as_member(ana).get(f"/members/{ben.id}/skills/postgresql").json

    assert (shown["level"], shown["evidence_count"], shown["liker_count"]) == (2, 6, 3)
    assert [(m["month"], m["like_count"], m["new_voice_count"]) for m in shown["months"]] == [
        ("2024-03", 3, 0),
        ("2024-02", 3, 3),
    ]
    assert sum(month["weight"] for month in shown["months"]) == pytest.approx(shown["score"])
    missing = skills.as_member(ana).get(f"/members/{ben.id}/skills/{KAFKA}")
    assert (missing.status_code, missing.json["code"]) == (404, "attribution_not_found")


def test_a_hidden_skill_is_its_members_alone(skills, people):
    ana, ben, *_ = people
    paths = [f"/members/{ben.id}/skills/postgresql"]

    hidden = skills.as_member(ben).put("/members/me/skills/postgresql", {"is_hidden": True})

    assert hidden.json == {"slug": "postgresql", "is_hidden": True}
    assert skills.as_member(ana).get(f"/members/{ben.id}/skills").json["items"] == []
    assert skills.as_member(ana).get(paths[0]).status_code == 404
    assert skills.as_member(ana).get(f"{paths[0]}/evidence").json["items"] == []
    assert knowing(skills, ana, "PostgreSQL")[1] == []
    [own] = skills.as_member(ben).get(f"/members/{ben.id}/skills").json["items"]
    assert own["is_hidden"]
    skills.as_member(ben).put("/members/me/skills/postgresql", {"is_hidden": False})
    assert knowing(skills, ana, "PostgreSQL")[1] == ["Ben"]
    unknown = skills.as_member(ben).put(f"/members/me/skills/{KAFKA}", {"is_hidden": True})
    assert unknown.json["code"] == "attribution_not_found"


def test_a_skill_is_hidden_by_the_slug_of_an_alias_too(skills, people):
    ana, ben, *_ = people

    answer = skills.as_member(ben).put("/members/me/skills/postgres", {"is_hidden": True})

    assert answer.status_code == 200
    assert knowing(skills, ana, "PostgreSQL")[1] == []


def test_levels_of_authors_under_a_question(skills, people):
    ana, ben, cleo, *_ = people
    client = skills.as_member(ana)
    ids = ",".join(str(one.id) for one in (ana, cleo, ben))

    found = client.get(f"/skills/levels?members={ids}&keywords=postgresql,{SPARK},postgres").json

    [best] = found["items"]
    assert (best["member_id"], best["skill"]["slug"]) == (str(ben.id), "postgresql")
    assert (best["level"], best["level_name"]) == (2, "recognised")
    assert client.get("/skills/levels?members=x&keywords=y").status_code == 422
    assert client.get(f"/skills/levels?members={ids}").status_code == 422
