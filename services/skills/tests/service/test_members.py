"""Suspended members' likes wait, those of who left stay, and what they held goes."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.messaging.consumer import Message
from chassis.messaging.failures import list_failed
from chassis.testing.people import (
    MONDAY,
    broken,
    joined,
    left,
    message,
    person,
    reinstated,
    suspended,
    updated,
)
from contracts.skills import SkillWithdrawn
from services.skills.actions import attributions, contributions, recounts
from services.skills.app import SERVICE
from services.skills.tests import tables
from services.skills.tests.factories import KAFKA, answer, liked, question, removed

pytestmark = pytest.mark.usefixtures("on_monday")


def talk(service):
    """Ana asks, Ben answers; Cleo likes the answer first, then Ana."""
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked)
    dan = person("Dan")
    service.deliver(
        *map(joined, (ana, ben, cleo, dan)),
        asked,
        given,
        liked(given, cleo),
        liked(given, dan, at=MONDAY + timedelta(hours=1)),
    )
    return ben, cleo, dan, given


def voices(service):
    return {voice for _, voice in tables.read(service).voices}


def everything(rows):
    """All that likes and posts lead to."""
    return rows.voices, rows.contributions, rows.attributions


def test_suspended_member_s_likes_count_as_if_they_were_not_given(skills):
    _, cleo, dan, _ = talk(skills)
    before = voices(skills)

    skills.deliver(suspended(cleo))

    assert before == {cleo.id, dan.id}
    assert voices(skills) == {dan.id}
    [attribution] = tables.read(skills).attributions.values()
    assert (attribution["liker_count"], attribution["evidence_count"]) == (1, 1)


def test_reinstated_member_s_likes_count_exactly_as_before(skills):
    _, cleo, _, _ = talk(skills)
    before = tables.read(skills)

    skills.deliver(suspended(cleo))
    between = tables.read(skills)
    skills.deliver(reinstated(cleo))

    after = tables.read(skills)
    assert between.attributions != before.attributions
    assert everything(after) == everything(before)


def test_last_voice_that_is_suspended_withdraws_the_skill_until_it_is_back(skills):
    ben, cleo, dan, _ = talk(skills)

    skills.deliver(suspended(cleo), suspended(dan))
    tables.count_again(skills)
    levels = [event.level for event in tables.announcements(skills)]
    skills.deliver(reinstated(cleo))
    tables.count_again(skills)

    assert levels == [2, 1, 0]
    assert [event.level for event in tables.announcements(skills)] == [2, 1, 0, 1]
    assert {event.member_id for event in tables.announcements(skills)} == {ben.id}


def test_likes_of_who_left_go_on_counting(skills):
    _, cleo, dan, _ = talk(skills)
    before = tables.read(skills)

    skills.deliver(left(cleo), left(dan, removes_posts=True))

    after = tables.read(skills)
    assert everything(after) == everything(before)
    assert after.members[cleo.id] == ("A former member", "left", 9)


def test_who_left_holds_no_skill_while_the_evidence_stays(skills):
    ben, cleo, _, _ = talk(skills)
    before = tables.read(skills)

    skills.deliver(left(ben))

    after = tables.read(skills)
    assert (after.contributions, after.attributions) == (before.contributions, {})
    assert (after.mentions, after.post_counts) == (before.mentions, before.post_counts)
    [told] = skills.published(SkillWithdrawn)
    assert (told.member_id, told.skill, told.level, told.score) == (ben.id, KAFKA, 0, 0)
    client = skills.as_member(cleo)
    assert client.get(f"/members/{ben.id}/skills").json["code"] == "member_not_found"
    assert client.get(f"/skills/{KAFKA}/experts").json["items"] == []


def test_likes_that_come_after_their_author_left_give_them_nothing(skills):
    ben, _, _, given = talk(skills)
    skills.deliver(left(ben))
    told = len(tables.announcements(skills))

    skills.deliver(*(liked(given, person(f"Late {number}")) for number in range(9)))

    found = tables.read(skills)
    assert len(found.voices) == 11
    assert found.attributions == {}
    assert len(tables.announcements(skills)) == told


def test_removed_post_is_empty_mentions_and_proves_nothing(skills):
    *_, given = talk(skills)
    skills.deliver(removed(given))

    found = tables.read(skills)
    post = found.posts[given.post_id]
    assert (post["title"], post["prose"], post["published_at"]) == ("", "", None)
    assert {post_id for post_id, _ in found.mentions} == {given.question_id}
    assert (found.post_counts, found.voices, found.attributions) == ({KAFKA: 1}, {}, {})
    assert [event.level for event in tables.announcements(skills)] == [2, 0]


def test_answers_lose_what_their_removed_question_spoke_of_and_keep_their_voices(skills):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    asked = question(ana, "Who knows Apache Kafka?")
    given = answer(ben, asked, "Try Apache Spark.")
    skills.deliver(asked, given, liked(given, cleo), liked(given, ana, at=MONDAY + timedelta(1)))

    skills.deliver(removed(asked))

    found = tables.read(skills)
    assert {skill for _, skill in found.contributions} == {"apache-spark"}
    assert voices(skills) == {cleo.id, ana.id}


def test_listener_that_hears_of_the_removal_alone_has_the_same(skills, service_under_test):
    *_, given = talk(skills)
    fresh = service_under_test(SERVICE)
    skills.deliver(removed(given))

    fresh.deliver(removed(given))

    assert tables.read(fresh).posts[given.post_id] == tables.read(skills).posts[given.post_id]


def test_member_with_many_likes_is_suspended_page_by_page(skills, monkeypatch):
    monkeypatch.setattr(recounts, "LIKES", 4)
    monkeypatch.setattr(contributions, "PAGE", 3)
    monkeypatch.setattr(attributions, "PAGE", 3)
    fan, others = person("Fan"), [person(f"Author {number}") for number in range(5)]
    asked = [question(others[n % 5], "Apache Kafka or Apache Spark?") for n in range(23)]
    skills.deliver(*asked)
    skills.deliver(*(liked(post, others[4]) for post in asked))
    before = tables.read(skills)
    skills.deliver(*(liked(post, fan) for post in asked))
    between = tables.read(skills)

    skills.deliver(suspended(fan))

    after = tables.read(skills)
    assert len(between.voices) == len(before.voices) + 23
    assert everything(after) == everything(before)


def test_name_that_changes_weighs_nothing_anew(skills, monkeypatch):
    ben, cleo, _, _ = talk(skills)
    weighed = []
    monkeypatch.setattr(recounts, "_settle", lambda *given: weighed.append(given))

    skills.deliver(updated(cleo, revision=2), updated(ben, revision=2))
    tables.count_again(skills)

    assert weighed == []


def test_failed_events_about_who_left_and_what_was_removed_go_and_others_stay(skills):
    ana, ben = person("Ana"), person("Ben")
    mine, theirs = question(ana, "Ana's question"), question(ben, "Ben's question")
    addressed = question(ben, f"To @[Ana](member:{ana.id})")
    failing = [updated(ana, revision=2), updated(ben, revision=2), mine, theirs, addressed]
    for event in failing:
        skills.consumer.handle([Message(broken(event))])

    skills.consumer.handle([Message(message(left(ana, removes_posts=True)))])
    after_leaving = failed(skills)
    skills.consumer.handle([Message(message(removed(mine)))])

    assert after_leaving == [subject(event) for event in failing if event is not failing[0]]
    assert failed(skills) == [subject(event) for event in (failing[1], theirs, addressed)]


def test_what_fails_after_its_member_left_or_post_was_removed_is_erased_by_the_chores(skills):
    ana, ben = person("Ana"), person("Ben")
    mine, theirs = question(ana, "Ana's question"), question(ben, "Ben's question")
    skills.deliver(left(ana, removes_posts=True), removed(mine))
    for event in (updated(ana, revision=2), mine, theirs):
        skills.consumer.handle([Message(broken(event))])

    for chore in SERVICE.chores:
        chore.run(skills.database, skills.settings)

    assert failed(skills) == [subject(theirs)]


def subject(event):
    return f'"subject":"{event.subject}"'.encode()


def failed(service):
    with service.session() as session:
        kept = [one.body for one in list_failed(session)]
    return [body[body.index(b'"subject"') :].split(b",")[0] for body in kept]


def test_fading_is_no_matter_of_suspension(skills):
    """What is told at reinstatement is the level of that day."""
    _, cleo, dan, _ = talk(skills)
    skills.deliver(suspended(cleo), suspended(dan))
    tables.count_again(skills)

    with clock.at(MONDAY + timedelta(days=1000)):
        skills.deliver(reinstated(cleo), reinstated(dan))
        tables.count_again(skills)

    assert [event.level for event in tables.announcements(skills)] == [2, 1, 0]
