"""Finding skills as one types, their pages, and what a text is about."""

import pytest

from chassis.testing.paging import all_items
from chassis.testing.people import joined, person
from services.skills.tests.factories import KAFKA, SPARK, answer, question

pytestmark = pytest.mark.usefixtures("on_monday")


@pytest.fixture
def ana(skills):
    ana = person("Ana")
    skills.deliver(joined(ana))
    return ana


def slugs(service, viewer, query):
    found = service.as_member(viewer).get("/skills", query_string={"q": query, "limit": 50})
    assert found.status_code == 200, found.json
    return [item["slug"] for item in found.json["items"]]


@pytest.mark.parametrize("query", ["kaf", "KAFKA", "apache k", "Apache Kafka"])
def test_a_skill_is_found_by_how_it_begins(skills, ana, query):
    assert slugs(skills, ana, query)[0] == KAFKA


def test_the_same_in_french_and_without_accents(skills, ana):
    assert "sourdough" in " ".join(slugs(skills, ana, "pain au lev"))
    assert slugs(skills, ana, "developpement dur")[0] == "sustainable-development"
    assert slugs(skills, ana, "%") == slugs(skills, ana, "")


def test_what_is_asked_about_most_comes_first(skills, ana):
    skills.deliver(
        *(question(ana, "Apache Spark?") for _ in range(2)), question(ana, "Apache Kafka")
    )

    assert slugs(skills, ana, "apache")[:2] == [SPARK, KAFKA]
    assert slugs(skills, ana, "")[:2] == [SPARK, KAFKA]


def test_pages_hold_each_skill_once(skills, ana):
    found = [one["slug"] for one in all_items(skills.as_member(ana), "/skills?q=data", limit=7)]

    assert len(found) == len(set(found)) > 20


def test_a_skill_s_page_shows_what_is_around_it(skills, ana):
    asked = question(ana, "Apache Kafka with Apache Spark?")
    skills.deliver(asked, question(ana, "Apache Kafka or Apache Spark"), answer(ana, asked))

    page = skills.as_member(ana).get(f"/skills/{KAFKA}").json

    assert page["question_count"] == 2
    assert page["labels"] == {"en": "Apache Kafka", "fr": "Apache Kafka"}
    assert page["related"][0]["slug"] == SPARK
    below = skills.as_member(ana).get("/skills/bee-health").json
    above = skills.as_member(ana).get(f"/skills/{below['broader']['slug']}").json
    assert "bee-health" in {one["slug"] for one in above["narrower"]}


@pytest.mark.parametrize("rest", ["", "/experts"])
def test_a_keyword_s_slug_leads_to_its_skill(skills, ana, rest):
    moved = skills.as_member(ana).get(f"/skills/dot-net{rest}")

    assert (moved.status_code, moved.headers["Location"]) == (301, f"/api/v1/skills/dotnet{rest}")
    evidence = skills.as_member(ana).get(f"/members/{ana.id}/skills/dot-net/evidence")
    assert evidence.headers["Location"].endswith("/skills/dotnet/evidence")
    assert skills.as_member(ana).get("/skills/nothing-at-all").json["code"] == "skill_not_found"


def test_a_text_is_read_as_it_is_written(skills, ana):
    written = {
        "title": "Excel ou PostgreSQL pour la comptabilité analytique ?",
        "text": "```\nimport java\n```\nNous avons aussi **Kafka** quelque part.",
        "keywords": ["Go"],
    }

    told = skills.as_member(ana).post("/skills/detect", written).json["items"]

    reasons = {item["skill"]["slug"]: item["reason"] for item in told}
    assert reasons["postgresql"] == "title" and reasons[KAFKA] == "body"
    assert "java" not in reasons
    assert told[0]["reason"] == "keyword" and told[0]["relevance"] == 1
    assert skills.as_member(ana).post("/skills/detect", {}).json == {"items": []}
    assert skills.as_member(ana).post("/skills/detect", {"text": "x" * 20_001}).status_code == 422
