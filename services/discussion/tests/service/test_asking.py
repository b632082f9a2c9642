"""Questions and answers: what is stored, shown and told."""

import pytest

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.paging import all_items
from chassis.testing.people import MONDAY, joined, person
from contracts.discussion import Keyword, PostPublished
from services.discussion.tests.factories import ask, reply, titles


def test_question_is_answered_as_a_post_with_its_author(discussion):
    ana = person("Ana", headline="Baker")
    question = {
        "title": " Which flour? ",
        "body": "*Rye* or wheat?",
        "keywords": ["Pain  bio", "C#"],
    }

    with clock.at(MONDAY):
        answer = discussion.as_member(ana).post("/questions", question)

    post = answer.json
    assert answer.status_code == 201
    assert post.pop("id")
    assert post == {
        "kind": "question",
        "author": {"id": str(ana.id), "name": "Ana", "headline": "Baker", "portrait_url": None},
        "title": "Which flour?",
        "body": "*Rye* or wheat?",
        "body_html": "<p><em>Rye</em> or wheat?</p>\n",
        "excerpt": "Rye or wheat?",
        "lang": "en",
        "keywords": [{"slug": "pain-bio", "label": "Pain bio"}, {"slug": "c-sharp", "label": "C#"}],
        "audience": "members",
        "like_count": 0,
        "liked_by_me": False,
        "answer_count": 0,
        "accepted_answer_id": None,
        "is_waiting": True,
        "published_at": "2024-03-04T09:00:00+00:00",
        "edited_at": None,
        "removed_at": None,
    }


def test_question_is_told_with_its_markdown_and_keywords(discussion):
    ana = person("Ana")

    with clock.at(MONDAY):
        question_id = ask(discussion, ana, "Which flour?", body="*Rye*?", keywords=["Pain"])

    [told] = discussion.published(PostPublished)
    assert str(told.post_id) == question_id
    assert (told.author_id, told.kind, told.question_id) == (ana.id, "question", None)
    assert (told.title, told.body) == ("Which flour?", "*Rye*?")
    assert told.keywords == (Keyword(slug="pain", label="Pain", written="Pain"),)
    assert told.prose == "Rye?"
    assert (told.revision, told.audience, told.published_at) == (1, "members", MONDAY)


def test_answer_is_told_with_its_question(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")

    answer_id = reply(discussion, ben, question_id, body="Rye.")

    told = discussion.published(PostPublished)[-1]
    assert (str(told.post_id), str(told.question_id)) == (answer_id, question_id)
    assert (told.kind, told.title, told.keywords, told.author_id) == ("answer", "", (), ben.id)


def test_answers_are_counted_and_end_the_waiting(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")

    at_once(*[lambda: reply(discussion, ben, question_id)] * 4)

    question = discussion.as_member(ana).get(f"/questions/{question_id}").json
    assert (question["answer_count"], question["is_waiting"]) == (4, False)


def test_answers_are_listed_the_oldest_first(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")
    other_id = ask(discussion, ana, "Which oven?")
    given = [reply(discussion, ben, question_id, body=f"Answer {n}") for n in range(5)]
    reply(discussion, ben, other_id)

    found = all_items(discussion.as_member(ana), f"/questions/{question_id}/answers", limit=2)

    assert [item["id"] for item in found] == given
    assert {item["question_id"] for item in found} == {question_id}


def test_unknown_question_takes_no_answer(discussion):
    ana = person("Ana")
    answer_id = reply(discussion, ana, ask(discussion, ana, "Which flour?"))
    client = discussion.as_member(ana)

    for post_id in (person("Nobody").id, answer_id):
        answers = [
            client.get(f"/questions/{post_id}"),
            client.get(f"/questions/{post_id}/answers"),
            client.post(f"/questions/{post_id}/answers", {"body": "Rye."}),
        ]
        assert {(a.status_code, a.json["code"]) for a in answers} == {(404, "question_not_found")}


def test_questions_are_listed_the_newest_first_by_keyword_and_author(discussion):
    ana, ben = person("Ana"), person("Ben")
    ask(discussion, ana, "Which flour?", keywords=["Bread", "Flour"])
    ask(discussion, ben, "Which oven?", keywords=["bread"])
    ask(discussion, ana, "Which wine?", keywords=["wine"])
    client = discussion.as_member(ben)

    assert titles(client.get("/questions")) == ["Which wine?", "Which oven?", "Which flour?"]
    assert titles(client.get("/questions?keyword=bread")) == ["Which oven?", "Which flour?"]
    assert titles(client.get(f"/questions?author={ana.id}")) == ["Which wine?", "Which flour?"]
    assert titles(client.get(f"/questions?author={ben.id}&keyword=wine")) == []


def test_keyword_keeps_the_label_of_whoever_wrote_it_first(discussion):
    ana = person("Ana")
    ask(discussion, ana, "Which flour?", keywords=["Économie"])

    second = ask(discussion, ana, "Which oven?", keywords=["economie", "ÉCONOMIE", "Pain"])

    keywords = discussion.as_member(ana).get(f"/questions/{second}").json["keywords"]
    assert keywords == [
        {"slug": "economie", "label": "Économie"},
        {"slug": "pain", "label": "Pain"},
    ]


def test_keyword_of_any_alphabet_finds_its_question(discussion):
    ana = person("Ana")
    label = "программирование микроконтроллеров"
    ask(discussion, ana, "Какой из них?", keywords=[label])
    client = discussion.as_member(ana)
    [slug] = [k["slug"] for k in client.get("/questions").json["items"][0]["keywords"]]

    found = client.get(f"/questions?keyword={slug}")

    assert titles(found) == ["Какой из них?"]


def test_keyword_that_has_no_address_is_refused(discussion):
    ana = person("Ana")

    for label in ("!!", "🎉", "\ufdfa" * 50):
        question = {"title": "Which flour?", "body": "Rye?", "keywords": ["bread", label]}
        answer = discussion.as_member(ana).post("/questions", question)
        assert (answer.status_code, answer.json["code"]) == (422, "keyword_invalid")

    assert discussion.published(PostPublished) == []


def test_simultaneous_questions_share_their_new_keywords(discussion):
    people = [person(f"Member {number}") for number in range(6)]
    keywords = ["flour", "bread", "oven", "rye", "salt"]

    at_once(
        *[
            lambda one=one, step=step: ask(
                discussion,
                one,
                "Which flour?",
                keywords=keywords[step % 5 :] + keywords[: step % 5],
            )
            for step, one in enumerate(people)
        ]
    )

    client = discussion.as_member(people[0])
    assert [len(client.get(f"/questions?keyword={k}").json["items"]) for k in keywords] == [6] * 5


def test_suspended_member_reads_but_neither_asks_nor_answers_nor_likes(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")
    discussion.deliver(joined(ben, state="suspended", revision=2))
    client = discussion.as_member(ben)

    answers = [
        client.post("/questions", {"title": "Which oven?", "body": "Gas?"}),
        client.post(f"/questions/{question_id}/answers", {"body": "Rye."}),
        client.put(f"/posts/{question_id}/like"),
        client.delete(f"/posts/{question_id}/like"),
    ]

    assert {(a.status_code, a.json["code"]) for a in answers} == {(403, "member_suspended")}
    assert client.get(f"/questions/{question_id}").status_code == 200
    assert len(discussion.published(PostPublished)) == 1


def test_older_news_does_not_lift_a_suspension_and_newer_does(discussion):
    ben = person("Ben")
    discussion.deliver(joined(ben, state="suspended", revision=2))
    question = {"title": "Which oven?", "body": "Gas?"}

    discussion.deliver(joined(ben, state="active", revision=1))
    before = discussion.as_member(ben).post("/questions", question)
    discussion.deliver(joined(ben, state="active", revision=3))
    after = discussion.as_member(ben).post("/questions", question)

    assert (before.status_code, after.status_code) == (403, 201)


def test_unchanged_question_answers_304(discussion):
    ana, ben = person("Ana"), person("Ben")
    path = f"/questions/{ask(discussion, ana, 'Which flour?')}"
    client = discussion.as_member(ana)
    known = {"If-None-Match": client.get(path).headers["ETag"]}

    unchanged = client.get(path, headers=known)
    reply(discussion, ben, path.rpartition("/")[2])
    changed = client.get(path, headers=known)

    assert (unchanged.status_code, unchanged.get_data()) == (304, b"")
    assert (changed.status_code, changed.json["answer_count"]) == (200, 1)


@pytest.mark.parametrize("path", ["/questions", "/feed"])
def test_stranger_is_asked_to_sign_in(discussion, path):
    answer = discussion.as_stranger().get(path)

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
