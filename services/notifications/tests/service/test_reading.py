"""What is unread, how much of it there is, and reading it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis import clock
from chassis.identifiers import new_id
from contracts.discussion import (
    PostEdited,
)
from contracts.projects import (
    ProjectModerated,
)
from services.notifications.tests.factories import (
    NOON,
    PROJECT,
    SOON,
    answer,
    attributed,
    followed,
    liked,
    members,
    project_of,
    question,
    shown,
    unliked,
)


def test_what_was_read_is_unread_again_by_whom_came_after(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    asked = question(ada)
    notifications.deliver(asked, liked(bob, asked))
    client = notifications.as_member(ada)
    with clock.at(SOON + timedelta(seconds=1)):
        read = client.put("/notices/read", {"object_id": str(asked.post_id)})
        assert read.status_code == 204
        [told] = shown(notifications, ada)
        assert (told["is_unread"], told["read_at"] is None) == (False, False)
    with clock.at(SOON + timedelta(seconds=2)):
        notifications.deliver(liked(cleo, asked, at=NOON + timedelta(minutes=1)))
        assert [one["is_unread"] for one in shown(notifications, ada)] == [True]

        notifications.deliver(unliked(cleo, asked))

        assert [one["is_unread"] for one in shown(notifications, ada)] == [False]


def test_what_is_heard_a_week_late_is_born_read(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    at = SOON - timedelta(days=8)

    notifications.deliver(followed(bob, ada, at=at - timedelta(days=1)), question(ada, at=at))

    assert [one["is_unread"] for one in shown(notifications, bob)] == [False]


def test_reading_up_to_a_moment_leaves_what_came_later(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), question(ada, "One?"), question(ada, "Two?", at=SOON))
    client = notifications.as_member(bob)

    read = client.put("/notices/read", {"up_to": (SOON - timedelta(seconds=1)).isoformat()})

    assert read.status_code == 204
    assert [one["text"] for one in shown(notifications, bob, "?unread=true")] == ["Ada asks: Two?"]
    assert client.get("/notices/count").json == {
        "unread": 1,
        "by_class": {"to_me": 1, "my_circle": 0, "my_keywords": 0},
    }
    [last] = shown(notifications, bob, "?unread=true")
    assert client.put(f"/notices/{last['id']}/read").status_code == 204
    assert client.get("/notices/count").json["unread"] == 0


def test_notices_of_others_are_not_there(notifications):
    ada, bob, eve = members(notifications, "Ada", "Bob", "Eve")
    notifications.deliver(followed(bob, ada), question(ada))
    [told] = shown(notifications, bob)

    for notice_id in (told["id"], new_id()):
        refused = notifications.as_member(eve).put(f"/notices/{notice_id}/read")
        assert (refused.status_code, refused.json["code"]) == (404, "notice_not_found")


@pytest.mark.parametrize(
    "body", [{}, {"up_to": "2026-01-01T00:00:00Z", "object_id": str(new_id())}]
)
def test_reading_names_one_thing(notifications, body):
    [ada] = members(notifications, "Ada")

    refused = notifications.as_member(ada).put("/notices/read", body)

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["up_to"])


def test_an_unchanged_count_is_not_sent_again(notifications):
    [ada] = members(notifications, "Ada")
    client = notifications.as_member(ada)
    tag = client.get("/notices/count").headers["ETag"]

    again = client.get("/notices/count", headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


def test_a_class_is_asked_for(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    notifications.deliver(followed(bob, ada), followed(ada, bob), question(ada))

    assert [one["kind"] for one in shown(notifications, bob, "?class=to_me")] == ["question"]
    assert [one["kind"] for one in shown(notifications, bob, "?class=my_circle")] == ["follower"]


def moderated(member):
    return ProjectModerated(
        act_id=new_id(),
        project_id=PROJECT,
        kind="close",
        object_type="project",
        object_id=PROJECT,
        member_id=member.id,
        is_standing=True,
        revision=1,
        acted_at=NOON,
        changed_at=NOON,
    )


def test_what_was_read_stays_read_when_it_is_heard_again(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    asked = question(ada, audience="members")
    given = answer(bob, asked)
    events = [asked, given, project_of(ada), moderated(ada), attributed(ada, 1, revision=1)]
    notifications.deliver(*events)
    assert len(shown(notifications, ada)) == 3
    with clock.at(SOON + timedelta(seconds=1)):
        read = {"up_to": (SOON + timedelta(seconds=1)).isoformat()}
        assert notifications.as_member(ada).put("/notices/read", read).status_code == 204
    with clock.at(SOON + timedelta(seconds=2)):
        hidden = replace(attributed(ada, 1, revision=2), is_hidden=True, cause="hidden")
        edited = PostEdited(**{**vars(given), "revision": 2, "body": "By patience."})
        notifications.deliver(*events, hidden, edited)

        assert [one["is_unread"] for one in shown(notifications, ada)] == [False] * 3


def test_who_reads_while_a_like_is_on_its_way_has_not_read_it(notifications):
    ada, bob, cleo = members(notifications, "Ada", "Bob", "Cleo")
    asked = question(ada, audience="members")
    notifications.deliver(asked, liked(bob, asked))
    with clock.at(SOON + timedelta(seconds=2)):
        read = {"object_id": str(asked.post_id)}
        assert notifications.as_member(ada).put("/notices/read", read).status_code == 204
    # Heard before that, and written after it.
    with clock.at(SOON + timedelta(seconds=1)):
        notifications.deliver(liked(cleo, asked, at=NOON + timedelta(seconds=1)))

    assert [one["is_unread"] for one in shown(notifications, ada)] == [True]


def test_each_class_is_counted_by_itself(notifications):
    ada, bob, *others = members(notifications, "Ada", "Bob", *(f"Reader {n}" for n in range(101)))
    notifications.deliver(*(followed(one, bob) for one in others))
    notifications.deliver(followed(bob, ada), question(ada))

    counted = notifications.as_member(bob).get("/notices/count").json

    assert counted == {
        "unread": 100,
        "by_class": {"to_me": 1, "my_circle": 100, "my_keywords": 0},
    }
