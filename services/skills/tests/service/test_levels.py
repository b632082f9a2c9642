"""Levels are announced once for each change, with a revision that only grows."""

from datetime import timedelta

from chassis import clock
from chassis.messaging.republish import republish
from chassis.testing.people import MONDAY, joined, person
from contracts.skills import SkillAttributed, SkillWithdrawn
from services.skills.app import SERVICE
from services.skills.tests import tables
from services.skills.tests.factories import KAFKA, answer, ever, liked, question, unliked


def test_each_level_is_announced_once_on_the_way_up_and_down(skills):
    ben = person("Ben")
    askers = [person(f"Asker {number}") for number in range(20)]
    asked = [question(one, "Who knows Apache Kafka?") for one in askers]
    given = [answer(ben, post) for post in asked]
    skills.deliver(joined(ben), *asked, *given)

    with clock.at(MONDAY):
        for one, post in zip(askers, given, strict=True):
            skills.deliver(liked(post, one))
            skills.deliver(liked(post, one))
        for one, post in zip(askers, given, strict=True):
            skills.deliver(unliked(post, one))

    told = tables.announcements(skills)
    up = [(1, 1), (2, 2), (3, 4), (4, 8), (5, 20)]
    down = [(4, 19), (3, 7), (2, 3), (1, 1), (0, 0)]
    assert [(e.level, round(e.voices)) for e in told] == up + down
    assert [round(e.score, 9) for e in told] == [voices for _, voices in up + down]
    assert [e.revision for e in told] == list(range(1, 11))
    assert {e.member_id for e in told} == {ben.id}
    assert len(skills.published(SkillAttributed)) == 9
    [withdrawn] = skills.published(SkillWithdrawn)
    assert (withdrawn.last_evidence_at, withdrawn.skill) == (None, KAFKA)


def test_many_likes_of_one_friend_are_one_voice(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = [question(ana, "Who knows Apache Kafka?") for _ in range(20)]
    given = [answer(ben, post) for post in asked]

    with clock.at(MONDAY):
        skills.deliver(*asked, *given)
        skills.deliver(*(liked(post, ana) for post in given))

    [told] = tables.announcements(skills)
    assert (told.level, round(told.score, 9), round(told.voices, 9)) == (1, 20, 1)


def test_batch_that_passes_several_levels_announces_the_last_alone(skills):
    ben = person("Ben")
    askers = [person(f"Asker {number}") for number in range(4)]
    asked = [question(one, "Who knows Apache Kafka?") for one in askers]
    given = [answer(ben, post) for post in asked]

    with clock.at(MONDAY):
        skills.deliver(
            *(liked(post, one) for one, post in zip(askers, given, strict=True)), *given, *asked
        )

    [told] = skills.published(SkillAttributed)
    assert (told.level, told.revision, told.label_en) == (3, 1, "Apache Kafka")
    assert (told.last_evidence_at, told.state) == (MONDAY, "held")


def test_skill_fades_from_the_list_when_its_likes_grow_old(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    skills.deliver(joined(ben), asked, given, liked(given, ana))
    path = f"/members/{ben.id}/skills"

    shown = {}
    for days in (0, 539, 541):
        with clock.at(MONDAY + timedelta(days=days)):
            page = skills.as_member(ana).get(path, headers=ever(ana))
        shown[days] = [item["level"] for item in page.json["items"]]

    assert shown == {0: [1], 539: [1], 541: []}


def test_attribution_shows_level_score_confidence_and_counts_of_today(skills):
    ben = person("Ben")
    askers = [person(f"Asker {number}") for number in range(2)]
    asked = [question(one, "Who knows Apache Kafka?") for one in askers]
    given = [answer(ben, post) for post in asked]
    likes = [liked(post, one) for one, post in zip(askers, given, strict=True)]
    skills.deliver(joined(ben), *asked, *given, *likes)

    with clock.at(MONDAY):
        [shown] = skills.as_member(ben).get(f"/members/{ben.id}/skills").json["items"]

    assert shown == {
        "skill": {
            "slug": KAFKA,
            "label": "Apache Kafka",
            "labels": {"fr": "Apache Kafka", "en": "Apache Kafka"},
            "category": "data",
        },
        "level": 2,
        "score": 2.0,
        "confidence": 0.4,
        "liker_count": 2,
        "evidence_count": 2,
        "last_evidence_at": "2024-03-04T09:00:00+00:00",
        "is_hidden": False,
    }


def test_history_is_the_latest_announcement_of_each_attribution_withdrawn_ones_too(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = question(ana, "Apache Kafka or Apache Spark?")
    given = answer(ben, asked)
    other = answer(ana, asked)
    with clock.at(MONDAY):
        skills.deliver(asked, given, other, liked(given, ana), liked(other, ben))
        skills.deliver(unliked(given, ana))
        live = tables.announcements(skills)

        types = [SkillAttributed.type, SkillWithdrawn.type]
        count = republish(skills.database, SERVICE.history, "notifications", types)

    again = tables.announcements(skills)
    for event in live:
        again.remove(event)
    latest = {event.subject: event for event in live}
    assert count == len(again) == 4
    assert {event.subject: event for event in again} == latest
    assert sorted(event.level for event in again) == [0, 0, 1, 1]
