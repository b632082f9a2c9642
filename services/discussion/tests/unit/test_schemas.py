"""What discussion accepts."""

import pytest
from marshmallow import ValidationError

from services.discussion.schemas.requests import AnswerRequest, QuestionFilters, QuestionRequest

GOOD = {"title": "How to bake bread", "body": "With what flour?"}


def test_texts_are_trimmed_before_they_are_measured():
    question = QuestionRequest().load({"title": "  A title \n", "body": "\tx "})

    assert (question["title"], question["body"]) == ("A title", "x")


def test_keywords_and_audience_may_be_left_out():
    question = QuestionRequest().load(GOOD)

    assert (question["keywords"], question["audience"]) == ([], "members")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "short"),
        ("title", "     a     "),
        ("title", "x" * 151),
        ("title", 5),
        ("title", None),
        ("title", ["How to bake bread"]),
        ("title", "How to\x00bake bread"),
        ("body", ""),
        ("body", " \n "),
        ("body", "x" * 20_001),
        ("body", "lone \ud800 surrogate"),
        ("keywords", "bread"),
        ("keywords", ["a", "b", "c", "d", "e", "f"]),
        ("keywords", [""]),
        ("keywords", ["x" * 51]),
        ("keywords", [1]),
        ("keywords", [None]),
        ("keywords", ["\x00"]),
        ("keywords", {"a": "b"}),
        ("audience", "everybody"),
        ("audience", "nobody"),
        ("author_id", "01a209b2-919b-7e8b-8297-ec95d8eba6b8"),
    ],
)
def test_question_that_cannot_be_accepted_names_the_field(field, value):
    with pytest.raises(ValidationError) as refused:
        QuestionRequest().load({**GOOD, field: value})

    assert list(refused.value.messages) == [field]


@pytest.mark.parametrize("document", [None, [], "text", 5, [GOOD]])
def test_what_is_no_object_is_refused(document):
    with pytest.raises(ValidationError):
        AnswerRequest().load(document)


def test_longest_and_shortest_texts_are_accepted():
    question = {"title": "x" * 150, "body": "x" * 20_000, "keywords": ["x" * 50] * 5}

    assert QuestionRequest().load(question)["title"] == "x" * 150
    assert QuestionRequest().load({"title": "x" * 6, "body": "x"})["body"] == "x"


def test_filters_are_an_author_and_a_keyword():
    filters = QuestionFilters().load({"keyword": "bread"})

    assert filters == {
        "keyword": "bread",
        "author": None,
        "limit": 20,
        "cursor": None,
        "view": "whole",
    }
