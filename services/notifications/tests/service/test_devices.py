"""Devices that are told at once: which are taken, and when they are no more."""

from dataclasses import replace
from uuid import uuid4

import pytest

from chassis import clock
from chassis.settings import NO_SECRET, SettingsError
from chassis.testing.people import MONDAY, left, suspended
from contracts.identity import SessionClosed
from services.notifications import chores
from services.notifications.actions.devices import MOST
from services.notifications.app import SERVICE
from services.notifications.models import PushSubscription, PushTry
from services.notifications.tests.factories import NOON, answer, members, question
from services.notifications.tests.gadgets import PATH, plan, subscribe, want_pushes
from services.notifications.tests.mailbox import SETTINGS
from services.notifications.tests.push_service import Browser

COLUMNS = [column.name for column in PushSubscription.__table__.c]


def closed(person, session_id):
    return SessionClosed(session_id=session_id, revision=1, member_id=person.id, closed_at=NOON)


def devices(notifications, person):
    return notifications.as_member(person).get(PATH).json["items"]


def test_a_browser_is_subscribed_once_and_switched_off(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    phone, session_id = Browser("phone"), uuid4()

    first = subscribe(notifications, ada, phone, session_id=session_id)
    again = subscribe(notifications, ada, phone, session_id=session_id, at=NOON)
    listed = notifications.as_member(ada).get(PATH).json

    assert (first.status_code, again.status_code) == (201, 201) and first.json == again.json
    assert first.json["is_current"] and first.json["endpoint"] == phone.subscription["endpoint"]
    assert listed["public_key"] == notifications.settings.key.public
    assert listed["items"] == [{**first.json, "is_current": False}]  # asked by another session
    path = f"{PATH}/{first.json['id']}"
    others = notifications.as_member(bob).delete(path)
    assert (others.status_code, others.json["code"]) == (404, "push_subscription_not_found")
    assert notifications.as_member(ada).delete(path).status_code == 204
    assert notifications.as_member(ada).delete(path).status_code == 204
    assert devices(notifications, ada) == []


def test_a_browser_belongs_to_who_uses_it_now(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    shared = Browser("shared")
    want_pushes(notifications, ada)
    subscribe(notifications, ada, shared)
    asked = question(ada, audience="members")
    notifications.deliver(asked, answer(bob, asked))
    plan(notifications)

    subscribe(notifications, bob, shared)

    assert devices(notifications, ada) == [] and len(devices(notifications, bob)) == 1
    with notifications.session() as session:
        assert session.query(PushTry).count() == 0  # what waited was Ada's


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"endpoint": "https://push.example.org/x"}, "endpoint_refused"),
        ({"endpoint": "https://fcm.googleapis.com/" + "x" * 1_000}, "endpoint_refused"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "push_keys_invalid"),
        ({"keys": {"p256dh": "AAAA"}}, "invalid"),
        ({"expirationTime": None}, "invalid"),
    ],
)
def test_what_is_no_browser_s_is_refused(notifications, change, code):
    [ada] = members(notifications, "Ada")

    refused = notifications.as_member(ada).post(PATH, {**Browser("x").subscription, **change})

    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert devices(notifications, ada) == []


def test_ten_devices_and_no_more(notifications):
    [ada] = members(notifications, "Ada")
    for n in range(MOST):
        assert subscribe(notifications, ada, Browser(f"{n}")).status_code == 201

    refused = subscribe(notifications, ada, Browser("eleventh"))

    assert (refused.status_code, refused.json["code"]) == (409, "push_subscriptions_too_many")
    assert subscribe(notifications, ada, Browser("3")).status_code == 201
    assert len(devices(notifications, ada)) == MOST


def test_without_a_key_nothing_is_pushed_and_all_else_is_as_ever(service_under_test, tmp_path):
    its = {**SETTINGS, "vapid_key": NO_SECRET, "mail_folder": tmp_path}
    notifications = service_under_test(SERVICE, **its)
    [ada] = members(notifications, "Ada")

    refused = subscribe(notifications, ada, Browser("phone"))

    assert (refused.status_code, refused.json["code"]) == (409, "push_off")
    assert notifications.as_member(ada).get(PATH).json == {"public_key": None, "items": []}
    assert not chores.send_pushes(notifications.database, notifications.settings)


def test_a_key_that_is_none_ends_the_start_and_is_not_shown(notifications):
    wrong = {"vapid_key": type(NO_SECRET)("-----BEGIN nothing"), "push_hosts": "nowhere"}

    with pytest.raises(SettingsError) as raised:
        replace(notifications.settings, **wrong)

    assert raised.value.mistakes == [
        "SKILLER_VAPID_KEY: is no unencrypted private key in PEM",
        "SKILLER_PUSH_HOSTS: 'nowhere' is no host, nor a .suffix of several words",
    ]


def test_a_device_ends_with_its_session(notifications):
    [ada] = members(notifications, "Ada")
    here, there = uuid4(), uuid4()
    subscribe(notifications, ada, Browser("here"), session_id=here)
    subscribe(notifications, ada, Browser("there"), session_id=there)

    notifications.deliver(closed(ada, here))

    assert [one["endpoint"][-5:] for one in devices(notifications, ada)] == ["there"]
    refused = subscribe(notifications, ada, Browser("here"), session_id=here)
    assert (refused.status_code, refused.json["code"]) == (401, "session_closed")


def test_a_device_that_came_while_its_session_was_closed_ends_too(notifications):
    [ada] = members(notifications, "Ada")
    session_id = uuid4()
    subscribe(notifications, ada, Browser("late"), session_id=session_id)
    with notifications.session() as session:
        [kept] = session.query(PushSubscription).all()
        its = {name: getattr(kept, name) for name in COLUMNS}
    notifications.deliver(closed(ada, session_id))
    with notifications.session() as session:
        session.add(PushSubscription(**its))  # its transaction ended after the event's

    run_minutely(notifications)

    assert devices(notifications, ada) == []


def run_minutely(notifications):
    [chore] = [one for one in chores.CHORES if one.name == "forget devices of closed sessions"]
    chore.run(notifications.database, notifications.settings)


def test_who_is_suspended_subscribes_none_and_who_leaves_keeps_none(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    subscribe(notifications, ada, Browser("phone"))
    asked = question(ada, audience="members")
    want_pushes(notifications, ada)
    notifications.deliver(asked, answer(bob, asked))
    plan(notifications)
    exported = notifications.as_member(ada).get("/members/me/export/notifications").json

    notifications.deliver(suspended(bob), left(ada))

    [kept] = exported["push_subscriptions"]
    assert kept.keys() == {"id", "endpoint", "created_at"} and len(exported["pushes"]) == 1
    refused = subscribe(notifications, bob, Browser("bob's"))
    assert (refused.status_code, refused.json["code"]) == (403, "member_suspended")
    with notifications.session() as session:
        for table in ("push_subscriptions", "pushes", "push_tries"):
            count = f"SELECT count(*) FROM {table}"
            assert session.connection().exec_driver_sql(count).scalar() == 0


def test_old_pushes_are_forgotten(notifications):
    ada, bob = members(notifications, "Ada", "Bob")
    subscribe(notifications, ada, Browser("phone"), at=MONDAY)
    want_pushes(notifications, ada)
    asked = question(ada, audience="members")
    notifications.deliver(asked, answer(bob, asked))
    plan(notifications)

    with clock.at(NOON.replace(day=NOON.day + 3)):
        for chore in chores.CHORES:
            chore.run(notifications.database, notifications.settings)

    exported = notifications.as_member(ada).get("/members/me/export/notifications").json
    assert exported["pushes"] == [] and len(exported["push_subscriptions"]) == 1
    with notifications.session() as session:
        assert session.query(PushTry).count() == 0
