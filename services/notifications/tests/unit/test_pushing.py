"""Where pushes may go, and when: rules without a database."""

from datetime import UTC, datetime, time, timedelta

import pytest

from chassis.identifiers import new_id
from services.notifications.calendar import Quiet
from services.notifications.config import PUSH_HOSTS
from services.notifications.planning import Pending
from services.notifications.preferences import NEVER_QUIET, ClassWish, Preferences
from services.notifications.pushing import message
from services.notifications.pushing.endpoints import are_keys, find_endpoint, read_hosts
from services.notifications.pushing.planning import MOST_A_DAY, Pushed, plan_pushes

HOSTS = read_hosts(PUSH_HOSTS)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a Tuesday
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PUSHED = {"to_me": ClassWish("now", True), "my_circle": ClassWish("digest")}
WANTED = Preferences(
    time_zone="UTC", classes={**PUSHED, "my_keywords": ClassWish("digest")}, quiet=NEVER_QUIET
)
EVENINGS = Preferences(time_zone="UTC", classes=WANTED.classes, quiet=Quiet(time(20), time(8)))
PAST = Pushed(since=NOON - timedelta(days=30))


def news(*, told_at=NOON, about=None, **more) -> Pending:
    its = {"kind": "answer", "class_": "to_me", "happened_at": told_at, **more}
    return Pending(id=new_id(), object_id=about or new_id(), told_at=told_at, **its)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91-_",
        "https://fcm.googleapis.com/wp/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QGx",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYA%2b",
    ],
)
def test_browsers_own_services_are_pushed_to(endpoint):
    assert find_endpoint(endpoint, HOSTS) == endpoint
    host = endpoint.split("/")[2]
    assert find_endpoint(endpoint.replace(host, f"{host.upper()}:443"), HOSTS) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:80/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "https://x.fcm.googleapis.com/x",
        "https://notify.windows.com/x",
        "https://evilnotify.windows.com/x",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://user@fcm.googleapis.com/x",
        "https://127.0.0.1\\@fcm.googleapis.com/x",
        "https://fcm.googleapis.com./x",
        "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/x\r\nHost: y",
        "https://fcm.googleapis.com/é",
        "https://fcm.googleapis.com:443x/",
        "https://[::1/x",
        "https://127.0.0.1/x",
        "//fcm.googleapis.com/x",
        "https:///x",
        "",
        "https://fcm.googleapis.com/" + "x" * 1_000,
    ],
)
def test_nothing_else_is(endpoint):
    assert find_endpoint(endpoint, HOSTS) is None


@pytest.mark.parametrize("setting", ["fcm", ".com", "https://fcm.googleapis.com", "a b_c.de"])
def test_a_list_of_hosts_says_hosts(setting):
    with pytest.raises(ValueError, match="is no host"):
        read_hosts(setting)


def test_keys_are_a_point_of_the_curve_and_a_secret():
    point = (
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )
    secret = "BTBZMqHH6r4Tts7J_aSIgg"

    assert are_keys(point, secret) and are_keys(point + "=", secret + "==")
    assert not are_keys(point[:-2] + "AA", secret)  # on no curve
    assert not are_keys(point, secret[:-2])
    assert not are_keys(point[:40], secret)
    assert not are_keys("!" * 87, secret) and not are_keys("", "")


def test_what_is_wanted_and_new_is_pushed_at_once():
    one = news()
    unwanted = news(class_="my_circle", kind="like")
    late = news(happened_at=NOON - timedelta(hours=25))
    old = news(told_at=NOON - timedelta(hours=24))

    found = plan_pushes(NOON, WANTED, [one, unwanted, late, old], PAST)

    assert [push.notice_ids for push in found.pushes] == [(one.id,)]
    assert found.look_at is None


def test_what_came_before_the_first_device_is_not():
    found = plan_pushes(NOON, WANTED, [news()], Pushed(since=NOON))

    assert not found.pushes and found.look_at is None


def test_a_thing_is_pushed_once_in_ten_minutes():
    one = news()
    past = Pushed(since=PAST.since, pushes=[(NOON - 4 * MINUTE, one.object_id)])

    early = plan_pushes(NOON, WANTED, [one, other := news()], past)
    due = plan_pushes(NOON + 6 * MINUTE, WANTED, [one], past)

    assert [push.object_id for push in early.pushes] == [other.object_id]
    assert early.look_at == NOON + 6 * MINUTE
    assert [push.object_id for push in due.pushes] == [one.object_id]


def test_ten_a_day_and_the_rest_as_one_the_next():
    many = [news() for _ in range(MOST_A_DAY + 3)]
    first = plan_pushes(NOON, WANTED, many, PAST)
    rest = many[MOST_A_DAY:]
    past = Pushed(since=PAST.since, pushes=[(NOON, push.object_id) for push in first.pushes])
    midnight = NOON.replace(hour=0) + timedelta(days=1)

    later = plan_pushes(NOON + HOUR, WANTED, rest, past)
    found = plan_pushes(midnight, WANTED, rest, past)

    assert len(first.pushes) == MOST_A_DAY and first.look_at == midnight
    assert not later.pushes and later.look_at == midnight
    assert [(push.object_id, len(push.notice_ids)) for push in found.pushes] == [(None, 3)]


@pytest.mark.parametrize("paused", [True, False])
def test_what_waits_for_the_end_of_quiet_or_a_pause_is_one_push(paused):
    night, morning = NOON.replace(hour=2), NOON.replace(hour=8)  # of one day
    wanted = EVENINGS
    if paused:
        wanted = Preferences(
            time_zone="UTC", classes=WANTED.classes, quiet=NEVER_QUIET, paused_until=morning
        )
    waiting = [news(told_at=night), news(told_at=night + HOUR)]

    in_the_night = plan_pushes(night + 2 * HOUR, wanted, waiting, PAST)
    found = plan_pushes(morning, wanted, waiting, PAST)
    alone = plan_pushes(morning, wanted, waiting[:1], PAST)

    assert not in_the_night.pushes and in_the_night.look_at == morning
    assert [(push.object_id, len(push.notice_ids)) for push in found.pushes] == [(None, 2)]
    assert alone.pushes[0].object_id == waiting[0].object_id


def test_a_topic_is_a_thing_s_and_its_member_s():
    ada, bob, thing = new_id(), new_id(), new_id()

    topics = {message.topic_of(member, about) for member in (ada, bob) for about in (thing, None)}

    assert len(topics) == 4
    assert all(len(topic) == 32 and topic.isascii() for topic in topics)
    assert message.topic_of(ada, thing) in topics


def test_a_message_says_a_title_and_a_link_alone():
    said = message.about_one("é" * 400, "/notices/1", topic="t", locale="fr")

    assert len(said.title) == 300 and len(said.body) < 1_000
    assert message.about_one(None, "/x", topic="t", locale="en").title == "Something new for you"
