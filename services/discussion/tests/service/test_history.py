"""The past told again, and the replicas emptied before they are filled anew."""

from sqlalchemy import select

from chassis import context
from chassis.messaging.envelope import unseal
from chassis.messaging.republish import republish
from chassis.tables import OUTBOX
from chassis.testing.people import joined, left, person
from contracts.discussion import (
    KeywordMerged,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
    ReportAnswered,
)
from services.discussion.app import SERVICE
from services.discussion.tests.factories import ask, followed, like, reply, titles, unlike

KINDS = (PostPublished, PostRemoved, PostLiked, PostUnliked)
TYPES = [kind.type for kind in KINDS]


def told(service):
    return [event for kind in KINDS for event in service.published(kind)]


def latest(events):
    newest = {}
    for event in events:
        known = newest.get(event.subject)
        if known is None or known.revision < event.revision:
            newest[event.subject] = event
    return newest


def test_history_is_the_latest_event_of_each_row_tombstones_included(discussion):
    ana, ben, cleo = person("Ana"), person("Ben"), person("Cleo")
    question_id = ask(discussion, ana, "Which flour?", keywords=["Rye", "Bread", "C#"])
    answer_id = reply(discussion, ben, question_id)
    for change, one, post_id in (
        (like, ana, answer_id),
        (like, cleo, answer_id),
        (unlike, cleo, answer_id),
        (like, cleo, question_id),
        (like, cleo, answer_id),
        (unlike, ana, answer_id),
    ):
        change(discussion, one, post_id)
    live = told(discussion)

    count = republish(discussion.database, SERVICE.history, "skills", TYPES)

    again = told(discussion)
    for event in live:
        again.remove(event)
    assert count == len(again) == 5
    assert {event.subject: event for event in again} == latest(live)


def test_history_tells_a_removed_post_without_its_words(discussion):
    ana, ben = person("Ana"), person("Ben")
    question_id = ask(discussion, ana, "Which flour?", keywords=["Rye"])
    reply(discussion, ben, question_id)
    discussion.deliver(left(ana, removes_posts=True))
    live = told(discussion)

    count = republish(discussion.database, SERVICE.history, "skills", TYPES)

    again = told(discussion)
    for event in live:
        again.remove(event)
    assert count == len(again) == 2
    assert {event.subject: event for event in again} == latest(live)
    assert isinstance(latest(live)[question_id], PostRemoved)


def test_history_tells_only_the_types_that_were_asked_for(discussion):
    ana = person("Ana")
    question_id = ask(discussion, person("Ben"), "Which flour?")
    like(discussion, ana, question_id)
    unlike(discussion, ana, question_id)

    counts = [
        republish(discussion.database, SERVICE.history, "skills", [kind.type]) for kind in KINDS
    ]

    assert counts == [1, 0, 0, 1]


def test_history_tells_imported_likes_as_such_and_not_those_given_anew(discussion):
    ana, ben = person("Ana"), person("Ben")
    posts = [ask(discussion, person("Cleo"), f"Question {number}") for number in range(2)]
    with context.importing():
        for post_id in posts:
            like(discussion, ana, post_id)
    unlike(discussion, ana, posts[1])
    like(discussion, ana, posts[1])
    like(discussion, ben, posts[0])

    count = republish(discussion.database, SERVICE.history, "skills", [PostLiked.type])

    with discussion.session() as session:
        bodies = session.scalars(select(OUTBOX.c.body).where(OUTBOX.c.destination == "skills"))
        again = [unseal(body.encode()) for body in bodies]
    imported = {(one.data["post_id"], one.data["liker_id"]) for one in again if one.imported}
    assert count == len(again) == 3 and all(one.is_replay for one in again)
    assert imported == {(str(posts[0]), str(ana.id))}


def test_history_pages_follow_one_another(discussion):
    ana = person("Ana")
    for number in range(5):
        ben = person("Ben")
        question_id = ask(discussion, ben, f"Question {number}")
        like(discussion, ana, question_id)
        answer_id = reply(discussion, ana, question_id)
        assert discussion.as_member(ben).put(f"/answers/{answer_id}/accept").status_code == 200

    others = {KeywordMerged, ReportAnswered}  # of which nothing happened here
    talked = [
        history
        for history in SERVICE.history
        if not (history.is_imported or others.intersection(history.kinds))
    ]
    for history in talked:
        found, after = [], None
        with discussion.session() as session:
            while page := history.page(session, after, 2):
                found += page
                after = page[-1]
        assert len(found) == len({event.subject for event in found}) > 4


def test_emptied_replicas_are_filled_again_by_the_same_events(discussion):
    ana, ben = person("Ana"), person("Ben")
    past = [joined(ana), joined(ben), followed(ana, ben, revision=1)]
    discussion.deliver(*past)
    ask(discussion, ben, "Ben's question")

    with discussion.session() as session:
        SERVICE.empty(session)
    between = titles(discussion.as_member(ana).get("/feed"))
    discussion.deliver(*past)

    assert between == []
    assert titles(discussion.as_member(ana).get("/feed")) == ["Ben's question"]
