"""The replica of the members: whatever the order, and nothing left of who left."""

from sqlalchemy import select

from chassis.messaging.consumer import Message
from chassis.messaging.failures import list_failed
from chassis.tables import IDEMPOTENCY_KEYS
from chassis.testing.people import (
    broken,
    joined,
    left,
    message,
    person,
    reinstated,
    suspended,
    updated,
)
from services.discussion.tests.factories import ask, like, reply


def test_suspended_member_reads_and_writes_nothing_until_they_are_reinstated(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ben, "Which flour?")
    discussion.deliver(joined(ana), suspended(ana))
    client = discussion.as_member(ana)

    refused = [
        like(discussion, ana, question_id),
        client.post("/questions", {"title": "Which oven?", "body": "Mine is old."}),
        client.post(f"/questions/{question_id}/answers", {"body": "Rye."}),
    ]
    read = client.get(f"/questions/{question_id}")
    discussion.deliver(reinstated(ana))
    admitted = like(discussion, ana, question_id)

    assert {answer.json["code"] for answer in refused} == {"member_suspended"}
    assert (read.status_code, admitted.status_code) == (200, 200)


def test_posts_of_who_left_stay_without_their_name(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")
    reply(discussion, ana, question_id, body="Rye.")
    like(discussion, ben, question_id)

    discussion.deliver(left(ana))

    client = discussion.as_member(ben)
    question = client.get(f"/questions/{question_id}").json
    [answer] = client.get(f"/questions/{question_id}/answers").json["items"]
    assert question["author"] == answer["author"]
    assert question["author"]["name"] == "A former member"
    assert (question["title"], answer["body"]) == ("Which flour?", "Rye.")
    assert (question["like_count"], question["answer_count"]) == (1, 1)


def test_kept_answers_and_failed_events_that_name_who_left_are_erased(discussion):
    ana, ben = person("Ana"), person("Ben")
    for one in (ana, ben):
        question = {"title": "Which flour?", "body": "For bread."}
        headers = {"Idempotency-Key": "one"}
        discussion.as_member(one).post("/questions", question, headers=headers)
        discussion.consumer.handle([Message(broken(updated(one, revision=2)))])

    discussion.consumer.handle([Message(message(left(ana)))])

    with discussion.session() as session:
        [kept] = session.scalars(select(IDEMPOTENCY_KEYS.c.member_id))
        [failed] = list_failed(session)
    assert kept == ben.id
    assert b'"name":"Ben"' in failed.body
