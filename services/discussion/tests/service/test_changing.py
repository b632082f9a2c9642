"""Changing, taking away, accepting and sharing: what is kept, shown and told."""

from datetime import timedelta
from itertools import count

import pytest

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.paging import all_items
from chassis.testing.people import joined, person
from contracts.discussion import (
    AnswerAccepted,
    AnswerUnaccepted,
    PostEdited,
    PostPublished,
    PostRemoved,
)
from services.discussion.actions import allowances
from services.discussion.queries import history
from services.discussion.tests.factories import ask, like, reply, titles, unlike


def code_of(answer):
    return answer.status_code, answer.json["code"]


def test_an_edit_within_a_day_leaves_a_mark(discussion):
    ana = person("Ana")
    question_id = ask(discussion, ana, "Which flour?", body="Rye?", keywords=["Rye"])
    client = discussion.as_member(ana)

    changes = {"title": "Which flour is it?", "body": "*Oats*? #Bread", "keywords": ["Oats"]}
    edited = client.patch(f"/questions/{question_id}", changes)
    again = client.patch(f"/questions/{question_id}", changes)

    assert edited.status_code == 200 and edited.json == again.json
    assert edited.json["title"] == "Which flour is it?" and edited.json["edited_at"]
    assert edited.json["excerpt"] == "Oats? #Bread"
    assert [k["slug"] for k in edited.json["keywords"]] == ["oats", "bread"]
    [told] = discussion.published(PostEdited)
    assert (told.revision, told.title, told.prose) == (2, "Which flour is it?", "Oats? #Bread")
    assert [k.written for k in told.keywords] == ["Oats", "Bread"]
    assert client.get(f"/posts/{question_id}/history").json["items"] == []
    assert titles(client.get("/questions?keyword=rye")) == []


def test_posts_that_change_keywords_with_each_other_do_not_wait_crosswise(discussion):
    ana = person("Ana")
    discussion.deliver(joined(ana))
    labels = ["Oats", "Rye"]
    first, second = (ask(discussion, ana, "Which flour?", keywords=[one]) for one in labels)
    client = discussion.as_member(ana)

    def turn(post_id, keyword):
        change = {"keywords": [keyword]}
        return discussion.as_member(ana).patch(f"/questions/{post_id}", change).status_code

    for one, other in (labels[::-1], labels) * 3:
        statuses = at_once(
            lambda word=one: turn(first, word), lambda word=other: turn(second, word)
        )
        assert statuses == [200, 200]
    shown = client.get("/keywords").json["items"]
    assert sorted((k["slug"], k["post_count"]) for k in shown) == [("oats", 1), ("rye", 1)]


def test_a_later_edit_keeps_what_the_post_said(discussion):
    ana, ben = person("Ana"), person("Ben")
    start = clock.now() - timedelta(days=3)
    with clock.at(start):
        question_id = ask(discussion, ana, "Which flour?", body="*Rye*?")
    client = discussion.as_member(ana)

    client.patch(f"/questions/{question_id}", {"body": "Oats?"})
    client.patch(f"/questions/{question_id}", {"title": "Which flour, then?"})

    versions = discussion.as_member(ben).get(f"/posts/{question_id}/history").json["items"]
    assert [(v["revision"], v["title"], v["body"]) for v in versions] == [
        (2, "Which flour?", "Oats?"),
        (1, "Which flour?", "*Rye*?"),
    ]
    assert "<em>Rye</em>" in versions[1]["body_html"]
    assert discussion.as_member(ana).delete(f"/questions/{question_id}").status_code == 204
    assert discussion.as_member(ben).get(f"/posts/{question_id}/history").status_code == 404


def test_only_its_author_changes_a_post_and_only_as_what_it_is(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")
    answer_id = reply(discussion, ben, question_id)
    change = {"body": "Else."}

    assert code_of(discussion.as_member(ana).patch(f"/answers/{answer_id}", change)) == (
        403,
        "not_the_author",
    )
    assert code_of(discussion.as_member(ben).patch(f"/questions/{question_id}", change))[0] == 403
    assert code_of(discussion.as_member(ben).patch(f"/questions/{answer_id}", change))[0] == 404
    assert code_of(discussion.as_member(ben).delete(f"/shares/{answer_id}"))[0] == 404
    assert code_of(discussion.as_member(ana).delete(f"/answers/{answer_id}"))[0] == 403
    empty = discussion.as_member(ana).patch(f"/questions/{question_id}", {"title": "x"})
    assert code_of(empty) == (422, "invalid")
    assert discussion.as_member(ben).patch(f"/answers/{answer_id}", change).status_code == 200


def test_a_moderator_takes_a_post_away(discussion):
    ana, max_ = person("Ana"), person("Max", role="moderator")
    question_id, own_id = ask(discussion, ana, "Which flour?"), ask(discussion, max_, "Which oven?")

    for post_id in (question_id, own_id):
        assert discussion.as_member(max_).delete(f"/questions/{post_id}").status_code == 204

    told = discussion.published(PostRemoved)
    assert [(str(event.post_id), event.is_moderated) for event in told] == [
        (question_id, True),
        (own_id, False),
    ]
    with discussion.session() as session:
        found = history.list_post_history(session, None, 9)
    assert {event.post_id: event for event in found} == {event.post_id: event for event in told}


def test_taking_an_answer_away_counts_it_no_more_and_unaccepts_it(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")
    answer_id = reply(discussion, ben, question_id)
    discussion.as_member(ana).put(f"/answers/{answer_id}/accept")

    removed = discussion.as_member(ben).delete(f"/answers/{answer_id}")

    question = discussion.as_member(ana).get(f"/questions/{question_id}").json
    assert removed.status_code == 204
    assert (question["answer_count"], question["accepted_answer_id"]) == (0, None)
    assert question["is_waiting"] is True
    assert len(discussion.published(AnswerUnaccepted)) == 1


def test_the_asker_accepts_one_answer(discussion):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    question_id = ask(discussion, ana, "Which flour?")
    first, second = (reply(discussion, one, question_id) for one in (ben, cleo))
    client = discussion.as_member(ana)

    for answer_id in (first, first, second):
        accepted = client.put(f"/answers/{answer_id}/accept")
        assert accepted.json == {"question_id": question_id, "accepted_answer_id": answer_id}
    nothing = client.delete(f"/answers/{first}/accept")
    items = client.get(f"/questions/{question_id}/answers").json["items"]
    taken_back = client.delete(f"/answers/{second}/accept")

    assert nothing.json["accepted_answer_id"] == second
    assert [item["is_accepted"] for item in items] == [False, True]
    assert taken_back.json == {"question_id": question_id, "accepted_answer_id": None}
    told = [*discussion.published(AnswerAccepted), *discussion.published(AnswerUnaccepted)]
    assert [(str(e.answer_id), e.revision) for e in told] == [(first, 1), (second, 2), (second, 3)]
    assert code_of(discussion.as_member(ben).put(f"/answers/{first}/accept")) == (
        403,
        "not_the_asker",
    )
    assert code_of(client.put(f"/answers/{question_id}/accept")) == (404, "post_not_found")


def test_an_answer_that_is_accepted_while_it_goes_is_no_deadlock(discussion):
    ana, ben = person("Ana"), person("Ben")
    discussion.deliver(joined(ana), joined(ben))
    for _ in range(6):
        question_id = ask(discussion, ana, "Which flour?")
        answer_id = reply(discussion, ben, question_id)
        accepted, removed = at_once(
            lambda one=answer_id: discussion.as_member(ana).put(f"/answers/{one}/accept"),
            lambda one=answer_id: discussion.as_member(ben).delete(f"/answers/{one}"),
        )

        question = discussion.as_member(ana).get(f"/questions/{question_id}").json
        assert (accepted.status_code in (200, 404), removed.status_code) == (True, 204)
        assert (question["accepted_answer_id"], question["answer_count"]) == (None, 0)


def test_the_best_answers_come_first_and_a_page_begins_where_asked(discussion):
    ana, *others = (person(name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eve"))
    question_id = ask(discussion, ana, "Which flour?")
    answers = [reply(discussion, one, question_id) for one in others]
    like(discussion, ana, answers[2])
    like(discussion, others[0], answers[2])
    like(discussion, ana, answers[1])
    discussion.as_member(ana).put(f"/answers/{answers[3]}/accept")
    path = f"/questions/{question_id}/answers"

    def ids(query):
        page = discussion.as_member(ana).get(path + query)
        assert page.status_code == 200, page.json
        return [item["id"] for item in page.json["items"]]

    best = [answers[3], answers[2], answers[1], answers[0]]
    assert ids("?sort=best") == best
    assert ids(f"?from={answers[2]}") == answers[2:]
    assert ids(f"?sort=best&from={answers[1]}") == best[2:]
    found = all_items(discussion.as_member(ana), f"{path}?sort=best", limit=1)
    assert [item["id"] for item in found] == best
    other = discussion.as_member(ana).get(f"{path}?from={question_id}")
    assert code_of(other) == (404, "post_not_found")


def test_a_share_is_published_like_a_question(discussion):
    ana, ben = person("Ana"), person("Ben")
    watch = {"title": "How rye rises", "body": "Slowly. #rye", "form": "watch"}
    watch |= {"link": "https://example.org/rye?x=1", "keywords": ["Bread"]}

    shared = discussion.as_member(ana).post("/shares", watch)

    assert shared.status_code == 201, shared.json
    assert (shared.json["kind"], shared.json["form"]) == ("share", "watch")
    assert shared.json["link"] == "https://example.org/rye?x=1"
    assert [k["slug"] for k in shared.json["keywords"]] == ["bread", "rye"]
    [told] = discussion.published(PostPublished)
    assert (told.kind, told.question_id) == ("share", None)
    client = discussion.as_member(ben)
    share_id = shared.json["id"]
    assert titles(client.get("/shares?keyword=rye")) == ["How rye rises"]
    assert titles(client.get(f"/posts?author={ana.id}&kind=share")) == ["How rye rises"]
    assert titles(client.get("/questions")) == []
    assert client.get(f"/shares/{share_id}").json["title"] == "How rye rises"
    assert client.get(f"/questions/{share_id}").status_code == 404
    assert like(discussion, ben, share_id).json["like_count"] == 1
    assert client.post(f"/questions/{share_id}/answers", {"body": "Yes."}).status_code == 404
    changed = discussion.as_member(ana).patch(f"/shares/{share_id}", {"form": "experience"})
    assert code_of(changed) == (422, "link_not_allowed")
    both = {"form": "experience", "link": None}
    assert discussion.as_member(ana).patch(f"/shares/{share_id}", both).json["link"] is None
    assert discussion.as_member(ana).delete(f"/shares/{share_id}").status_code == 204


@pytest.mark.parametrize(
    "link",
    ["ftp://a.example", "javascript:alert(1)", "https://", "//a", "https://a b", "http://u@h/"],
)
def test_a_link_is_an_address_of_a_page(discussion, link):
    watch = {"title": "How rye rises", "body": "Slowly.", "form": "watch", "link": link}

    refused = discussion.as_member(person("Ana")).post("/shares", watch)

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["link"])


def test_a_card_has_the_excerpt_alone(discussion):
    ana = person("Ana")
    question_id = ask(discussion, ana, "Which flour?", body="*Rye* " * 200)
    reply(discussion, person("Ben"), question_id)

    for path in (
        "/questions?view=card",
        f"/posts?author={ana.id}&kind=question&view=card",
        f"/questions/{question_id}/answers?view=card",
    ):
        [item] = discussion.as_member(ana).get(path).json["items"]
        assert (item["body"], item["body_html"]) == ("", "")
        assert 0 < len(item["excerpt"]) <= 280
    assert discussion.as_member(ana).get("/questions?view=odd").status_code == 422


def test_the_same_is_published_once_a_minute_by_twins_too(discussion):
    ana = person("Ana")
    discussion.deliver(joined(ana))
    question = {"title": "Which flour?", "body": "Rye?"}

    answers = at_once(
        *[lambda: discussion.as_member(ana).post("/questions", question) for _ in range(4)]
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    other = discussion.as_member(ana).post("/questions", {**question, "body": "Oats?"})
    assert other.status_code == 201
    someone = discussion.as_member(person("Ben")).post("/questions", question)
    assert someone.status_code == 201


def test_who_published_much_waits(discussion, monkeypatch):
    monkeypatch.setattr(allowances, "POSTS", {timedelta(hours=1): 3, timedelta(days=1): 4})
    ana, numbers = person("Ana"), count()
    now = clock.now()

    def post(at):
        with clock.at(at):
            body = {"title": "Which flour?", "body": f"Number {next(numbers)}"}
            return discussion.as_member(ana).post("/questions", body)

    early = [post(now - timedelta(minutes=59, seconds=minute)) for minute in range(3)]
    refused = post(now - timedelta(minutes=30))
    later = post(now + timedelta(minutes=2))
    last = post(now + timedelta(minutes=3))

    assert [answer.status_code for answer in early] == [201] * 3
    assert code_of(refused) == (429, "posts_too_fast")
    assert 1_700 < int(refused.headers["Retry-After"]) <= 1_900
    assert later.status_code == 201
    assert code_of(last) == (429, "posts_too_fast")
    assert int(last.headers["Retry-After"]) > 80_000


def test_likes_are_for_others_and_not_without_end(discussion, monkeypatch):
    monkeypatch.setattr(allowances, "LIKES_A_DAY", 4)
    monkeypatch.setattr(allowances, "LIKES_FOR_ONE_AUTHOR", 2)
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    bens = [ask(discussion, ben, f"Question {number}") for number in range(3)]
    cleos = [ask(discussion, cleo, f"Question {number}") for number in range(3)]
    anas = ask(discussion, ana, "Which flour?")
    answers = [reply(discussion, ben, anas) for _ in range(4)]

    assert code_of(like(discussion, ana, anas)) == (403, "own_post")
    assert [like(discussion, ana, one).status_code for one in bens] == [200, 200, 429]
    assert like(discussion, ana, bens[0]).status_code == 200  # again: it is there already
    unlike(discussion, ana, bens[0])
    assert like(discussion, ana, bens[2]).status_code == 200
    refused = [like(discussion, ana, one) for one in cleos]
    assert [answer.status_code for answer in refused] == [200, 200, 429]
    assert refused[2].json["code"] == "likes_too_fast"
    assert 86_000 < int(refused[2].headers["Retry-After"]) <= 86_401
    # What answers my own question I may like as I please.
    assert {like(discussion, ana, one).status_code for one in answers} == {200}


def test_who_likes_a_post_is_named_the_latest_first(discussion):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    question_id = ask(discussion, ana, "Which flour?")
    for one in (ben, cleo):
        like(discussion, one, question_id)

    likers = discussion.as_member(ana).get(f"/posts/{question_id}/likes")

    assert [item["name"] for item in likers.json["items"]] == ["Cleo", "Ben"]
    unlike(discussion, cleo, question_id)
    likers = discussion.as_member(ana).get(f"/posts/{question_id}/likes")
    assert [item["name"] for item in likers.json["items"]] == ["Ben"]
    assert discussion.as_member(ana).get(f"/posts/{ana.id}/likes").status_code == 404
