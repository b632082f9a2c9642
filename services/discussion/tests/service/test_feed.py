"""The feed: what the people whom I follow asked."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.paging import all_items, cursor_of
from chassis.testing.people import MONDAY, person
from services.discussion.tests.factories import ask, followed, reply, titles, unfollowed


def test_feed_shows_the_questions_of_whom_i_follow_alone(discussion):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    discussion.deliver(followed(ana, ben, revision=1), followed(cleo, ana, revision=1))
    question_id = ask(discussion, ben, "Ben's question")
    ask(discussion, cleo, "Cleo's question")
    ask(discussion, ana, "Ana's own question")
    reply(discussion, ben, question_id)

    answer = discussion.as_member(ana).get("/feed")

    assert titles(answer) == ["Ben's question"]
    assert titles(discussion.as_member(ben).get("/feed")) == []


def test_following_brings_what_was_asked_before(discussion):
    ana, ben = person("Ana"), person("Ben")
    ask(discussion, ben, "Ben's question")

    discussion.deliver(followed(ana, ben, revision=1))

    assert titles(discussion.as_member(ana).get("/feed")) == ["Ben's question"]


def test_unfollowing_empties_the_feed(discussion):
    ana, ben = person("Ana"), person("Ben")
    discussion.deliver(followed(ana, ben, revision=1))
    ask(discussion, ben, "Ben's question")

    discussion.deliver(unfollowed(ana, ben, revision=2))

    assert titles(discussion.as_member(ana).get("/feed")) == []


@pytest.mark.parametrize("together", [True, False])
def test_latest_revision_decides_in_whatever_order_it_arrives(discussion, together):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    ask(discussion, ben, "Ben's question")
    ask(discussion, cleo, "Cleo's question")
    arrived = [
        unfollowed(ana, ben, revision=4),
        followed(ana, ben, revision=3),
        followed(ana, cleo, revision=3),
        unfollowed(ana, cleo, revision=2),
        followed(ana, ben, revision=1),
        followed(ana, cleo, revision=1),
        unfollowed(ana, ben, revision=4),
    ]

    for events in [arrived] if together else [[event] for event in arrived]:
        discussion.deliver(*events)

    assert titles(discussion.as_member(ana).get("/feed")) == ["Cleo's question"]


def test_pages_lose_no_question_and_show_none_twice_even_at_one_moment(discussion):
    ana, ben = person("Ana"), person("Ben")
    discussion.deliver(followed(ana, ben, revision=1))
    for number in range(11):
        with clock.at(MONDAY + timedelta(minutes=number // 4)):
            ask(discussion, ben, f"Question {number:02}")

    for path in ("/feed", "/questions"):
        found = all_items(discussion.as_member(ana), path, limit=3)
        assert sorted(post["title"] for post in found) == [f"Question {n:02}" for n in range(11)]


def test_question_between_two_pages_moves_none(discussion):
    ana, ben = person("Ana"), person("Ben")
    discussion.deliver(followed(ana, ben, revision=1))
    asked = [ask(discussion, ben, f"Question {number}") for number in range(7)]

    found = all_items(
        discussion.as_member(ana),
        "/feed",
        limit=2,
        between=lambda: ask(discussion, ben, "Late question"),
    )

    assert [post["id"] for post in found] == asked[::-1]


STRANGE_CURSORS = [
    "x",
    "%ff",
    "é",
    "W1tb" * 50,
    cursor_of([]),
    cursor_of({"a": 1}),
    cursor_of(["2024-03-04T09:00:00", "01a209b2-919b-7e8b-8297-ec95d8eba6b8"]),
    cursor_of(["2024-03-04T09:00:00Z", 5]),
    cursor_of([5, "01a209b2-919b-7e8b-8297-ec95d8eba6b8"]),
    cursor_of([None, None]),
    cursor_of([[], {}]),
]


def test_cursor_that_no_list_made_is_refused(discussion):
    ana = person("Ana")
    client = discussion.as_member(ana)
    question_id = ask(discussion, ana, "Which flour?")
    paths = ["/feed", "/questions", f"/questions/{question_id}/answers"]

    answers = [client.get(f"{path}?cursor={c}") for path in paths for c in STRANGE_CURSORS]

    assert {(a.status_code, a.json["code"]) for a in answers} == {(422, "cursor_invalid")}
