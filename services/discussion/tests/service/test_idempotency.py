"""The same key gives the same answer, and one post."""

from datetime import timedelta

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.people import MONDAY, joined, person
from contracts.discussion import PostPublished
from services.discussion.tests.factories import ask

QUESTION = {"title": "Which flour?", "body": "Rye or wheat?", "keywords": ["bread"]}
KEY = {"Idempotency-Key": "5a1f"}


def test_repeated_key_gives_the_same_answer_and_one_question(discussion):
    client = discussion.as_member(person("Ana"))
    first = client.post("/questions", QUESTION, headers=KEY)

    second = client.post("/questions", QUESTION, headers=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json == first.json
    assert len(discussion.published(PostPublished)) == 1


def test_twins_with_one_key_make_one_question(discussion):
    ana = person("Ana")

    answers = at_once(
        *[lambda: discussion.as_member(ana).post("/questions", QUESTION, headers=KEY)] * 6
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == 1
    assert len(discussion.published(PostPublished)) == 1


def test_twins_with_one_key_make_one_answer(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")
    path = f"/questions/{question_id}/answers"

    answers = at_once(
        *[lambda: discussion.as_member(ben).post(path, {"body": "Rye."}, headers=KEY)] * 4
    )

    question = discussion.as_member(ana).get(f"/questions/{question_id}").json
    assert len({answer.json["id"] for answer in answers}) == 1
    assert question["answer_count"] == 1


def test_key_with_another_body_is_refused(discussion):
    client = discussion.as_member(person("Ana"))
    client.post("/questions", QUESTION, headers=KEY)

    answer = client.post("/questions", {**QUESTION, "body": "Or oats?"}, headers=KEY)

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")


def test_key_is_of_one_member_and_one_path(discussion):
    ana, ben = person("Ana"), person("Ben")
    paths = [f"/questions/{ask(discussion, ana, 'Which flour?')}/answers" for _ in range(2)]

    answers = [
        discussion.as_member(one).post(path, {"body": "Rye."}, headers=KEY)
        for one in (ana, ben)
        for path in paths
    ]

    assert len({answer.json["id"] for answer in answers}) == 4


def test_failure_is_not_kept(discussion):
    ben = person("Ben")
    client = discussion.as_member(ben)
    discussion.deliver(joined(ben, state="suspended", revision=1))

    refused = client.post("/questions", QUESTION, headers=KEY)
    discussion.deliver(joined(ben, state="active", revision=2))
    accepted = client.post("/questions", QUESTION, headers=KEY)

    assert (refused.status_code, accepted.status_code) == (403, 201)


def test_key_may_be_used_again_after_a_day(discussion):
    client = discussion.as_member(person("Ana"))

    with clock.at(MONDAY):
        client.post("/questions", QUESTION, headers=KEY)
    with clock.at(MONDAY + timedelta(hours=24, seconds=1)):
        client.post("/questions", QUESTION, headers=KEY)

    assert len(discussion.published(PostPublished)) == 2


def test_key_that_is_none_is_refused(discussion):
    client = discussion.as_member(person("Ana"))

    for key in ("", "x" * 201, "clé", "tab\there"):
        answer = client.post("/questions", QUESTION, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_invalid")


def test_without_key_the_same_is_asked_anew_after_a_minute(discussion):
    client = discussion.as_member(person("Ana"))

    with clock.at(MONDAY):
        answers = [client.post("/questions", QUESTION) for _ in range(2)]
    with clock.at(MONDAY + timedelta(seconds=61)):
        answers.append(client.post("/questions", QUESTION))

    assert [answer.status_code for answer in answers] == [201, 409, 201]
    assert answers[1].json["code"] == "posted_twice"
