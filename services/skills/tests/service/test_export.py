"""One's own data, for oneself."""

from datetime import timedelta

import pytest

from chassis.testing.people import MONDAY, joined, person
from services.skills import rules
from services.skills.tests.factories import KAFKA, answer, liked, question
from services.skills.tests.trusted import begin_trust, night

pytestmark = pytest.mark.usefixtures("on_monday")


def test_export_holds_every_attribution_with_the_evidence_behind_it(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked, "Try Apache Spark.")
    skills.deliver(
        *map(joined, (ana, ben, cleo)),
        asked,
        given,
        liked(given, ana),
        liked(given, cleo, at=MONDAY + timedelta(hours=1)),
        liked(asked, cleo),
    )

    found = skills.as_member(ben).get("/members/me/export/skills").json["attributions"]

    assert {one["skill"]["slug"] for one in found} == {KAFKA, "apache-spark"}
    [kafka] = [one for one in found if one["skill"]["slug"] == KAFKA]
    assert (kafka["level"], kafka["evidence_count"]) == (1, 2)
    assert kafka["evidence"] == [
        {
            "post": {
                "id": str(given.post_id),
                "kind": "answer",
                "title": "Who knows Apache Kafka?",
                "question_id": str(asked.post_id),
            },
            "source": "like",
            "reason": "question",
            "weight": pytest.approx(kafka["score"] / 2),
            "like_count": 1,
            "is_new_voice": True,
            "is_same_branch": False,
            "at": f"2024-03-04T{hour}:00:00+00:00",
        }
        for hour in ("09", "10")
    ]
    below = skills.as_member(ana).get("/members/me/export/skills").json["attributions"]
    assert [(one["level"], len(one["evidence"])) for one in below] == [(0, 1)]


def test_export_says_by_which_rules_it_is_so(skills):
    ana = person("Ana")
    skills.deliver(joined(ana))

    def told():
        return skills.as_member(ana).get("/members/me/export/skills").json["rules"]

    before = told()
    begin_trust(skills, [ana.id], MONDAY)
    night(skills, MONDAY)

    versions = {"weighing": rules.WEIGHING, "levelling": rules.LEVELLING}
    assert before == {**versions, "trust_began_at": None, "nights": 0, "standing": None}
    since = "2024-03-04T09:00:00+00:00"
    assert told() == {**versions, "trust_began_at": since, "nights": 101, "standing": 1.0}


def test_export_of_somebody_unknown_is_empty_and_strangers_get_none(skills):
    answered = skills.as_member(person("Ana")).get("/members/me/export/skills")
    refused = skills.as_stranger().get("/members/me/export/skills")

    assert answered.json["attributions"] == []
    assert refused.status_code == 401
