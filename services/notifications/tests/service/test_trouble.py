"""Mails in bad times: nothing is told twice, nothing is lost, and nobody is cut off by mistake."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chassis import clock
from chassis.settings import Secret
from chassis.testing.mail_server import DIE, mail_server
from chassis.testing.people import reinstated, suspended
from services.notifications import chores, links
from services.notifications.actions import letters, returning
from services.notifications.models import Preference
from services.notifications.tests.factories import (
    NOON,
    PROJECT,
    SOON,
    answer,
    followed,
    follows_project,
    members,
    project_of,
    question,
    round_of,
)
from services.notifications.tests.mailbox import (
    WAITED,
    confirmed,
    keys_of,
    mails,
    plan,
    reach,
    send,
    told,
    tries,
    work,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
EVENING = NOON.replace(hour=18, minute=59)  # 19:59 in Paris
MORNING = NOON.replace(hour=7) + DAY


@pytest.fixture
def post(notifications):
    with mail_server() as post:
        notifications.settings = replace(notifications.settings, smtp_url=Secret(post.plain_url))
        yield post


def ask(notifications, ada, béa, *, at: datetime = SOON):
    """A question of Ada's that Béa answers."""
    asked = question(ada, audience="members", at=at)
    with clock.at(at):
        notifications.deliver(asked, answer(béa, asked, at=at))
    plan(notifications, at + 10 * MINUTE)
    return asked


def state_of(notifications, member) -> str:
    return notifications.as_member(member).get("/notices/preferences").json["mail_state"]


@pytest.mark.parametrize("how", ["killed", "cut off"])
def test_what_may_be_out_waits_for_the_morning_as_the_same_mail(
    notifications, post, monkeypatch, how
):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    ask(notifications, ada, béa, at=EVENING - 10 * MINUTE)

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    if how == "killed":
        with monkeypatch.context() as patch, suppress(Killed):
            patch.setattr(letters, "note_sent", die)
            send(notifications, EVENING)
    else:
        post.to_mails = [DIE]
        send(notifications, EVENING)
    at = EVENING
    while at < MORNING + DAY:
        at += timedelta(minutes=30)
        work(notifications, at)

    ids = {one["Message-ID"] for one in post.messages}
    assert len(ids) == 1 and [one.state for one in mails(notifications)] == ["sent"]


def test_who_comes_while_a_mail_waits_is_told_by_it_alone(notifications, post):
    ada, béa, carl = members(notifications, "Ada", "Bea", "Carl")
    reach(notifications, ada)
    asked = ask(notifications, ada, béa)
    post.to_recipients = ["451 4.7.1 later"]
    send(notifications)
    with clock.at(WAITED + MINUTE / 2):
        notifications.deliver(answer(carl, asked, at=WAITED + MINUTE / 2))

    for minute in range(1, 30):
        work(notifications, WAITED + minute * MINUTE)

    assert [one["Subject"].split(" a ")[0].split(" ont ")[0] for one in post.messages] == [
        "Carl et Bea"
    ]


def test_the_last_digest_is_the_last_until_somebody_comes_by(notifications):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    for month in (4, 5, 6, 7):
        at = SOON + timedelta(days=30 * month + 1)
        ask(notifications, ada, béa, at=at)
        for day in range(1, 5):
            work(notifications, NOON.replace(hour=7) + timedelta(days=30 * month + 1 + day))
        with clock.at(at + timedelta(days=25)):
            for chore in chores.CHORES:
                if chore.name == "forget old mails":
                    chore.run(notifications.database, notifications.settings)

    subjects = [subject for _, subject in told(notifications)]

    assert subjects == ["Une nouvelle, et nous cessons de vous écrire"]


def test_a_last_digest_that_is_not_sent_was_none(notifications):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    day = timedelta(days=121)
    ask(notifications, ada, béa, at=SOON + day)
    plan(notifications, NOON.replace(hour=7) + day + DAY)
    notifications.deliver(suspended(ada))
    send(notifications, NOON.replace(hour=7) + day + DAY)
    with clock.at(NOON + day + DAY):
        notifications.deliver(reinstated(ada))

    for later in range(2, 6):
        work(notifications, NOON.replace(hour=7) + day + later * DAY)

    assert [subject for _, subject in told(notifications)] == [
        "Une nouvelle, et nous cessons de vous écrire"
    ]


def test_a_try_that_is_refused_leaves_a_mailbox_bounced(notifications, post):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    post.to_recipients = ["550 5.1.1 unknown"] * 20
    for day in (0, 1, 30, 33, 37):
        ask(notifications, ada, béa, at=SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
        work(notifications, MORNING + day * DAY)

    assert state_of(notifications, ada) == "bounced" and not post.messages


def test_what_a_server_says_of_us_condemns_nobody(notifications, post):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    post.to_recipients = ["554 5.7.1 client host blocked"] * 2
    for day in (0, 1):
        ask(notifications, ada, béa, at=SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
    work(notifications, MORNING + 2 * DAY)

    assert state_of(notifications, ada) == "ok"
    assert [one.state for one in tries(notifications)] == ["dead", "dead"]
    # What they were to tell is in the next digest.
    assert [one["Subject"] for one in post.messages] == ["Votre résumé Skiller\u00a0: 2 nouvelles"]


def test_five_mails_put_off_for_their_day_in_two_weeks_are_enough(notifications, post):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    for day in (0, 1, 2, 6, 7, 8):
        post.to_recipients = ["452 4.2.2 mailbox full"] * 10
        ask(notifications, ada, béa, at=SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
        send(notifications, EVENING + day * DAY + 2 * MINUTE)

    assert state_of(notifications, ada) == "bounced"


@pytest.mark.parametrize("choice", ["digest", "to_me"])
def test_who_unsubscribes_while_a_mail_waits_is_not_sent_it(notifications, choice):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    if choice == "digest":
        notifications.deliver(followed(béa, ada, at=NOON))
        plan(notifications)
        plan(notifications, MORNING)
    else:
        ask(notifications, ada, béa)
    token = links.unsubscribing_token(keys_of(notifications), ada.id, choice)
    notifications.as_stranger().post(f"/unsubscriptions/{token}")

    work(notifications, MORNING if choice == "digest" else WAITED)

    assert told(notifications) == []


def test_who_is_suspended_while_a_mail_waits_is_mailed_later(notifications):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    ask(notifications, ada, béa)
    notifications.deliver(suspended(ada))
    send(notifications)
    with clock.at(WAITED + MINUTE):
        notifications.deliver(reinstated(ada))

    work(notifications, WAITED + 11 * MINUTE)

    assert len(told(notifications)) == 1


def test_a_long_round_is_reminded_of_by_mail(notifications):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, béa)
    notifications.deliver(project_of(ada), follows_project(béa))
    notifications.deliver(round_of(ada, project_id=PROJECT, closes_at=NOON + 58 * DAY))
    work(notifications)
    for day in range(1, 59):
        work(notifications, NOON.replace(hour=7) + day * DAY)

    assert len(told(notifications)) == 2


def test_one_member_who_cannot_be_planned_for_holds_up_no_other(notifications, caplog):
    ada, béa, carl = members(notifications, "Ada", "Bea", "Carl")
    reach(notifications, ada, carl)
    asked = question(carl, audience="members")
    ask(notifications, ada, béa)
    notifications.deliver(asked, answer(béa, asked))
    with notifications.session() as session:
        broken = {"member_id": ada.id, "version": 1, "choices": {"digest": "never"}}
        session.add(Preference(**broken, undone={}, changed_at=NOON))

    work(notifications)

    assert [to for to, _ in told(notifications)] == ["carl@example.org"]


def test_what_comes_back_of_an_earlier_address_says_nothing_of_the_new_one(notifications):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    for day in (0, 1):
        ask(notifications, ada, béa, at=SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
    with clock.at(SOON + 2 * DAY):
        notifications.deliver(confirmed(ada, at=SOON + 2 * DAY, revision=2))
        with notifications.session() as session:
            counts = [
                returning.note_return(session, mail_id=one.id, is_permanent=True)
                for one in mails(notifications)
            ]

    assert counts == [False, False] and state_of(notifications, ada) == "ok"


def test_a_delay_that_ends_in_failure_counts_for_good(notifications):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    for day in (0, 1):
        ask(notifications, ada, béa, at=SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
    with clock.at(WAITED + 2 * DAY), notifications.session() as session:
        said = [
            returning.note_return(session, mail_id=one.id, is_permanent=is_permanent)
            for is_permanent in (False, False, True, True)
            for one in mails(notifications)
        ]

    assert said == [True, True, False, False, True, True, False, False]
    assert state_of(notifications, ada) == "bounced"


def test_a_zone_that_this_machine_does_not_know_any_more_is_the_communitys(notifications):
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    chosen = {"time_zone": "Europe/Atlantis"}
    with notifications.session() as session:
        row = {"member_id": ada.id, "version": 1, "choices": chosen}
        session.add(Preference(**row, undone={}, changed_at=NOON - DAY))
    ask(notifications, ada, béa)

    work(notifications)

    assert len(told(notifications)) == 1
    found = notifications.as_member(ada).get("/notices/preferences").json
    assert found["time_zone"] == "Europe/Paris"
