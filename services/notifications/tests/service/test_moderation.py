"""What members hear of moderators: answers to what they told them, and what was taken away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.identifiers import new_id
from contracts.discussion import ReportAnswered
from contracts.projects import ProjectReportAnswered
from contracts.skills import ContestAnswered
from services.notifications.tests.factories import (
    NOON,
    answer,
    liked,
    members,
    question,
    removed,
    shown,
    texts,
)


def contest_answered(member, outcome, at=NOON):
    return ContestAnswered(
        contest_id=new_id(),
        member_id=member.id,
        skill="rye",
        label_en="Rye",
        label_fr="Seigle",
        outcome=outcome,
        revision=1,
        answered_at=at,
    )


def report_answered(kind, member, at=NOON):
    return kind(
        report_id=new_id(), member_id=member.id, outcome="unfounded", revision=1, answered_at=at
    )


def test_who_told_moderators_of_something_hears_that_they_answered_and_nobody_else_does(
    notifications,
):
    ada, bob = members(notifications, "Ada", "Bob")
    minute = timedelta(minutes=1)
    events = [
        report_answered(ReportAnswered, ada),
        report_answered(ProjectReportAnswered, ada, NOON - minute),
        contest_answered(ada, "kept", NOON - 2 * minute),
        contest_answered(ada, "taken_out", NOON - 3 * minute),
    ]

    notifications.deliver(*events)
    notifications.deliver(*reversed(events))

    told = shown(notifications, ada)
    assert [(one["text"], one["object"]["url"]) for one in told] == [
        ("Moderators answered your report", "/reports"),
        ("Moderators answered your report", "/reports?of=projects"),
        ("Rye: moderators keep the proof that you contest", "/reports?of=skills"),
        ("Rye: what you contest counts no more", "/reports?of=skills"),
    ]
    assert {one["class"] for one in told} == {"to_me"}
    assert all(one["is_unread"] and not one["actors"] for one in told)
    french = notifications.as_member(ada).get("/notices", headers={"Accept-Language": "fr"}).json
    assert french["items"][3]["text"] == "Seigle\u00a0: ce que vous contestez ne compte plus"
    assert texts(notifications, bob) == []


@pytest.mark.parametrize("is_late", [False, True])
def test_an_author_hears_what_moderators_took_away_and_nothing_of_what_they_did_themselves(
    notifications, is_late
):
    ada, bob = members(notifications, "Ada", "Bob")
    asked, given, own = question(ada), answer(bob, question(ada)), question(bob)
    standing = [asked, given, own, liked(bob, asked)]
    taken = [replace(removed(one), is_moderated=True) for one in (asked, given)]
    gone = [*taken, removed(own)]

    for events in (gone, standing) if is_late else (standing, gone):
        notifications.deliver(*events)

    [told] = shown(notifications, ada)
    assert told["text"] == "Moderators removed a question of yours"
    assert (told["object"]["url"], told["actors"]) == (f"/questions/{asked.post_id}", [])
    assert texts(notifications, bob) == ["Moderators removed an answer of yours"]
