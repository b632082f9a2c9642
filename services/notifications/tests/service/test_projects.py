"""Who is told what of projects."""

from dataclasses import replace
from datetime import timedelta

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.people import MONDAY
from contracts.projects import (
    OpinionGiven,
    ProjectHelpOffered,
    ProjectMemberJoined,
    ProjectMemberLeft,
    ProjectUpdatePublished,
)
from services.notifications.tests.factories import (
    NOON,
    PROJECT,
    SOON,
    follows_project,
    members,
    project_of,
    round_of,
    shown,
    texts,
)


def test_a_role_that_changes_leaves_the_notices_of_a_project(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    belongs = {"project_id": PROJECT, "member_id": bob.id, "joined_at": MONDAY}
    notifications.deliver(
        project_of(ada),
        ProjectMemberJoined(**belongs, role="contributor", revision=1, changed_at=MONDAY),
        ProjectUpdatePublished(
            update_id=new_id(),
            project_id=PROJECT,
            author_id=ada.id,
            title="It rose",
            revision=1,
            published_at=NOON,
        ),
    )
    assert texts(notifications, bob) == ["News of “Bread”: It rose"]

    notifications.deliver(ProjectMemberJoined(**belongs, role="owner", revision=2, changed_at=SOON))

    assert texts(notifications, bob) == ["News of “Bread”: It rose"]


def test_an_offer_is_for_who_owns_the_project_now(notifications):
    ada, bob, dan = members(notifications, "Ada", "Bob", "Dan")
    offer = {"offer_id": new_id(), "project_id": PROJECT, "call_id": new_id()}
    notifications.deliver(
        project_of(ada),
        ProjectHelpOffered(
            **offer,
            member_id=dan.id,
            state="pending",
            revision=1,
            offered_at=NOON,
            changed_at=NOON,
        ),
    )
    assert texts(notifications, ada) == ["Dan offers help in “Bread”"]

    notifications.deliver(project_of(bob, revision=2))

    assert texts(notifications, ada) == []
    assert texts(notifications, bob) == ["Dan offers help in “Bread”"]


def test_a_round_with_names_is_told_of_again_a_day_before_its_end(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    asked = round_of(ada)
    inside, unnamed = round_of(ada, audience="contributors"), round_of(ada, is_anonymous=True)
    follows = [follows_project(one) for one in (bob, cleo)]
    notifications.deliver(project_of(ada), *follows, asked, inside, unnamed)
    ends = "“Bread”: a day is left to give your opinion: Rye or wheat?"
    assert ends not in texts(notifications, bob)
    opened = {"object_id": str(asked.round_id)}
    assert notifications.as_member(bob).put("/notices/read", opened).status_code == 204
    given = OpinionGiven(
        round_id=asked.round_id,
        member_id=cleo.id,
        project_id=PROJECT,
        revision=1,
        answered_at=NOON,
    )
    notifications.deliver(given)

    with clock.at(NOON + timedelta(days=2, minutes=1)):
        assert [one["is_unread"] for one in shown(notifications, bob) if one["text"] == ends] == [
            True
        ]
        assert ends not in texts(notifications, cleo)
        later = replace(asked, closes_at=NOON + timedelta(days=5), revision=2)
        notifications.deliver(later)
        assert ends not in texts(notifications, bob)
    with clock.at(NOON + timedelta(days=4, minutes=1)):
        assert texts(notifications, bob)[0] == ends


def test_of_a_round_of_one_day_nobody_is_reminded(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    short = round_of(ada, closes_at=NOON + timedelta(days=1))

    notifications.deliver(project_of(ada), follows_project(bob), short)

    assert texts(notifications, bob) == ["“Bread” asks for opinions: Rye or wheat?"]


def test_who_is_removed_from_a_project_is_told_who_leaves_is_not(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    notifications.deliver(project_of(ada))
    for one, by in ((bob, ada.id), (cleo, None)):
        its = {"project_id": PROJECT, "member_id": one.id, "role": "contributor"}
        notifications.deliver(
            ProjectMemberJoined(**its, revision=1, changed_at=MONDAY, joined_at=MONDAY),
            ProjectMemberLeft(**its, revision=2, changed_at=NOON, removed_by_id=by),
        )

    assert texts(notifications, bob) == ["Ada removed you from “Bread”"]
    assert texts(notifications, cleo) == []

    back = {"project_id": PROJECT, "member_id": bob.id, "role": "contributor"}
    notifications.deliver(ProjectMemberJoined(**back, revision=3, changed_at=SOON, joined_at=SOON))
    assert texts(notifications, bob) == []
