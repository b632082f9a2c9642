"""What becomes of pushes that are not taken at once."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from services.notifications.actions import pushes
from services.notifications.tests.factories import SOON
from services.notifications.tests.gadgets import (
    PATH,
    plan,
    send,
    subscribe,
    tries,
    want_pushes,
    work,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(notifications, service, asker, status):
    ada, ask = asker
    ask()
    service.replies = [status]

    work(notifications)

    assert notifications.as_member(ada).get(PATH).json["items"] == []
    assert not tries(notifications)


@pytest.mark.parametrize("header", ["300", format_datetime(SOON + 5 * MINUTE, usegmt=True)])
def test_who_has_too_many_is_left_alone_as_long_as_they_say(notifications, service, asker, header):
    asker[1]()
    service.replies = [(429, {"Retry-After": header})]

    work(notifications)
    send(notifications, SOON + 4 * MINUTE)
    early = len(service.taken)
    send(notifications, SOON + 5 * MINUTE)

    assert early == 1 and len(service.taken) == 2 and not tries(notifications)


def test_a_service_in_trouble_is_tried_for_a_day(notifications, service, asker):
    # Never quiet, so that only the service's trouble delays.
    never = {"from": "00:00", "until": "00:00", "weekends": False}
    want_pushes(notifications, asker[0], quiet=never)
    asker[1]()
    service.replies = [503, 500, 502, 503, 504, 500, 503]

    plan(notifications)
    for hour in range(48):
        send(notifications, SOON + hour * HOUR)
        send(notifications, SOON + hour * HOUR + 10 * MINUTE)

    [one] = tries(notifications)
    assert len(service.taken) == 7 and (one.state, one.error) == (
        "dead",
        "The push service said 503.",
    )
    assert one.next_try_at < SOON + DAY


@pytest.mark.parametrize("status", [301, 307, 400, 403, 413])
def test_a_refusal_is_final_and_a_redirect_is_one(notifications, service, asker, status):
    asker[1]()
    service.replies = [(status, {"Location": "https://fcm.googleapis.com/fcm/send/other"})]

    work(notifications)
    send(notifications, SOON + HOUR)

    [one] = tries(notifications)
    assert len(service.taken) == 1 and one.state == "dead" and str(status) in one.error


def test_a_host_that_is_listed_no_more_is_sent_nothing(notifications, service, asker):
    asker[1]()
    notifications.settings = replace(notifications.settings, push_hosts="push.example.org")

    work(notifications)

    assert service.taken == [] and [one.state for one in tries(notifications)] == ["dead"]


def test_a_worker_killed_before_it_noted_pushes_again_with_the_same_topic(
    notifications, service, asker
):
    asker[1]()

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    plan(notifications)
    with pytest.MonkeyPatch.context() as patch, suppress(Killed):
        patch.setattr(pushes, "note_sent", die)
        send(notifications)
    send(notifications, SOON + MINUTE)

    first, second = service.taken
    assert first.headers["Topic"] == second.headers["Topic"] and not tries(notifications)


def test_a_service_that_is_away_delays_its_own_browsers_alone(notifications, service, asker):
    ada, ask = asker
    host = "updates.push.services.mozilla.com"
    subscribe(notifications, ada, service.browser("firefox", host=host))
    ask()
    away, connect = [], service._connect

    def lead(to):
        if to != host:
            away.append(to)
            raise ConnectionRefusedError(111, "Connection refused")
        return connect(to)

    service._connect = lead
    plan(notifications)
    ask("Another?")
    work(notifications)

    assert {one.path for one in service.taken} == {"/fcm/send/firefox"} and len(away) == 1
    assert {one.error for one in tries(notifications)} == {
        "The push service is not reached: Connection refused"
    }
