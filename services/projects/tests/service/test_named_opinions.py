"""Opinions with names: changed until the end, told without values, theirs when they leave."""

import pytest

from chassis.testing.people import left
from contracts.projects import OpinionClosed, OpinionGiven
from services.projects.tests.opinions import QUESTIONS, ask, give, read, said, seal


def test_answers_with_names_are_told_without_their_values(projects):
    _, people, path = ask(projects, is_anonymous=False, results="after_answer")

    assert read(projects, people[0], f"{path}/results", day=1).json["code"] == (
        "results_after_answer"
    )
    give(projects, people[0], path, said(1, 2, "First"))
    again = give(projects, people[0], path, said(2, 5, "Second"))
    give(projects, people[0], path, said(2, 5, "Second"))
    give(projects, people[1], path, said(2, 4))

    assert again.json["answers"] == [
        {"question": 1, "choices": [2], "text": ""},
        {"question": 2, "choices": [5], "text": ""},
        {"question": 3, "choices": [], "text": "Second"},
    ]
    results = read(projects, people[0], f"{path}/results", day=1).json
    assert (results["answer_count"], results["state"]) == (2, "open")
    choice, scale, words = results["questions"]
    assert [one["count"] for one in choice["options"]] == [0, 2, 0]
    assert ([one["count"] for one in scale["options"]], scale["median"]) == ([0, 0, 0, 1, 1], 4.5)
    assert (words["answer_count"], words["options"]) == (1, [])
    texts = read(projects, people[0], f"{path}/results/texts?question=3", day=1).json["items"]
    assert [(one["member"]["name"], one["text"]) for one in texts] == [("Follower 0", "Second")]
    taken = read(projects, people[0], f"{path}/results/choices?question=1", day=1).json["items"]
    assert [one["choices"] for one in taken] == [[2], [2]]
    told = projects.published(OpinionGiven)
    assert [(one.member_id, one.revision) for one in told] == [
        (people[0].id, 1),
        (people[0].id, 2),
        (people[1].id, 1),
    ]


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [{"question": 4, "text": "?"}],
        [{"question": 0, "scale": 1}],
        [{"question": 1, "scale": 1}],
        [{"question": 1, "choices": []}],
        [{"question": 1, "choices": [1, 2]}],
        [{"question": 1, "choices": [4]}],
        [{"question": 1, "choices": [1], "text": "and"}],
        [{"question": 2, "scale": 6}],
        [{"question": 2, "scale": 2}, {"question": 2, "scale": 3}],
        [{"question": 3, "text": ""}],
        [{"question": 3, "text": "x" * 2_001}],
        [{"question": 3}],
    ],
)
def test_what_answers_no_question_is_refused_and_changes_nothing(projects, answers):
    _, people, path = ask(projects)

    refused = give(projects, people[0], path, answers)

    assert refused.status_code == 422, refused.json
    assert refused.json["code"] in ("answer_invalid", "invalid")
    assert read(projects, people[0], path, day=1).json["answer_count"] == 0
    assert give(projects, people[0], path).status_code == 200


def test_named_answers_of_who_leaves_stay_or_are_taken_along(projects):
    ada, people, path = ask(projects, is_anonymous=False)
    for one in people[:3]:
        give(projects, one, path, said(1, 3, f"I am {one.name}"))

    projects.deliver(left(people[0]), left(people[1], removes_posts=True))
    projects.deliver(left(people[1], removes_posts=True))
    seal(projects)

    results = read(projects, ada, f"{path}/results").json
    assert results["answer_count"] == 2
    assert results["questions"][0]["options"][0]["count"] == 2
    texts = read(projects, ada, f"{path}/results/texts?question=3").json["items"]
    assert {(one["member"]["name"], one["text"]) for one in texts} == {
        ("A former member", "I am Follower 0"),
        ("Follower 2", "I am Follower 2"),
    }


def test_a_count_that_changes_after_the_end_is_told_again(projects):
    _, people, path = ask(projects, is_anonymous=False)
    for one in people[:3]:
        give(projects, one, path)
    seal(projects)

    projects.deliver(left(people[0], removes_posts=True))

    told = projects.published(OpinionClosed)
    assert [(one.answer_count, one.revision) for one in told] == [(3, 2), (2, 3)]


def test_named_answers_are_part_of_ones_export(projects):
    ada, people, path = ask(projects, is_anonymous=False)
    give(projects, people[0], path, said(2, 3, "Mine"))

    exported = projects.as_member(people[0]).get("/members/me/export/projects").json
    asked = projects.as_member(ada).get("/members/me/export/projects").json

    assert [(one["choices"], one["text"]) for one in exported["answers"]] == [
        ([2], ""),
        ([3], ""),
        ([], "Mine"),
    ]
    assert [one["title"] for one in asked["rounds"]] == ["Who would fill the map?"]
    assert len(asked["rounds"][0]["questions"]) == len(QUESTIONS)
