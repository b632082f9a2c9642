"""Search, open questions for me, and asking somebody to answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.examples import example
from chassis.testing.meeting import at_once
from chassis.testing.paging import all_items
from chassis.testing.people import joined, person, suspended
from contracts.discussion import AnswerRequested
from contracts.skills import SkillAttributed, SkillMerged, SkillRenamed, SkillWithdrawn
from services.discussion.tests.factories import ask, reply, titles
from services.discussion.tests.service.test_audiences import blocked
from services.discussion.tests.service.test_keyword_pages import keyword_followed


@pytest.fixture
def people(discussion):
    people = [person(name) for name in ("Ana", "Ben", "Cleo")]
    discussion.deliver(*map(joined, people))
    return people


def found(service, viewer, query):
    answer = service.as_member(viewer).get("/search", query_string={"q": query})
    assert answer.status_code == 200, answer.json
    return [item["title"] or item["excerpt"] for item in answer.json["items"]]


FRENCH = "Comment mesurer le développement durable dans nos ateliers ?"


@pytest.mark.parametrize(
    "words", ["développement durable", "developpement", "Durables", "DURABLE", "mesure ateliers"]
)
def test_words_are_found_without_accents_case_and_endings(discussion, people, words):
    ana, ben, _ = people
    ask(discussion, ana, FRENCH, body="Nous cherchons une méthode.")
    ask(discussion, ana, "How do I measure a running database?")

    assert found(discussion, ben, words) == [FRENCH]


def test_english_code_and_keywords_are_found_too(discussion, people):
    ana, ben, _ = people
    english = ask(discussion, ana, "How do I measure running databases?", keywords=["Postgres"])
    reply(discussion, ben, english, body="Ask `pg_stat_statements` about the queries.")

    assert found(discussion, ben, "database") == ["How do I measure running databases?"]
    assert found(discussion, ben, "postgres") == ["How do I measure running databases?"]
    assert found(discussion, ben, "query") == ["Ask pg_stat_statements about the queries."]
    assert found(discussion, ben, "pg_stat_statements") != []
    assert found(discussion, ben, '"running databases" -rye') != []
    assert found(discussion, ben, "databases -running") == []


def test_what_is_called_so_comes_first(discussion, people):
    ana, ben, _ = people
    ask(discussion, ana, "Rye bread", body="How?")
    ask(discussion, ana, "Bread of rye and more rye bread", body="Rye bread, rye bread!")

    assert found(discussion, ben, "rye bread")[0] == "Rye bread"
    assert found(discussion, ben, "RYE BREAD")[0] == "Rye bread"
    client = discussion.as_member(ben)
    paged = all_items(client, "/search?q=rye", limit=1)
    assert sorted(item["title"] for item in paged) == [
        "Bread of rye and more rye bread",
        "Rye bread",
    ]


def test_filters_stand_beside_words_or_alone(discussion, people):
    ana, ben, cleo = people
    with clock.at(clock.now() - timedelta(days=9)):
        old = ask(discussion, ana, "Old flour", keywords=["Rye"])
    answered = ask(discussion, ben, "New flour", keywords=["C++"])
    reply(discussion, cleo, answered, body="Flour of Cleo")
    yesterday = (clock.now() - timedelta(days=2)).date()

    assert found(discussion, cleo, f"flour author:{ana.id}") == ["Old flour"]
    assert found(discussion, cleo, "author:ana") == ["Old flour"]
    assert found(discussion, cleo, "flour author:me") == ["Flour of Cleo"]
    assert found(discussion, cleo, "keyword:rye") == ["Old flour"]
    assert found(discussion, cleo, "keyword:C++ author:ben") == ["New flour"]
    assert found(discussion, cleo, "flour is:unanswered") == ["Old flour"]
    assert found(discussion, cleo, f"flour before:{yesterday}") == ["Old flour"]
    assert sorted(found(discussion, cleo, f"flour after:{yesterday}")) == [
        "Flour of Cleo",
        "New flour",
    ]
    assert found(discussion, cleo, "http://a.example:8080") == []
    for wrong in ("is:odd", "before:yesterday", "after:2026-13-01"):
        refused = discussion.as_member(ana).get("/search", query_string={"q": wrong})
        assert (refused.status_code, refused.json["code"]) == (422, "search_invalid")
    assert old


@pytest.mark.parametrize("query", ["&&&", "'''", "a' OR 1=1", ":*", "!", "é" * 200, "\\", "%_"])
def test_any_words_may_be_looked_for(discussion, query):
    assert found(discussion, person("Ana"), query) == []


def test_a_keyword_spelt_alike_is_proposed_where_nothing_is_found(discussion, people):
    ana, ben, _ = people
    ask(discussion, ana, "Which index?", keywords=["PostgreSQL"])

    nothing = discussion.as_member(ben).get("/search?q=postgressql").json
    hopeless = discussion.as_member(ben).get("/search?q=xylophone").json

    assert (nothing["items"], nothing["proposal"]) == ([], "PostgreSQL")
    assert hopeless["proposal"] is None


def test_edited_and_removed_words_are_found_no_more(discussion, people):
    ana, ben, _ = people
    first = ask(discussion, ana, "Which flour?", body="Buckwheat")
    second = ask(discussion, ana, "Which oven?", body="Buckwheat too")

    discussion.as_member(ana).patch(f"/questions/{first}", {"body": "Einkorn"})
    discussion.as_member(ana).delete(f"/questions/{second}")

    assert found(discussion, ben, "buckwheat") == []
    assert found(discussion, ben, "einkorn") == ["Which flour?"]


def test_a_new_title_is_found_beside_the_same_text(discussion, people):
    ana, ben, _ = people
    first = ask(discussion, ana, "Which flour?", body="Buckwheat", keywords=["Rye"])

    changes = {"title": "Which oven?", "keywords": ["Oats"]}
    assert discussion.as_member(ana).patch(f"/questions/{first}", changes).status_code == 200

    for words in ("oven", "buckwheat", "oats"):
        assert found(discussion, ben, words) == ["Which oven?"], words
    for words in ("flour", "rye"):
        assert found(discussion, ben, words) == [], words


def skill(member, slug, *, revision=1, kind=SkillAttributed):
    label = slug.capitalize()
    return example(
        kind, member_id=member.id, skill=slug, label_en=label, label_fr=label, revision=revision
    )


def test_open_questions_near_my_skills_are_for_me(discussion, people):
    ana, ben, cleo = people
    discussion.deliver(keyword_followed(ana, "oats"), skill(ana, "rye"))
    answered = ask(discussion, ben, "Answered", keywords=["Rye"])
    reply(discussion, cleo, answered)
    ask(discussion, ben, "About oats", keywords=["Oats"])
    ask(discussion, ana, "My own", keywords=["Rye"])
    ask(discussion, ben, "First one", keywords=["Rye"])
    ask(discussion, ben, "Second one", keywords=["Rye", "Oats"])
    client = discussion.as_member(ana)

    assert titles(client.get("/feed/for-you")) == ["Second one", "First one"]
    assert [i["title"] for i in all_items(client, "/feed/for-you", limit=1)] == [
        "Second one",
        "First one",
    ]
    discussion.deliver(skill(ana, "rye", revision=2, kind=SkillWithdrawn))
    # Without a skill, by what one follows and wrote about.
    assert titles(client.get("/feed/for-you")) == ["Second one", "First one", "About oats"]
    discussion.deliver(blocked(ben, ana))
    assert titles(client.get("/feed/for-you")) == []


def test_questions_are_near_by_all_names_of_a_skill(discussion, people):
    ana, ben, _ = people
    discussion.deliver(skill(ana, "rye"))
    for keyword in ("Secale", "Ryegrass", "Oats"):
        ask(discussion, ben, f"About {keyword}", keywords=[keyword])
    client = discussion.as_member(ana)
    assert titles(client.get("/feed/for-you")) == []

    renamed = example(
        SkillRenamed, slug="rye", label_en="Secale", label_fr="Seigle", into=None, revision=1
    )
    merged = example(
        SkillMerged, slug="ryegrass", label_en="Ryegrass", label_fr="X", into="rye", revision=1
    )
    discussion.deliver(merged, renamed)

    assert titles(client.get("/feed/for-you")) == ["About Ryegrass", "About Secale"]
    apart = replace(merged, state="apart", into=None, revision=2)
    discussion.deliver(apart, merged)
    assert titles(client.get("/feed/for-you")) == ["About Secale"]


def test_a_question_waits_again_when_its_only_answer_is_taken_away(discussion, people):
    ana, ben, cleo = people
    discussion.deliver(skill(ana, "rye"))
    client = discussion.as_member(ana)
    question_id = ask(discussion, ben, "How does rye rise?", keywords=["Rye"])
    assert titles(client.get("/feed/for-you")) == ["How does rye rise?"]

    answer_ids = [reply(discussion, cleo, question_id) for _ in range(2)]
    assert titles(client.get("/feed/for-you")) == []
    for answer_id in answer_ids:
        assert titles(client.get("/feed/for-you")) == []
        assert discussion.as_member(cleo).delete(f"/answers/{answer_id}").status_code == 204

    assert titles(client.get("/feed/for-you")) == ["How does rye rise?"]


def test_a_share_waits_for_nobody(discussion, people):
    ana, ben, _ = people
    discussion.deliver(skill(ana, "rye"))
    share = {"title": "How rye rises", "body": "So.", "form": "experience", "keywords": ["Rye"]}
    assert discussion.as_member(ben).post("/shares", share).status_code == 201

    assert titles(discussion.as_member(ana).get("/feed/for-you")) == []


def request(service, actor, question_id, member):
    path = f"/questions/{question_id}/requests"
    return service.as_member(actor).post(path, {"member_id": str(member.id)})


def test_a_member_is_asked_to_answer_once(discussion, people):
    ana, ben, cleo = people
    question_id = ask(discussion, ana, "Which flour?")

    first, again = request(discussion, ana, question_id, ben), None
    again = request(discussion, cleo, question_id, ben)

    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    assert (first.json["question_id"], first.json["member_id"]) == (question_id, str(ben.id))
    [told] = discussion.published(AnswerRequested)
    assert (told.member_id, told.requester_id) == (ben.id, ana.id)


def test_only_who_can_answer_is_asked(discussion, people):
    ana, ben, cleo = people
    question_id = ask(discussion, ana, "Which flour?")
    reply(discussion, cleo, question_id)
    gone, far = person("Dan"), person("Eve")
    discussion.deliver(joined(gone), suspended(gone), joined(far), blocked(far, ana))

    for member in (ana, cleo, gone, far, person("Nobody")):
        refused = request(discussion, ben, question_id, member)
        assert (refused.status_code, refused.json["code"]) == (409, "member_unreachable"), member
    assert request(discussion, ben, question_id, ben).status_code == 409
    assert request(discussion, ben, cleo.id, cleo).status_code == 404


def test_nobody_is_asked_too_often_and_no_question_asks_all(discussion, people):
    ana, ben, _ = people
    others = [person(f"Member {number}") for number in range(6)]
    discussion.deliver(*map(joined, others))
    questions = [ask(discussion, ana, f"Question {number}") for number in range(4)]

    weekly = [request(discussion, ana, question_id, ben) for question_id in questions]
    many = [request(discussion, ana, questions[3], one) for one in others]

    assert [answer.status_code for answer in weekly] == [201, 201, 201, 429]
    assert weekly[3].json["code"] == "member_asked_enough"
    assert [answer.status_code for answer in many] == [201] * 5 + [409]
    assert many[5].json["code"] == "asks_too_many"


def test_a_member_says_how_often_they_are_asked(discussion, people):
    ana, ben, cleo = people
    never = replace(joined(ben, revision=2), asks_per_week=0)
    seldom = replace(joined(cleo, revision=2), asks_per_week=1)
    discussion.deliver(never, seldom)
    questions = [ask(discussion, ana, f"Question {number}") for number in range(2)]

    refused = request(discussion, ana, questions[0], ben)
    weekly = [request(discussion, ana, question_id, cleo) for question_id in questions]

    assert (refused.status_code, refused.json["code"]) == (429, "member_asked_enough")
    assert [answer.status_code for answer in weekly] == [201, 429]


def test_two_who_ask_each_other_at_once_do_not_wait_crosswise(discussion, people):
    ana, ben, cleo = people
    for _ in range(3):
        first, second = (ask(discussion, cleo, "Which flour is it?") for _ in range(2))
        with clock.at(clock.now() - timedelta(days=8)):
            answers = at_once(
                lambda one=first: request(discussion, ana, one, ben),
                lambda one=second: request(discussion, ben, one, ana),
            )
        assert {answer.status_code for answer in answers} <= {201, 429}


def test_a_member_is_asked_three_times_by_many_at_once(discussion, people):
    ana, ben, _ = people
    questions = [ask(discussion, ana, f"Question {number}") for number in range(6)]

    answers = at_once(*[lambda one=one: request(discussion, ana, one, ben) for one in questions])

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 3
