"""What the worker finds in imported likes later is nobody's news, until somebody likes anew."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import clock, context
from chassis.identifiers import new_id
from chassis.messaging.consumer import Message
from chassis.messaging.envelope import seal, unseal
from chassis.tables import OUTBOX
from chassis.testing.people import MONDAY, joined, person, reinstated, suspended
from contracts.skills import SkillAttributed, SkillWithdrawn
from services.skills.actions.catalogue import Entry, add_skills, reread_posts
from services.skills.actions.replicas import empty
from services.skills.tests import tables
from services.skills.tests.communities import NOW
from services.skills.tests.factories import KAFKA, answer, liked, question, unliked
from services.skills.tests.trusted import begin_trust, night

DAY = timedelta(days=1)
YEARS = timedelta(days=5 * 365)  # after which nothing is left of a level
FALCONRY = Entry("falconry", "Falconry", "Fauconnerie", "leisure", ["art de la volerie"])


def told(service):
    """Skill, level, cause and whether as imported, of what was told of attributions."""
    with service.session() as session:
        bodies = session.scalars(select(OUTBOX.c.body).order_by(OUTBOX.c.id))
        envelopes = [unseal(body.encode()) for body in bodies]
    return [
        (one.data["skill"], one.data["level"], one.data["cause"], one.imported)
        for one in envelopes
        if one.type in (SkillAttributed.type, SkillWithdrawn.type)
    ]


def imported(service, *events):
    with context.importing():
        service.deliver(*events)


def rebuilt(service, *events):
    """As after `rebuild`: the owners tell it again, imported likes as such."""
    with service.session() as session:
        empty(session)
    with context.importing():
        replay = new_id()
        bodies = [seal(event, replay=replay)[1] for event in events]
    service.consumer.handle([Message(body.encode()) for body in bodies])


def answers(author, asker, *, text="Take Apache Kafka."):
    """Four answers of as many fortnights, after their questions."""
    days = [MONDAY - 20 * n * DAY for n in range(4)]
    asked = [question(asker, "Apache Kafka?", at=day) for day in days]
    return asked, [answer(author, one, text, at=one.published_at) for one in asked]


def import_likes(service, *, likers):
    """An author whom so many liked elsewhere; all that was told, an answer, and who liked it."""
    author, likers = person("Author"), [person(f"Liker {n}") for n in range(likers)]
    asked, given = answers(author, likers[0])
    likes = [liked(post, one) for post in given for one in likers]
    events = (*map(joined, (author, *likers)), *asked, *given, *likes)
    with clock.at(NOW):
        imported(service, *events)
    return events, given[0], likers


@pytest.mark.parametrize("is_rebuilt", [False, True])
def test_levels_that_nights_find_in_imported_likes_are_told_as_imported(skills, is_rebuilt):
    events, _, _ = import_likes(skills, likers=4)
    founder = person("Founder")
    with clock.at(NOW):
        if is_rebuilt:
            rebuilt(skills, *events)
        skills.deliver(joined(founder))
    begin_trust(skills, [founder.id], NOW)

    night(skills, NOW)
    night(skills, NOW + YEARS)

    first = [(KAFKA, 3, "like", True)] * (1 + is_rebuilt)
    assert told(skills) == [*first, (KAFKA, 1, "night", True), (KAFKA, 0, "age", True)]


def test_a_like_of_now_makes_news_of_what_nights_find_until_it_is_taken_back(skills):
    _, given, _ = import_likes(skills, likers=3)
    founder, fan = person("Founder"), person("Fan")
    with clock.at(NOW):
        skills.deliver(*map(joined, (founder, fan)), liked(given, fan, at=NOW))
    begin_trust(skills, [founder.id], NOW)

    night(skills, NOW)
    with clock.at(NOW + DAY):
        skills.deliver(unliked(given, fan))
    night(skills, NOW + YEARS)

    assert told(skills) == [
        (KAFKA, 2, "like", True),
        (KAFKA, 3, "like", False),
        (KAFKA, 1, "night", False),
        (KAFKA, 0, "age", True),
    ]


def test_what_is_read_later_in_imported_answers_is_imported_and_a_like_of_now_is_news(skills):
    author, liker, fan = person("Author"), person("Liker"), person("Fan")
    asked, given = answers(author, liker, text="It is the art de la volerie.")
    with clock.at(NOW):
        imported(skills, *map(joined, (author, liker)), *asked, *given)
        imported(skills, *(liked(post, liker) for post in given))
        before = told(skills)

        with skills.session() as session:
            add_skills(session, [FALCONRY])
        with skills.session() as session:
            reread_posts(session)
        reread = told(skills)[len(before) :]
        for post in given:
            skills.deliver(liked(post, fan, at=NOW))

    assert ("falconry", 1, "rules", True) in reread
    assert all(is_imported for *_, is_imported in before + reread)
    raised = [one for one in told(skills) if one[0] == "falconry"][1:]
    assert raised == [("falconry", 2, "like", False)]


def test_imported_likes_that_are_counted_again_are_no_news(skills):
    _, _, likers = import_likes(skills, likers=4)

    with clock.at(NOW):
        skills.deliver(*map(suspended, likers[1:]))
        tables.count_again(skills)
        skills.deliver(*map(reinstated, likers[1:]))
        tables.count_again(skills)

    levels = [(level, is_imported) for _, level, _, is_imported in told(skills)]
    assert len(levels) > 3 and levels[-1][0] == 3
    assert all(is_imported for _, is_imported in levels)
