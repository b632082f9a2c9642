"""Others are told what questions are about, whenever that changes, and only what they may read."""

from dataclasses import replace
from uuid import UUID

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.people import joined, person
from chassis.testing.service import ServiceUnderTest
from contracts.skills import QuestionUnderstood
from services.skills.actions.replicas import empty
from services.skills.queries.history import list_understanding_history
from services.skills.tests.factories import answer, edited, question, removed


def told(skills: ServiceUnderTest, question_id: UUID) -> list[tuple[int, tuple[str, ...]]]:
    """What was told of a question, by revision."""
    events = skills.published(QuestionUnderstood)
    return sorted((one.revision, one.skills) for one in events if one.question_id == question_id)


def test_what_a_question_is_about_is_told_when_it_changes(skills):
    ada = person("Ada")
    asked = question(ada, "Which broker?", body="We use RabbitMQ.", keywords=["Apache Kafka"])
    vague = question(ada, "What do you think?")
    given = answer(person("Bob"), asked, "Take PostgreSQL.")
    skills.deliver(joined(ada), asked, vague, given)

    said_better = edited(asked, at=clock.now(), title="How to tune PostgreSQL?", keywords=())
    same = edited(said_better, at=clock.now(), body="We use RabbitMQ, still.")
    skills.deliver(said_better)
    skills.deliver(same, asked)
    skills.deliver(removed(asked))

    assert told(skills, asked.post_id) == [
        (1, ("apache-kafka", "rabbitmq")),  # a keyword first, then what the text says
        (2, ("postgresql", "rabbitmq")),
        (3, ()),
    ]
    assert told(skills, vague.post_id) == []
    assert told(skills, given.post_id) == []


def test_what_is_for_followers_alone_is_told_nobody(skills):
    ada = person("Ada")
    whispered = replace(question(ada, "PostgreSQL?"), audience="followers-only")
    opened = replace(question(ada, "PostgreSQL?"), post_id=new_id())
    skills.deliver(joined(ada), whispered, opened)
    skills.deliver(replace(opened, revision=2, audience="followers-only"))

    assert told(skills, whispered.post_id) == []
    assert told(skills, opened.post_id) == [(1, ("postgresql",)), (2, ())]


def test_a_rebuild_tells_nothing_new_and_the_past_can_be_told_again(skills):
    ada = person("Ada")
    posts = [
        question(ada, "PostgreSQL?"),
        question(ada, "Apache Kafka?"),
        question(ada, "RabbitMQ?"),
    ]
    skills.deliver(joined(ada), *posts)
    live = sorted(skills.published(QuestionUnderstood), key=lambda one: one.question_id)
    assert len(live) == 3

    with skills.session() as session:
        empty(session)
    skills.deliver(joined(ada), *posts)

    assert len(skills.published(QuestionUnderstood)) == 3
    with skills.session() as session:
        first = list_understanding_history(session, None, 2)
        assert [*first, *list_understanding_history(session, first[-1], 2)] == live
