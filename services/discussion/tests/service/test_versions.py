"""What a post said before is told with it where somebody had liked it: skills counts by it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from chassis import clock
from chassis.messaging.republish import republish
from chassis.testing.people import person
from contracts.discussion import PostEdited, PostPublished, PostRemoved
from services.discussion.app import SERVICE
from services.discussion.models import PostVersion
from services.discussion.tests.factories import ask, like, reply

START = clock.now() - timedelta(days=3)
MINUTE = timedelta(minutes=1)


def edit(discussion, one, post_id, at, kind="questions", **changes):
    with clock.at(at):
        answer = discussion.as_member(one).patch(f"/{kind}/{post_id}", changes)
    assert answer.status_code == 200, answer.json


def last_told(discussion):
    return discussion.published(PostEdited)[-1]


def told_again(discussion, post_id):
    known = discussion.published(PostPublished)
    republish(discussion.database, SERVICE.history, "skills", [PostPublished.type])
    again = discussion.published(PostPublished)
    for event in known:
        again.remove(event)
    [event] = [event for event in again if str(event.post_id) == post_id]
    return event


@pytest.fixture
def asked(discussion):
    ana, ben = person("Ana"), person("Ben")
    with clock.at(START):
        question_id = ask(discussion, ana, "A joke?", body="`Code` *Rye*", keywords=["Fun"])
    return ana, ben, question_id


def test_what_was_liked_is_told_live_and_again_and_shown_to_nobody(discussion, asked):
    ana, ben, question_id = asked
    like(discussion, ben, question_id)

    edit(discussion, ana, question_id, START + MINUTE, title="Kubernetes?", keywords=["Ops"])
    edit(discussion, ana, question_id, START + 2 * MINUTE, body="Oats")
    edit(discussion, ana, question_id, START + 3 * MINUTE, lang="fr")

    told = last_told(discussion)
    assert [(v.until, v.title, v.prose, v.keywords) for v in told.earlier] == [
        (START + MINUTE, "A joke?", "  Rye", ("Fun",)),
        (START + 2 * MINUTE, "Kubernetes?", "  Rye", ("Ops",)),
    ]
    assert told_again(discussion, question_id).earlier == told.earlier
    shown = discussion.as_member(ben).get(f"/posts/{question_id}/history").json["items"]
    assert shown == []
    own = discussion.as_member(ana).get("/members/me/export/discussion").json["versions"]
    assert [version["title"] for version in own] == ["A joke?", "Kubernetes?"]


def test_what_nobody_had_liked_within_a_day_is_not_kept(discussion, asked):
    ana, ben, question_id = asked

    edit(discussion, ana, question_id, START + MINUTE, title="A password?")
    like(discussion, ben, question_id)
    edit(discussion, ana, question_id, START + 2 * MINUTE, title="Kubernetes?")

    [kept] = last_told(discussion).earlier
    assert (kept.title, kept.until) == ("A password?", START + 2 * MINUTE)


def test_a_question_s_version_is_kept_for_its_answers_and_an_accepted_answer_s(discussion, asked):
    ana, ben, question_id = asked
    with clock.at(START):
        answer_id = reply(discussion, ben, question_id, body="Ha.")
        assert discussion.as_member(ana).put(f"/answers/{answer_id}/accept").status_code == 200

    edit(discussion, ana, question_id, START + MINUTE, title="Kubernetes?")
    of_question = last_told(discussion).earlier
    edit(discussion, ben, answer_id, START + MINUTE, kind="answers", body="Kubernetes.")

    assert [version.title for version in of_question] == ["A joke?"]
    assert [version.prose for version in last_told(discussion).earlier] == ["Ha."]


def test_of_many_versions_the_first_and_those_that_stood_longest_are_told(discussion, asked):
    ana, ben, question_id = asked
    like(discussion, ben, question_id)
    # The fourth title stands for a minute, others for an hour each.
    at = START
    for number in range(1, 14):
        at += MINUTE if number in (1, 5, 7) else timedelta(hours=1)
        edit(discussion, ana, question_id, at, title=f"Title {number}")

    told = last_told(discussion).earlier

    titles = ["A joke?", *(f"Title {n}" for n in (1, 2, 3, 5, 7, 8, 9, 10, 11))]
    assert [version.title for version in told] == titles
    # One that is left out counts as said what the one before it did.
    assert told[3].until == START + 2 * MINUTE + timedelta(hours=3)
    assert told[-1].until == at
    assert told_again(discussion, question_id).earlier == told


def test_what_an_earlier_release_kept_is_told_with_the_keywords_of_today(discussion, asked):
    ana, ben, question_id = asked
    like(discussion, ben, question_id)
    edit(discussion, ana, question_id, START + timedelta(days=2), title="Kubernetes?")
    with discussion.session() as session:
        session.execute(update(PostVersion).values(prose=None, keywords=None))

    [version] = told_again(discussion, question_id).earlier

    assert (version.title, version.prose, version.keywords) == ("A joke?", "  Rye", ("Fun",))


def test_nothing_of_it_is_left_of_a_removed_post(discussion, asked):
    ana, ben, question_id = asked
    like(discussion, ben, question_id)
    edit(discussion, ana, question_id, START + MINUTE, title="Kubernetes?")

    assert discussion.as_member(ana).delete(f"/questions/{question_id}").status_code == 204

    with discussion.session() as session:
        assert session.query(PostVersion).filter_by(post_id=UUID(question_id)).count() == 0
    assert republish(discussion.database, SERVICE.history, "skills", [PostRemoved.type]) == 1
