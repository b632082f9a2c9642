"""Levels are announced once for each change, with a revision that only grows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import clock, context
from chassis.messaging.consumer import Message
from chassis.messaging.envelope import seal, unseal
from chassis.messaging.republish import republish
from chassis.tables import OUTBOX
from chassis.testing.people import MONDAY, joined, person
from contracts.skills import SkillAttributed, SkillWithdrawn
from services.skills.app import SERVICE
from services.skills.tests import tables
from services.skills.tests.factories import KAFKA, answer, ever, liked, question, unliked


def test_each_level_is_announced_once_on_the_way_up_and_down(skills):
    """Answers of six fortnights, each liked by all of twelve, one after the other."""
    ben = person("Ben")
    fans = [person(f"Fan {number}") for number in range(12)]
    days = [MONDAY - timedelta(days=14 * (number % 6)) for number in range(36)]
    asked = [question(fans[0], "Who knows Apache Kafka?", at=day) for day in days]
    given = [answer(ben, one, "Take Apache Kafka.", at=one.published_at) for one in asked]
    skills.deliver(joined(ben), *asked, *given)

    with clock.at(MONDAY):
        for one in fans:
            skills.deliver(*(liked(post, one) for post in given))
            skills.deliver(*(liked(post, one) for post in given))
        for one in fans:
            skills.deliver(*(unliked(post, one) for post in given))

    told = tables.announcements(skills)
    up = [(1, 1), (2, 2), (3, 4), (4, 8), (5, 12)]
    down = [(4, 11), (3, 7), (2, 3), (1, 1), (0, 0)]
    assert [(e.level, round(e.voices)) for e in told] == up + down
    assert [e.revision for e in told] == list(range(1, 11))
    assert {e.member_id for e in told} == {ben.id}
    assert len(skills.published(SkillAttributed)) == 9
    [withdrawn] = skills.published(SkillWithdrawn)
    assert (withdrawn.last_evidence_at, withdrawn.skill) == (None, KAFKA)


def test_levels_that_imported_likes_carry_are_told_as_imported_and_later_ones_as_news(skills):
    ben, fans = person("Ben"), [person("Fan 0"), person("Fan 1")]
    asked = question(fans[0], "Who knows Apache Kafka?")
    given = [answer(ben, asked, "Take Apache Kafka.") for _ in range(6)]

    with clock.at(MONDAY):
        with context.importing():
            skills.deliver(joined(ben), asked, *given)
            imported = [seal(liked(post, fans[0]))[1] for post in given]
        now = MONDAY + timedelta(minutes=1)
        beside = [seal(liked(post, fans[1], at=now))[1] for post in given]
        # All at once, and what is new first.
        skills.consumer.handle([Message(body.encode()) for body in (*beside, *imported)])

    with skills.session() as session:
        bodies = session.scalars(select(OUTBOX.c.body).order_by(OUTBOX.c.id))
        told = [unseal(body.encode()) for body in bodies]
    levels = [one for one in told if one.type == SkillAttributed.type]
    assert [(one.data["level"], one.imported) for one in levels] == [(1, True), (2, False)]


def test_what_was_proved_in_one_fortnight_is_practised_and_no_more(skills):
    ben = person("Ben")
    fans = [person(f"Fan {number}") for number in range(12)]
    asked = [question(fans[0], "Who knows Apache Kafka?") for _ in range(20)]
    given = [answer(ben, one) for one in asked]

    with clock.at(MONDAY):
        skills.deliver(*asked, *given)
        skills.deliver(*(liked(post, fan) for post in given for fan in fans))

    assert [event.level for event in tables.announcements(skills)] == [2]


def test_shares_alone_make_nobody_more_than_recognised(skills):
    ben = person("Ben")
    fans = [person(f"Fan {number}") for number in range(12)]
    shares = [
        replace(
            question(ben, "How Apache Kafka works", at=MONDAY - timedelta(days=14 * number)),
            kind="share",
        )
        for number in range(12)
    ]

    with clock.at(MONDAY):
        skills.deliver(*shares, *(liked(post, fan) for post in shares for fan in fans))

    assert [event.level for event in tables.announcements(skills)] == [2]


def test_many_likes_of_one_friend_are_one_voice(skills):
    ana, ben = person("Ana"), person("Ben")
    asked = [question(ana, "Who knows Apache Kafka?") for _ in range(20)]
    given = [answer(ben, post) for post in asked]

    with clock.at(MONDAY):
        skills.deliver(*asked, *given)
        skills.deliver(*(liked(post, ana) for post in given))

    [told] = tables.announcements(skills)
    assert (told.level, told.voices) == (1, 1)
    assert told.score > 2.4  # what level 4 would ask for


def test_batch_that_passes_several_levels_announces_the_last_alone(skills):
    ben = person("Ben")
    askers = [person(f"Asker {number}") for number in range(4)]
    days = [MONDAY - timedelta(days=14 * (number % 2)) for number in range(4)]
    asked = [
        question(one, "Who knows Apache Kafka?", at=day)
        for one, day in zip(askers, days, strict=True)
    ]
    given = [answer(ben, one, "Take Apache Kafka.", at=one.published_at) for one in asked]

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
    for days in (0, 530, 540):
        with clock.at(MONDAY + timedelta(days=days)):
            page = skills.as_member(ana).get(path, headers=ever(ana))
        shown[days] = [item["level"] for item in page.json["items"]]

    assert shown == {0: [1], 530: [1], 540: []}


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
        "level_name": "recognised",
        # Twice .4 of a half, and four days and nine hours of fading.
        "score": pytest.approx(0.4 * 2 ** (-4.375 / 270)),
        "worth": pytest.approx(0.4 * 2 ** (-4.375 / 270)),
        "confidence": 0.4,
        "confidence_name": "few",
        "freshness": "fresh",
        "trend": "up",
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


def test_a_faded_skill_is_a_past_one_and_what_never_reached_a_level_is_none(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    # Cleo asks well and answers nobody: what she is liked for stays below the first level.
    skills.deliver(*map(joined, (ana, ben, cleo)), asked, given, liked(given, ana))
    skills.deliver(one := question(cleo, "Is Apache Spark fast?"), liked(one, ana))

    seen = {}
    for years in (0, 5):
        with clock.at(MONDAY + timedelta(days=365 * years)):
            for state in ("held", "past"):
                for member in (ben, cleo):
                    path = f"/members/{member.id}/skills?state={state}"
                    found = skills.as_member(ana).get(path, headers=ever(ana)).json["items"]
                    seen[years, state, member.name] = [
                        (row["skill"]["slug"], row["level"]) for row in found
                    ]

    assert {key: found for key, found in seen.items() if found} == {
        (0, "held", "Ben"): [(KAFKA, 1)],
        (5, "past", "Ben"): [(KAFKA, 0)],
    }
