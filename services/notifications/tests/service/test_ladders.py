"""A question that nobody answers: who is asked, when, and what ends it."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from chassis import clock, context
from chassis.identifiers import new_id
from chassis.messaging.consumer import Message
from chassis.messaging.envelope import seal
from chassis.testing.people import MONDAY, joined, left, suspended
from contracts.social import KeywordFollowed
from services.notifications.tests.factories import (
    NOON,
    answer,
    attributed,
    blocked,
    climbed,
    followed,
    ladder_of,
    members,
    of_questions,
    question,
    removed,
    waiting,
)

# Of Tuesday's question at ten in Paris: 24, 48 and 24 hours of working days from eight to eight.
THURSDAY, WEDNESDAY, FRIDAY = (NOON + timedelta(days=days) for days in (2, 8, 10))
MINUTE = timedelta(minutes=1)
ASKED = "You may know: Who knows rye?"


def texts(notifications, member) -> list[str]:
    return [one["text"] for one in of_questions(notifications, member)]


def follows_keyword(member, slug) -> KeywordFollowed:
    return KeywordFollowed(member_id=member.id, slug=slug, revision=1, changed_at=MONDAY)


def asked_of(notifications, people) -> set[str]:
    return {one.name for one in people if ASKED in texts(notifications, one)}


def test_who_knows_is_asked_step_by_step_then_followers_of_keywords_are_told(notifications):
    ada, bob, cleo, dan, fay, *holders = members(
        notifications, "Ada", "Bob", "Cleo", "Dan", "Fay", *(f"H{n}" for n in range(16))
    )
    asked = waiting(ada, "rye", keywords=("rye-bread",))
    notifications.deliver(
        followed(ada, bob),
        followed(bob, cleo),
        follows_keyword(fay, "rye-bread"),
        *asked,
        attributed(bob, 2, revision=1),
        attributed(cleo, 2, revision=1),
        attributed(dan, 1, revision=1),
        *(attributed(one, 3, revision=1) for one in holders[:12]),
        *(attributed(one, 4, revision=1) for one in holders[12:]),
    )
    everybody = [ada, bob, cleo, dan, fay, *holders]

    climbed(notifications, THURSDAY - MINUTE)
    with clock.at(THURSDAY - MINUTE):
        assert asked_of(notifications, everybody) == set()
        assert ladder_of(notifications, ada, asked)["next"] == {
            "step": 1,
            "at": THURSDAY.isoformat(),
            "most": 5,
        }

    climbed(notifications, THURSDAY)
    with clock.at(THURSDAY):
        first = asked_of(notifications, everybody)
        assert first >= {"Bob", "Cleo"} and len(first) == 5
        assert first - {"Bob", "Cleo"} <= {one.name for one in holders[12:]}
        assert [one["reason"] for one in of_questions(notifications, bob)] == ["You know Rye."]

    climbed(notifications, WEDNESDAY - MINUTE)
    with clock.at(WEDNESDAY - MINUTE):
        assert asked_of(notifications, everybody) == first
    climbed(notifications, WEDNESDAY)
    with clock.at(WEDNESDAY):
        second = asked_of(notifications, everybody)
        assert len(second) == 15 and second > first
        assert not second & {"Ada", "Dan", "Fay"}
        assert texts(notifications, fay) == []

    climbed(notifications, FRIDAY)
    with clock.at(FRIDAY):
        assert texts(notifications, fay) == ["A question waits for an answer: Who knows rye?"]
        assert len(asked_of(notifications, everybody)) == 15
        told = ladder_of(notifications, ada, asked)
    assert (told["state"], told["next"]) == ("done", None)
    assert [(one["step"], one["asked_count"]) for one in told["steps"]] == [(1, 5), (2, 10), (3, 1)]
    assert not any(str(one.id) in str(told) or one.name in str(told) for one in everybody[1:])


def test_keywords_stand_in_where_nothing_is_heard_of_what_it_is_about(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    named, vague = waiting(ada, keywords=("rye",)), waiting(ada)
    notifications.deliver(*named, *vague, attributed(bob, 2, revision=1))
    notifications.deliver(attributed(cleo, 5, revision=1), blocked(ada, cleo))

    climbed(notifications, THURSDAY)

    with clock.at(THURSDAY):
        assert texts(notifications, bob) == [ASKED]
        assert ladder_of(notifications, ada, vague)["steps"][0]["asked_count"] == 0


def test_only_those_are_asked_who_may_be(notifications):
    ada, *others = members(notifications, "Ada", *"BCDEFGH")
    bob, cleo, dan, eve, fay, gus, _ = others
    asked = waiting(ada, "rye")
    notifications.deliver(
        *asked,
        *(attributed(one, 5, revision=1) for one in (ada, *others)),
        blocked(bob, ada),
        blocked(ada, cleo),
        suspended(dan),
        replace(joined(eve, revision=2), is_proposable=False),
        replace(joined(fay, revision=2), asks_per_week=0),
        replace(attributed(gus, 5, revision=2), is_hidden=True),
    )

    climbed(notifications, THURSDAY)

    with clock.at(THURSDAY):
        assert asked_of(notifications, [ada, *others]) == {"H"}
        assert ladder_of(notifications, ada, asked)["steps"][0]["asked_count"] == 1


def test_a_worker_that_was_away_asks_nobody_at_night_or_on_a_weekend(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = waiting(ada, "rye")
    notifications.deliver(*asked, attributed(bob, 2, revision=1))
    saturday, monday = NOON + timedelta(days=4), NOON + timedelta(days=5, hours=22)

    climbed(notifications, saturday)
    with clock.at(saturday):
        assert texts(notifications, bob) == []
        assert ladder_of(notifications, ada, asked)["next"]["at"] == monday.isoformat()
    climbed(notifications, monday)
    with clock.at(monday):
        assert texts(notifications, bob) == [ASKED]


def test_an_answer_ends_it_unless_it_is_taken_back_within_a_week(notifications):
    ada, bob, cleo, dan = members(notifications, "Ada", "Bob", "Cleo", "Dan")
    asked = waiting(ada, "rye")
    own, hers = answer(ada, asked[0]), answer(cleo, asked[0])
    notifications.deliver(*asked, own, attributed(bob, 2, revision=1))

    climbed(notifications, THURSDAY)
    with clock.at(THURSDAY):
        assert texts(notifications, bob) == [ASKED]
        spam = answer(dan, asked[0])
        notifications.deliver(spam, suspended(dan))
        assert texts(notifications, bob) == [ASKED]
        notifications.deliver(hers)
        assert texts(notifications, bob) == []
        assert ladder_of(notifications, ada, asked)["state"] == "answered"
        notifications.deliver(removed(hers))
        assert texts(notifications, bob) == [ASKED]
        assert ladder_of(notifications, ada, asked)["state"] == "running"

    again = replace(hers, post_id=new_id())
    notifications.deliver(again)
    climbed(notifications, WEDNESDAY)
    notifications.deliver(removed(again))
    climbed(notifications, FRIDAY)
    with clock.at(FRIDAY):
        told = ladder_of(notifications, ada, asked)
    assert (told["state"], len(told["steps"])) == ("running", 2)

    last = replace(hers, post_id=new_id())
    notifications.deliver(last)
    climbed(notifications, FRIDAY + timedelta(days=12))
    notifications.deliver(removed(last))
    climbed(notifications, FRIDAY + timedelta(days=13))
    with clock.at(FRIDAY + timedelta(days=13)):
        told = ladder_of(notifications, ada, asked)
    assert (told["state"], len(told["steps"]), told["next"]) == ("answered", 2, None)


def test_who_is_suspended_when_a_step_is_due_is_helped_once_they_are_back(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = waiting(ada, "rye")
    notifications.deliver(*asked, attributed(bob, 2, revision=1), suspended(ada))

    climbed(notifications, THURSDAY)
    notifications.deliver(joined(ada, revision=9))
    climbed(notifications, THURSDAY + timedelta(hours=1))

    with clock.at(THURSDAY + timedelta(hours=1)):
        assert texts(notifications, bob) == [ASKED]


def test_who_asked_stops_it_and_nobody_else_sees_it(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = waiting(ada, "rye")
    notifications.deliver(*asked, attributed(bob, 2, revision=1))
    climbed(notifications, THURSDAY)
    place = f"/questions/{asked[0].post_id}/ladder"

    for client in (notifications.as_member(bob), notifications.as_member(ada)):
        is_hers = client is not None and client._person is ada
        for _ in range(2):
            answered = client.delete(place)
            assert answered.status_code == (204 if is_hers else 404)
        assert client.get(place).status_code == (200 if is_hers else 404)

    climbed(notifications, WEDNESDAY)
    with clock.at(WEDNESDAY):
        assert texts(notifications, bob) == texts(notifications, ada) == []
        told = ladder_of(notifications, ada, asked)
    assert (told["state"], len(told["steps"])) == ("stopped", 1)


def test_nobody_is_asked_for_what_is_gone(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    gone, closed, orphan = waiting(ada, "rye"), waiting(ada, "rye"), waiting(cleo, "rye")
    notifications.deliver(*gone, *closed, *orphan, attributed(bob, 2, revision=1))
    notifications.deliver(
        removed(gone[0]), replace(closed[0], revision=2, audience="followers-only"), left(cleo)
    )

    climbed(notifications, THURSDAY)

    with clock.at(THURSDAY):
        assert texts(notifications, bob) == []
        states = [ladder_of(notifications, ada, one)["state"] for one in (gone, closed)]
    assert states == ["gone", "gone"]


@pytest.mark.parametrize("how", ["replayed", "imported", "old", "for followers only"])
def test_only_what_is_news_for_all_waits(notifications, how):
    ada, bob = members(notifications, "Ada", "Bob")
    asked, about = waiting(ada, "rye")
    if how == "old":
        asked = replace(asked, published_at=NOON - timedelta(days=8))
    if how == "for followers only":
        asked = replace(asked, audience="followers-only")
    with context.importing() if how == "imported" else nullcontext():
        _, sealed = seal(asked, replay=UUID(int=1) if how == "replayed" else None)
    notifications.consumer.handle([Message(sealed.encode())])
    notifications.deliver(about, attributed(bob, 2, revision=1))

    climbed(notifications, THURSDAY)

    with clock.at(THURSDAY + timedelta(days=8)):
        assert texts(notifications, bob) == texts(notifications, ada) == []
    path = f"/questions/{asked.post_id}/ladder"
    assert notifications.as_member(ada).get(path).json["code"] == "ladder_not_found"


def test_who_asked_gets_advice_after_a_week_if_nobody_answered(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(ada, audience="members")
    helped = question(ada, "Who helped?", audience="members")
    notifications.deliver(asked, helped, answer(bob, helped))
    week = NOON + timedelta(days=7)

    for at, said in ((week - MINUTE, False), (week, True)):
        with clock.at(at):
            found = [one for one in of_questions(notifications, ada) if one["kind"] == "advice"]
        assert [one["object"]["title"] for one in found] == ["Who knows rye?"] * said
        assert all(one["class"] == "to_me" and one["is_unread"] for one in found)
