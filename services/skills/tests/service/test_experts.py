"""Who is an expert of a skill, in which order, and why."""

import math
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.testing.people import MONDAY, joined, person
from services.skills import rules
from services.skills.models import Skill, SkillPair
from services.skills.queries import ranking
from services.skills.queries.experts import find_related, get_skill
from services.skills.tests.factories import KAFKA, SPARK, answer, liked, question


def answered(author, asker, title, *, at=MONDAY):
    """A question with one answer that its asker likes."""
    asked = question(asker, title, at=at)
    given = answer(author, asked, at=at)
    return [asked, given, liked(given, asker)]


def experts(service, slug=KAFKA):
    with clock.at(MONDAY):
        response = service.as_member(person("Reader")).get(f"/skills/{slug}/experts")
    assert response.status_code == 200
    return response.json["items"]


def names(found):
    return [item["member"]["name"] for item in found]


def test_experts_are_ordered_by_their_evidence(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    skills.deliver(
        *map(joined, (ana, ben, cleo)),
        *answered(ben, ana, "Who knows Apache Kafka?"),
        *answered(cleo, ana, "Who knows Apache Kafka?"),
        *answered(cleo, ben, "Who knows Apache Kafka?"),
    )

    found = experts(skills)

    assert names(found) == ["Cleo", "Ben"]
    assert found[0]["attributions"][0]["skill"]["slug"] == KAFKA
    assert [r["kind"] for r in found[0]["reasons"]] == ["evidence"]


def test_related_skills_lend_a_share_that_decides_between_equals(skills):
    ana, ben, cleo = person("Ana"), person("Ben", headline="Broker"), person("Cleo")
    skills.deliver(
        *map(joined, (ana, ben, cleo)),
        *(question(ana, "Apache Kafka with Apache Spark?") for _ in range(2)),
        *answered(ben, ana, "Who knows Apache Kafka?"),
        *answered(cleo, ana, "Who knows Apache Kafka?"),
        *answered(cleo, ana, "Who knows Apache Spark?"),
    )

    found = experts(skills)

    # Two of the four questions about Kafka are about Spark, and two of three the other way.
    share = 2 / (math.sqrt(4 * 3) + 2)
    assert names(found) == ["Cleo", "Ben"]
    [own, lent] = found[0]["reasons"]
    assert (own["kind"], own["skill"]["slug"]) == ("evidence", KAFKA)
    assert (lent["kind"], lent["skill"]["slug"]) == ("related", SPARK)
    assert lent["score"] == pytest.approx(share * own["score"])
    assert [r["kind"] for r in found[1]["reasons"]] == ["evidence"]


def test_who_wrote_lately_comes_before_who_did_not(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    long_ago = MONDAY - timedelta(days=90)
    skills.deliver(
        *map(joined, (ana, ben, cleo)),
        *answered(ben, ana, "Who knows Apache Kafka?", at=long_ago),
        *answered(cleo, ana, "Who knows Apache Kafka?", at=long_ago),
        question(ben, "And what of storytelling?", at=MONDAY - timedelta(days=1)),
    )

    assert names(experts(skills)) == ["Ben", "Cleo"]


def test_the_first_page_is_exact_however_few_are_looked_at(skills, monkeypatch):
    ana = person("Ana")
    people = [person(f"Expert {number}") for number in range(9)]
    skills.deliver(*map(joined, (ana, *people)))
    for number, one in enumerate(people):
        for day in range(number + 1):
            at = MONDAY - timedelta(days=10 * day + 15 * number)
            skills.deliver(*answered(one, ana, "Apache Kafka with Apache Spark?", at=at))
    whole = names(experts(skills))

    for depth in (1, 2, 5):
        monkeypatch.setattr(ranking, "FIRST_DEPTH", depth)
        assert names(experts(skills)) == whole
    assert len(whole) == 9


def test_related_skill_alone_makes_nobody_an_expert(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    skills.deliver(
        *map(joined, (ana, ben, cleo)),
        *answered(ben, ana, "Apache Kafka and Apache Spark?"),
        *answered(cleo, ana, "Apache Spark?"),
    )

    assert names(experts(skills)) == ["Ben"]
    assert set(names(experts(skills, SPARK))) == {"Ben", "Cleo"}


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_member_who_is_not_active_is_no_expert(skills, state):
    ana, ben = person("Ana"), person("Ben")
    skills.deliver(joined(ben), *answered(ben, ana, "Who knows Apache Kafka?"))

    skills.deliver(joined(ben, revision=2, state=state))

    assert experts(skills) == []


def test_expert_is_shown_once_the_member_is_known(skills):
    ana, ben = person("Ana"), person("Ben")
    skills.deliver(*answered(ben, ana, "Who knows Apache Kafka?"))
    before = experts(skills)

    skills.deliver(joined(ben))

    assert (before, names(experts(skills))) == ([], ["Ben"])


def test_unknown_skill_and_unknown_member_are_not_found(skills):
    ana = person("Ana")
    skills.deliver(joined(ana))
    client = skills.as_member(ana)
    nobody = person("Nobody").id
    paths = {
        "/skills/no-such-skill/experts": "skill_not_found",
        f"/members/{ana.id}/skills/no-such-skill/evidence": "skill_not_found",
        f"/members/{nobody}/skills": "member_not_found",
        f"/members/{nobody}/skills/{KAFKA}/evidence": "member_not_found",
        "/skills/%00/experts": "not_found",
    }

    answers = {path: client.get(path) for path in paths}

    assert {path: a.json["code"] for path, a in answers.items()} == paths
    assert {a.status_code for a in answers.values()} == {404}


def test_stranger_is_asked_to_sign_in(skills):
    assert skills.as_stranger().get(f"/skills/{KAFKA}/experts").status_code == 401


@pytest.mark.parametrize("others", [60, 9])
def test_the_ten_most_similar_are_related_and_chance_is_not(skills, others):
    numbers = Random(3)
    with skills.session() as session:
        kafka = session.scalars(select(Skill).where(Skill.slug == KAFKA)).one()
        kafka.post_count = 40
        beside = session.scalars(select(Skill).where(Skill.id > kafka.id).limit(others)).all()
        for other in beside:
            other.post_count = numbers.randint(1, 60)
            together = numbers.randint(0, min(other.post_count, 8))
            session.add(SkillPair(skill_id=kafka.id, other_id=other.id, post_count=together))
        session.flush()
        pairs = session.scalars(select(SkillPair).where(SkillPair.skill_id == kafka.id)).all()
        counts = {other.id: other.post_count for other in beside}
        similar = {
            pair.other_id: rules.similarity(pair.post_count, 40, counts[pair.other_id])
            for pair in pairs
        }

        found = find_related(session, get_skill(session, KAFKA))

    assert 0.0 in similar.values()
    assert list(found.values()) == sorted(filter(None, similar.values()), reverse=True)[:10]
    assert all(similar[one] == by > 0 for one, by in found.items())
