"""What nobody can see is no title, no text and no keyword."""

import pytest

from chassis.testing.people import person
from contracts.discussion import PostPublished
from services.discussion.tests.factories import ask

QUESTION = {"title": "Which flour?", "body": "Rye?", "keywords": ["bread"]}


@pytest.mark.parametrize(
    "title",
    [
        *("\u200b" * 6, "\u2800" * 8, "\u3164" * 10, "Which\u200b flour?", "\u202e?ruolf hcihW"),
        *("Which \x1b[31mflour?", "a" + "\u0301" * 9 + "bcdef", "\ue000" * 6, "Why?  \n\n  "),
        *("a\u200bb\u200bc", "x" * 151),
    ],
)
def test_title_that_hides_reorders_covers_or_is_not_there_is_refused(discussion, title):
    answer = discussion.as_member(person("Ana")).post("/questions", {**QUESTION, "title": title})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["title"])
    assert discussion.published(PostPublished) == []


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        (" Which\n\tflour\u00a0 ? ", "Which flour ?"),
        ("Quelle farine e\u0301paisse ?", "Quelle farine \u00e9paisse ?"),
        ("👩🏽\u200d💻 Which ❤️ flour?", "👩🏽\u200d💻 Which ❤️ flour?"),
        ("می\u200cخواهم بپزم", "می\u200cخواهم بپزم"),
        ("x" * 150, "x" * 150),
        ("e\u0301" * 150, "\u00e9" * 150),
    ],
)
def test_title_stands_on_one_line_and_keeps_what_a_script_or_an_emoji_needs(
    discussion, title, kept
):
    ana = person("Ana")

    question_id = ask(discussion, ana, title)

    question = discussion.as_member(ana).get(f"/questions/{question_id}").json
    assert question["title"] == kept
    assert discussion.published(PostPublished)[0].title == kept


@pytest.mark.parametrize("body", ["\u200b", " \n\u2800\u3164\n", "\ufeff\u200d", "\x1b\x07"])
def test_body_that_nobody_sees_is_refused_for_questions_and_answers(discussion, body):
    ana = person("Ana")
    question_id = ask(discussion, ana, "Which flour?")
    client = discussion.as_member(ana)

    answers = [
        client.post("/questions", {**QUESTION, "body": body}),
        client.post(f"/questions/{question_id}/answers", {"body": body}),
    ]

    assert {(a.status_code, *a.json["errors"]) for a in answers} == {(422, "body")}


def test_body_keeps_its_lines_and_loses_what_steers_a_terminal(discussion):
    ana = person("Ana")

    question_id = ask(
        discussion, ana, "Which flour?", body="\ufeffa\r\n\r\n\tb\x1b[31m\x07 👩\u200d💻"
    )

    question = discussion.as_member(ana).get(f"/questions/{question_id}").json
    assert question["body"] == "a\n\n\tb[31m 👩\u200d💻"


@pytest.mark.parametrize(
    "label", ["Rust\u200b", "Py\u202ethon", "\u0007bell", "\u2800", "R\u00adust", "Rust\ufe0f"]
)
def test_keyword_that_hides_something_is_refused(discussion, label):
    client = discussion.as_member(person("Ana"))

    answer = client.post("/questions", {**QUESTION, "keywords": ["bread", label]})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["keywords.1"])
