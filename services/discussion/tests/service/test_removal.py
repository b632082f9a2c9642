"""Who leaves may take their posts with them: no word is left, and others' stay."""

from itertools import count

import pytest
from sqlalchemy import String, cast, func, select

from chassis.testing.meeting import at_once
from chassis.testing.people import joined, left, person
from chassis.testing.waiting import eventually
from contracts.discussion import PostLiked, PostPublished, PostRemoved
from services.discussion.actions import removal
from services.discussion.models import Keyword, Post, PostKeyword
from services.discussion.tests.factories import ask, followed, like, reply, titles, unlike


def rows(service):
    with service.session() as session:
        return {str(post.id): post for post in session.scalars(select(Post))}


def test_removed_posts_lose_every_word_and_are_told(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?", body="Secret recipe", keywords=["Rye"])
    other_id = ask(discussion, ben, "Which oven?")
    answer_id = reply(discussion, ana, other_id, body="Secret oven")

    discussion.deliver(left(ana, removes_posts=True))

    found = rows(discussion)
    for post_id in (question_id, answer_id):
        post = found[post_id]
        assert (post.title, post.body, post.body_html, post.revision) == ("", "", "", 2)
        assert post.removed_at
    assert found[other_id].removed_at is None
    told = {str(event.post_id): event for event in discussion.published(PostRemoved)}
    assert told.keys() == {question_id, answer_id}
    answer = told[answer_id]
    assert (answer.author_id, answer.kind, str(answer.question_id)) == (ana.id, "answer", other_id)
    assert (answer.revision, answer.removed_at) == (2, found[answer_id].removed_at)
    with discussion.session() as session:
        assert session.query(PostKeyword).count() == 0
        everything = select(func.string_agg(cast(Post.__table__.table_valued(), String), ""))
        assert "ecret" not in session.execute(everything).scalar_one()


def test_keywords_that_nobody_else_used_go_along(discussion):
    ana, ben = person("Ana"), person("Ben")
    ask(discussion, ana, "Which flour?", keywords=["Ana's secret mill", "Rye"])
    ask(discussion, ben, "Which rye?", keywords=["rye"])

    discussion.deliver(left(ana, removes_posts=True))

    with discussion.session() as session:
        assert session.scalars(select(Keyword.slug)).all() == ["rye"]


def test_keyword_that_is_taken_while_it_is_forgotten_is_there(discussion):
    ana, ben = person("Ana"), person("Ben")
    ask(discussion, ana, "Which flour?", keywords=["Rye"])
    ask(discussion, ben, "Which oven?")

    at_once(
        lambda: discussion.deliver(left(ana, removes_posts=True)),
        lambda: ask(discussion, ben, "Which rye?", keywords=["Rye"]),
    )

    with discussion.session() as session:
        assert session.scalars(select(Keyword.slug)).all() == ["rye"]
        assert session.query(PostKeyword).count() == 1


def test_removing_again_changes_and_tells_nothing(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ben, "Which flour?")
    reply(discussion, ana, question_id)

    for event in (left(ana, removes_posts=True), joined(ana), left(ana, removes_posts=True)):
        discussion.deliver(event)

    assert [event.revision for event in discussion.published(PostRemoved)] == [2]
    assert rows(discussion)[question_id].answer_count == 0


def test_place_of_a_removed_question_holds_the_answers_of_others(discussion):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    question_id = ask(discussion, ana, "Which flour?", keywords=["Rye"])
    reply(discussion, ben, question_id, body="Rye.")
    reply(discussion, ana, question_id, body="I know it now.")
    client = discussion.as_member(cleo)

    discussion.deliver(left(ana, removes_posts=True))

    question = client.get(f"/questions/{question_id}").json
    shown = client.get(f"/questions/{question_id}/answers").json["items"]
    assert (question["title"], question["body"], question["body_html"]) == ("", "", "")
    assert (question["keywords"], question["author"]["name"]) == ([], "A former member")
    assert (question["answer_count"], question["is_waiting"]) == (1, False)
    assert question["removed_at"]
    assert [answer["body"] for answer in shown] == ["Rye."]


def test_removed_question_is_in_no_list(discussion):
    ana, ben = person("Ana"), person("Ben")
    discussion.deliver(joined(ana), joined(ben), followed(ben, ana, revision=1))
    ask(discussion, ana, "Which flour?", keywords=["Rye"])
    client = discussion.as_member(ben)
    paths = ["/questions", f"/questions?author={ana.id}", "/questions?keyword=rye", "/feed"]
    before = [titles(client.get(path)) for path in paths]

    discussion.deliver(left(ana, removes_posts=True))

    assert before == [["Which flour?"]] * 4
    assert [titles(client.get(path)) for path in paths] == [[]] * 4


def test_nobody_likes_or_answers_what_was_removed(discussion):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    question_id = ask(discussion, ana, "Which flour?")
    answer_id = reply(discussion, ana, ask(discussion, ben, "Which oven?"))
    like(discussion, cleo, question_id)
    discussion.deliver(left(ana, removes_posts=True))

    likes = [like(discussion, ben, one) for one in (question_id, answer_id)]
    taken_back = unlike(discussion, cleo, question_id)
    path = f"/questions/{question_id}/answers"
    answered = discussion.as_member(ben).post(path, {"body": "Rye."})

    assert [answer.json["code"] for answer in [*likes, taken_back]] == ["post_not_found"] * 3
    assert (answered.status_code, answered.json["code"]) == (404, "question_not_found")
    assert len(discussion.published(PostLiked)) == 1
    assert rows(discussion)[question_id].answer_count == 0


def test_removed_answers_are_counted_no_more(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id, other_id = (
        ask(discussion, ben, "Which flour?"),
        ask(discussion, ben, "Which oven?"),
    )
    for _ in range(3):
        reply(discussion, ana, question_id)
    reply(discussion, ana, other_id)
    reply(discussion, ben, question_id)

    discussion.deliver(left(ana, removes_posts=True))

    client = discussion.as_member(ben)
    assert client.get(f"/questions/{question_id}").json["answer_count"] == 1
    assert len(client.get(f"/questions/{question_id}/answers").json["items"]) == 1
    assert client.get(f"/questions/{other_id}").json["is_waiting"] is True


def test_many_posts_are_removed_page_by_page(discussion, monkeypatch):
    monkeypatch.setattr(removal, "PAGE", 3)
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ben, "Which flour?")
    for number in range(4):
        ask(discussion, ana, f"Question {number}")
        reply(discussion, ana, question_id)

    discussion.deliver(left(ana, removes_posts=True))

    assert len(discussion.published(PostRemoved)) == 8
    assert [str(id_) for id_, post in rows(discussion).items() if not post.removed_at] == [
        question_id
    ]


def test_two_who_answered_each_other_leave_at_once(discussion):
    ana, ben = person("Ana"), person("Ben")
    for one, other in ((ana, ben), (ben, ana)) * 4:
        reply(discussion, other, ask(discussion, one, "Which flour?"))

    at_once(
        lambda: discussion.deliver(left(ana, removes_posts=True)),
        lambda: discussion.deliver(left(ben, removes_posts=True)),
    )

    assert len(discussion.published(PostRemoved)) == 16
    assert {(bool(p.removed_at), p.answer_count) for p in rows(discussion).values()} == {(True, 0)}


@pytest.mark.parametrize("removes_posts", [True, False])
def test_post_written_while_its_author_leaves_shares_the_fate_of_the_others(
    discussion, removes_posts
):
    ana, numbers = person("Ana"), count()
    discussion.deliver(joined(ana))

    def flour():
        return {"title": "Which flour?", "body": f"For bread {next(numbers)}."}

    def write():
        while discussion.as_member(ana).post("/questions", flour()).status_code == 201:
            pass

    def leave():
        eventually(lambda: len(discussion.published(PostPublished)) > 3)
        discussion.deliver(left(ana, removes_posts=removes_posts))

    at_once(write, write, leave)

    assert {bool(post.removed_at) for post in rows(discussion).values()} == {removes_posts}
