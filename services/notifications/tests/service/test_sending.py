"""Mails over real SMTP: none is lost, one that is sent twice is the same mail, and who bounces."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from click.testing import CliRunner

from chassis import clock
from chassis.mailing.smtp import SmtpCarrier
from chassis.settings import Secret
from chassis.testing.mail_server import mail_server
from services.notifications import links, returns
from services.notifications.actions import letters
from services.notifications.app import SERVICE
from services.notifications.commands import bounce
from services.notifications.tests.factories import NOON, SOON, answer, members, question
from services.notifications.tests.mailbox import (
    WAITED,
    confirmed,
    keys_of,
    mails,
    plan,
    reach,
    send,
    tries,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def post():
    with mail_server() as post:
        yield post


@pytest.fixture
def asker(notifications, post):
    """Somebody whose questions are answered, and who reads mail over SMTP."""
    ada, béa = members(notifications, "Ada", "Bea")
    reach(notifications, ada)
    notifications.settings = replace(
        notifications.settings,
        smtp_url=Secret(post.plain_url),
        return_address="bounces@skiller.example",
    )

    def ask(at=SOON):
        asked = question(ada, audience="members", at=at)
        with clock.at(at):
            notifications.deliver(asked, answer(béa, asked, at=at))
        plan(notifications, at + 10 * MINUTE)

    return ada, ask


def mail_state(notifications, member) -> str:
    return notifications.as_member(member).get("/notices/preferences").json["mail_state"]


def test_a_server_that_is_away_for_ten_minutes_only_delays(notifications, asker, post):
    _, ask = asker
    ask()
    away = replace(notifications.settings, smtp_url=Secret("smtp://127.0.0.1:1?tls=never"))
    there, notifications.settings = notifications.settings, away
    for minute in range(10):
        send(notifications, WAITED + minute * MINUTE)
    notifications.settings = there

    for minute in range(10, 120):
        send(notifications, WAITED + minute * MINUTE)

    assert len(post.messages) == 1 and [one.state for one in mails(notifications)] == ["sent"]


def test_what_is_refused_for_now_is_tried_again(notifications, asker, post):
    _, ask = asker
    ask()
    post.to_recipients, post.to_mails = ["451 4.7.1 greylisted"], ["452 4.3.1 full"]

    for minute in (0, 1, 6):
        send(notifications, WAITED + minute * MINUTE)

    assert len(post.messages) == 1 and not tries(notifications)


def test_a_worker_killed_before_it_noted_sends_the_same_mail_again(notifications, asker, post):
    _, ask = asker
    ask()

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    with pytest.MonkeyPatch.context() as patch, suppress(Killed):
        patch.setattr(letters, "note_sent", die)
        send(notifications)
    send(notifications, WAITED + MINUTE)

    assert len({one["Message-ID"] for one in post.messages}) == 1 and len(post.messages) == 2
    assert [one.state for one in mails(notifications)] == ["sent"] and not tries(notifications)


def test_a_note_that_was_lost_after_it_was_kept_sends_nothing_again(notifications, asker, post):
    _, ask = asker
    ask()
    send(notifications)
    with notifications.session() as session:
        from chassis.retries import first_try
        from services.notifications.models import MailTry

        [mail] = mails(notifications)
        row = {**first_try(), "id": mail.id, "kind": "notice", "member_id": mail.member_id}
        session.add(MailTry(**row, created_at=NOON))

    send(notifications, WAITED + MINUTE)

    assert len(post.messages) == 1 and not tries(notifications)


def test_a_mail_that_waits_into_the_night_goes_with_the_next_morning(notifications, asker, post):
    _, ask = asker
    ask()
    post.to_recipients = ["451 4.7.1 later"] * 4
    evening, morning = NOON.replace(hour=19), NOON.replace(hour=7) + DAY
    for at in (WAITED, WAITED + MINUTE, WAITED + 6 * MINUTE, evening):
        send(notifications, at)

    plan(notifications, evening)
    plan(notifications, morning)
    post.to_recipients = []
    send(notifications, morning)

    assert [one["Subject"] for one in post.messages] == ["Votre résumé Skiller\u00a0: une nouvelle"]


def test_a_recipient_who_is_refused_twice_in_a_week_is_mailed_no_more(notifications, asker, post):
    ada, ask = asker
    for day in (0, 2):
        post.to_recipients = ["550 5.1.1 unknown"]
        ask(SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
    ask(SOON + 3 * DAY)
    send(notifications, WAITED + 3 * DAY)

    assert post.messages == [] and mail_state(notifications, ada) == "bounced"
    assert [one.state for one in mails(notifications)] == ["refused", "refused"]
    assert not tries(notifications)  # there is nothing for an operator to try again
    reach_again = SOON + 4 * DAY
    with clock.at(reach_again):
        notifications.deliver(confirmed(ada, at=reach_again, revision=2))
    assert mail_state(notifications, ada) == "ok"


def test_what_the_server_says_of_us_is_no_bounce_of_theirs(notifications, asker, post):
    ada, ask = asker
    for day in (0, 2):
        post.to_mails = ["554 5.7.1 looks like spam"]
        ask(SOON + day * DAY)
        send(notifications, WAITED + day * DAY)

    assert mail_state(notifications, ada) == "ok"


def message_date(message: EmailMessage) -> datetime:
    return parsedate_to_datetime(str(message["Date"]))


def report(to: str, *, action: str = "failed", status: str = "5.1.1", **more: str) -> bytes:
    """What a mail server sends back (RFC 3464)."""
    message = EmailMessage()
    message["From"], message["To"] = "MAILER-DAEMON@mx.example", to
    message["Subject"] = "Undelivered Mail Returned to Sender"
    message.set_content("I'm sorry to have to inform you…")
    whole = message.as_bytes().replace(
        b'Content-Type: text/plain; charset="utf-8"',
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
    )
    head = whole.split(b"\n\n", 1)[0].replace(b"Content-Transfer-Encoding: 8bit\n", b"")
    head = b"\n".join(line for line in head.split(b"\n") if b"Transfer-Encoding" not in line)
    kind = more.get("kind", "message/delivery-status")
    body = (
        "\n\n--B\nContent-Type: text/plain\n\nSorry.\n\n--B\n"
        f"Content-Type: {kind}\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; ada@example.org\nAction: {action}\nStatus: {status}\n\n--B--\n"
    )
    return head + body.encode()


@pytest.fixture
def bounce_by(notifications, monkeypatch):
    """What the command says to a message on its standard input."""
    monkeypatch.setenv("SKILLER_DATABASE_URL", notifications.database.url)
    monkeypatch.setenv("SKILLER_LINK_SECRET", notifications.settings.link_secret)

    def bounce_by(message: bytes, *, at=WAITED + MINUTE) -> str:
        with clock.at(at):
            found = CliRunner().invoke(bounce, obj=SERVICE, input=message)
        assert found.exit_code == 0, found.output
        return found.output.strip().splitlines()[-1].split(": ")[-1]

    return bounce_by


def test_returned_mails_count_once_each_and_forged_ones_do_nothing(notifications, asker, bounce_by):
    ada, ask = asker
    for day in (0, 1):
        ask(SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
    first, second = (
        links.return_path(keys_of(notifications), notifications.settings.return_to, one.id)
        for one in mails(notifications)
    )
    forged = first.replace("bounces+", "bounces+a", 1)
    at = WAITED + DAY + MINUTE

    said = [
        bounce_by(report(forged), at=at),
        bounce_by(report(first, action="relayed"), at=at),
        bounce_by(report(first, kind="text/plain"), at=at),
        bounce_by(b"To: " + first.encode() + b"\n\nI am on holiday.", at=at),
        bounce_by(report("bounces+\u00e9@skiller.example"), at=at),
        bounce_by(report(first), at=WAITED + 15 * DAY),
    ]
    before = mail_state(notifications, ada)
    said += [
        bounce_by(report(first.upper()), at=at),
        bounce_by(report(first), at=at),
    ]
    once = mail_state(notifications, ada)
    said.append(bounce_by(report(second), at=at))

    assert said == [
        *["no report of a mail of ours."] * 5,
        "known, or old.",
        "came back for good.",
        "known, or old.",
        "came back for good.",
    ]
    assert (before, once, mail_state(notifications, ada)) == ("ok", "ok", "bounced")


def test_five_that_are_delayed_in_two_weeks_are_enough():
    now = SOON
    few = [(False, now - n * 3 * DAY) for n in range(4)]

    assert not returns.has_bounced(few, now)
    assert returns.has_bounced([*few, (False, now - 13 * DAY)], now)
    assert not returns.has_bounced([*few, (False, now - 14 * DAY)], now)
    assert not returns.has_bounced([(True, now), (True, now - 7 * DAY)], now)


def test_a_mailbox_that_bounced_is_tried_once_a_month_and_well_when_nothing_came_back(
    notifications, asker, post
):
    ada, ask = asker
    for day in (0, 1):
        post.to_recipients = ["550 5.1.1 unknown"]
        ask(SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
    for day in (2, 30, 33, 37):
        ask(SOON + day * DAY)
        send(notifications, WAITED + day * DAY)
        morning = NOON.replace(hour=7) + (day + 1) * DAY
        plan(notifications, morning)
        send(notifications, morning)

    first = message_date(post.messages[0])
    assert SOON + 30 * DAY < first < SOON + 35 * DAY and len(post.messages) > 1
    assert mail_state(notifications, ada) == "ok"


def test_the_carrier_names_a_return_path_for_each_mail(notifications, asker, post, monkeypatch):
    _, ask = asker
    seen = []
    carry = SmtpCarrier.carry

    def watch(self, message, **more):
        seen.append(more["return_path"])
        carry(self, message, **more)

    monkeypatch.setattr(SmtpCarrier, "carry", watch)
    ask()
    send(notifications)

    [mail] = mails(notifications)
    assert [links.read_return_path(keys_of(notifications), one) for one in seen] == [mail.id]
    assert len(seen[0].partition("@")[0]) <= 64
