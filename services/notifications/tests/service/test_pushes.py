"""Pushes: what they say, to whom, and what becomes of those that are not taken at once."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.people import reinstated, suspended
from services.notifications.tests.factories import (
    NOON,
    SOON,
    answer,
    blocked,
    followed,
    liked,
    members,
    question,
    removed,
    shown,
    unfollowed,
)
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
EVENING = NOON.replace(hour=21)
MORNING = NOON.replace(hour=7) + DAY  # 08:00 in Paris in winter


def test_an_answer_is_pushed_at_once_to_every_device_and_opens_what_it_is_about(
    notifications, service, asker
):
    ada, ask = asker
    subscribe(notifications, ada, service.browser("laptop"))
    asked = ask()

    work(notifications)
    work(notifications, SOON + 20 * MINUTE)

    [first, second] = service.taken
    [item] = shown(notifications, ada)
    place = f"%2Fquestions%2F{asked.post_id}"
    assert {first.path, second.path} == {"/fcm/send/phone", "/fcm/send/laptop"}
    assert first.said["title"] == "Béa a répondu\u00a0: Who knows rye?"
    assert first.said["url"].startswith(f"/notices/{item['id']}?to={place}")
    assert first.said.keys() == {"title", "url", "tag"} and first.said == second.said
    assert first.headers["TTL"] == "86400" and first.headers["Urgency"] == "normal"
    assert first.headers["Topic"] == first.said["tag"]
    assert first.headers["Content-Encoding"] == "aes128gcm"
    assert first.headers["Host"] == "fcm.googleapis.com"
    assert service.connections == 1 and not tries(notifications)


def test_words_for_some_stay_here(notifications, service):
    ada, bob = members(notifications, "Ada", "Bob")
    subscribe(notifications, bob, service.browser("phone"))
    want_pushes(notifications, bob)
    notifications.deliver(followed(bob, ada), question(ada, "A secret", audience="followers-only"))

    work(notifications)

    [one] = service.taken
    assert one.said["title"] == "Du nouveau pour vous" and "secret" not in str(one.said).lower()


def test_nothing_is_pushed_that_nobody_asked_for(notifications, service):
    ada, bob, carl = members(notifications, "Ada", "Bob", "Carl")
    subscribe(notifications, ada, service.browser("phone"))  # and never chose pushes
    want_pushes(notifications, carl)  # and has no device
    for asker in (ada, carl):
        asked = question(asker, audience="members")
        notifications.deliver(asked, answer(bob, asked))

    work(notifications)

    assert service.taken == []


def test_a_first_device_is_not_told_what_was_there_before(notifications, service):
    ada, bob = members(notifications, "Ada", "Bob")
    want_pushes(notifications, ada)
    asked = question(ada, audience="members")
    notifications.deliver(asked, answer(bob, asked))
    subscribe(notifications, ada, service.browser("phone"), at=SOON + MINUTE)

    work(notifications, SOON + MINUTE)

    assert service.taken == []


@pytest.mark.parametrize("step", ["before it is planned", "before it is sent"])
@pytest.mark.parametrize(
    "change", ["removed", "read", "blocked", "suspended", "unfollowed", "reader suspended", "off"]
)
def test_what_may_not_be_told_any_more_is_not_pushed(notifications, service, change, step):
    ada, bob = members(notifications, "Ada", "Bob")
    subscribed = subscribe(notifications, bob, service.browser("phone"))
    want_pushes(notifications, bob)
    asked = question(ada)
    notifications.deliver(followed(bob, ada), asked)
    if step == "before it is sent":
        plan(notifications)
    events = {
        "removed": [removed(asked)],
        "blocked": [blocked(bob, ada)],
        "suspended": [suspended(ada)],
        "unfollowed": [unfollowed(bob, ada)],
        "reader suspended": [suspended(bob)],
    }
    client = notifications.as_member(bob)
    if change == "read":
        client.put("/notices/read", {"object_id": str(asked.post_id)})
    elif change == "off":
        client.delete(f"{PATH}/{subscribed.json['id']}")
    else:
        notifications.deliver(*events[change])

    work(notifications)
    work(notifications, SOON + HOUR)

    assert service.taken == [] and tries(notifications) == []


def test_what_may_be_told_again_is_pushed_then(notifications, service):
    ada, bob = members(notifications, "Ada", "Bob")
    subscribe(notifications, bob, service.browser("phone"))
    want_pushes(notifications, bob)
    notifications.deliver(followed(bob, ada), question(ada))
    plan(notifications)
    notifications.deliver(suspended(ada))
    send(notifications)
    notifications.deliver(reinstated(ada))

    work(notifications, SOON + 11 * MINUTE)

    assert len(service.taken) == 1


def test_what_came_in_the_night_is_one_push_in_the_morning(notifications, service, asker):
    _, ask = asker
    ask("First?", at=EVENING)
    work(notifications, EVENING)
    ask("Second?", at=EVENING + HOUR)
    work(notifications, EVENING + HOUR)
    asleep = list(service.taken)

    work(notifications, MORNING)
    work(notifications, MORNING + HOUR)

    [one] = service.taken
    assert asleep == [] and one.said["title"] == "2 nouvelles" and one.said["url"] == "/notices"


def test_what_was_planned_before_quiet_began_waits_for_its_end(notifications, service, asker):
    ask = asker[1]
    evening = EVENING - 3 * HOUR  # 19:00 in Paris
    ask("First?", at=evening)
    plan(notifications, evening)
    ask("Second?", at=evening)
    plan(notifications, evening)

    work(notifications, EVENING)
    work(notifications, MORNING)

    assert service.titles() == ["2 nouvelles"] and not tries(notifications)


def test_a_group_is_pushed_again_once_it_has_news_and_ten_minutes_went(notifications, service):
    ada, bob, carl, dora = members(notifications, "Ada", "Bob", "Carl", "Dora")
    subscribe(notifications, ada, service.browser("phone"))
    want_pushes(notifications, ada)
    asked = question(ada, "Rye?", audience="members")
    notifications.deliver(asked, liked(bob, asked))
    work(notifications)
    for minute, liker in ((1, carl), (2, dora)):
        at = SOON + minute * MINUTE
        with clock.at(at):
            notifications.deliver(liked(liker, asked, at=at))
        work(notifications, at)
    early = len(service.taken)

    work(notifications, SOON + 11 * MINUTE)
    work(notifications, SOON + 30 * MINUTE)

    first, second = service.taken
    assert early == 1 and second.said["title"].startswith("Dora, Carl et Bob aiment")
    assert first.headers["Topic"] == second.headers["Topic"]  # which takes its place
