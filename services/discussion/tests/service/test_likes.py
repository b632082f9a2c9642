"""Likes: the pair's state, the count, and what is told."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.testing.meeting import at_once
from chassis.testing.people import MONDAY, person
from contracts.discussion import PostLiked, PostUnliked
from services.discussion.models import Like, Post
from services.discussion.tests.factories import ask, like, reply, unlike


def test_like_is_counted_shown_to_the_liker_and_told(discussion):
    ana, ben = person("Ana"), person("Ben")
    answer_id = reply(discussion, ben, ask(discussion, ana, "Which flour?"))

    with clock.at(MONDAY):
        answer = like(discussion, ana, answer_id)

    assert answer.json == {"post_id": answer_id, "liked_by_me": True, "like_count": 1}
    [told] = discussion.published(PostLiked)
    assert (str(told.post_id), told.author_id, told.liker_id) == (answer_id, ben.id, ana.id)
    assert (told.kind, told.revision, told.liked_at) == ("answer", 1, MONDAY)


def test_second_like_changes_nothing(discussion):
    ana = person("Ana")
    question_id = ask(discussion, person("Ben"), "Which flour?")
    like(discussion, ana, question_id)

    answer = like(discussion, ana, question_id)

    assert answer.json["like_count"] == 1
    assert len(discussion.published(PostLiked)) == 1


def test_unlike_takes_the_like_back_and_keeps_the_row(discussion):
    ana = person("Ana")
    question_id = ask(discussion, person("Ben"), "Which flour?")
    like(discussion, ana, question_id)

    answer = unlike(discussion, ana, question_id)
    again = unlike(discussion, ana, question_id)

    assert answer.json == {"post_id": question_id, "liked_by_me": False, "like_count": 0}
    assert again.json == answer.json
    assert [event.revision for event in discussion.published(PostUnliked)] == [2]
    with discussion.session() as session:
        pair = session.get_one(Like, (question_id, ana.id))
    assert (pair.is_liked, pair.revision) == (False, 2)


def test_unlike_without_a_like_is_neither_counted_nor_told(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")
    like(discussion, ben, question_id)

    answer = unlike(discussion, ana, question_id)

    assert answer.json["like_count"] == 1
    assert discussion.published(PostUnliked) == []


def test_only_the_liker_sees_their_like(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?")
    like(discussion, ben, question_id)

    seen = [
        discussion.as_member(one).get(f"/questions/{question_id}").json["liked_by_me"]
        for one in (ana, ben)
    ]

    assert seen == [False, True]


def test_each_change_of_two_hundred_at_once_is_told_once(discussion):
    post_id = ask(discussion, person("Ana"), "Which flour?")
    likers = [person(f"Member {number}") for number in range(50)]
    chance = random.Random(8)
    acts = [(chance.choice([like, unlike]), chance.choice(likers)) for _ in range(200)]

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda act: act[0](discussion, act[1], post_id), acts))

    assert {answer.status_code for answer in answers} == {200}
    with discussion.session() as session:
        pairs = session.scalars(select(Like)).all()
        counted = session.scalars(select(Post.like_count)).one()
    assert counted == sum(pair.is_liked for pair in pairs)
    told = [*discussion.published(PostLiked), *discussion.published(PostUnliked)]
    revisions = Counter((event.liker_id, event.revision) for event in told)
    assert set(revisions.values()) == {1}
    assert len(told) == sum(pair.revision for pair in pairs)


@pytest.mark.parametrize("change", [like, unlike])
def test_unknown_post_is_not_found(discussion, change):
    answer = change(discussion, person("Ana"), person("Nobody").id)

    assert (answer.status_code, answer.json["code"]) == (404, "post_not_found")
    assert answer.content_type == "application/problem+json"


def test_simultaneous_likers_are_all_counted(discussion):
    people = [person(f"Member {number}") for number in range(8)]
    question_id = ask(discussion, person("Ana"), "Which flour?")

    answers = at_once(*[lambda one=one: like(discussion, one, question_id) for one in people])

    question = discussion.as_member(people[0]).get(f"/questions/{question_id}").json
    assert sorted(answer.json["like_count"] for answer in answers) == list(range(1, 9))
    assert question["like_count"] == 8
    assert len(discussion.published(PostLiked)) == 8


def test_hammered_like_leaves_the_count_of_those_who_like_it(discussion):
    people = [person(f"Member {number}") for number in range(3)]
    question_id = ask(discussion, person("Ana"), "Which flour?")

    def hammer(one, change):
        return [change(discussion, one, question_id).status_code for _ in range(6)]

    statuses = at_once(
        *[lambda one=one: hammer(one, like) for one in people],
        *[lambda one=one: hammer(one, unlike) for one in people],
    )

    told = [*discussion.published(PostLiked), *discussion.published(PostUnliked)]
    final = {}
    for event in sorted(told, key=lambda event: event.revision):
        final[event.liker_id] = event.state == "liked"
    question = discussion.as_member(people[0]).get(f"/questions/{question_id}").json
    assert {status for run in statuses for status in run} == {200}
    assert question["like_count"] == sum(final.values())
    for one in people:
        revisions = sorted(event.revision for event in told if event.liker_id == one.id)
        assert revisions == list(range(1, len(revisions) + 1))
