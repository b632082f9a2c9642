"""Mails over real SMTP: nothing is lost, nothing goes out twice but after a crash."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import AuthResult

from chassis import clock
from chassis.mailing import sending, smtp
from chassis.mailing.smtp import SmtpCarrier
from chassis.mailing.storage import DELAYS, UNFINISHED
from chassis.retries import Queue
from chassis.testing.mail_server import (
    DIE,
    HANG,
    MailServer,
    mail_server,
    make_certificate,
)
from chassis.testing.service import ServiceUnderTest
from services.identity.actions.mails import QUEUE
from services.identity.models import Mail
from services.identity.tests.factories import JOINED, add_member, at_once
from services.identity.tests.mailbox import mails, minted, queue, send, set_address, settings_for

MINUTE = timedelta(minutes=1)


@pytest.fixture
def post() -> Iterator[MailServer]:
    with mail_server() as post:
        yield post


def ask_resets(identity: ServiceUnderTest, count: int = 1) -> list[str]:
    """Mails to as many members."""
    emails = [f"m{number}@example.org" for number in range(count)]
    for number, email in enumerate(emails):
        add_member(identity, f"Member {number}", email=email)
        # One a second, so that they are due in this order.
        asked_at = JOINED - timedelta(seconds=count - number)
        queue(identity, "password_reset", email, at=asked_at)
    return emails


def recipients(post: MailServer) -> list[str]:
    return [message.recipient for message in post.messages]  # type: ignore[attr-defined]


def test_each_is_sent_once_over_one_connection(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    emails = ask_resets(identity, 3)
    settings = settings_for(identity, url=post.plain_url)

    more_waits = [send(identity, settings), send(identity, settings)]

    assert recipients(post) == emails and more_waits == [False, False]
    assert post.connections == 1 and not mails(identity)
    assert post.messages[0]["To"] == emails[0]


def test_nobody_is_connected_to_while_nothing_waits(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    queue(identity, "password_reset", "nobody@example.org")

    send(identity, settings_for(identity, url=post.plain_url))

    assert post.connections == 0 and not mails(identity) and not minted(identity)


def test_refused_for_now_is_tried_again_with_growing_delays(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    ask_resets(identity)
    post.to_recipients = ["451 4.7.1 <m0@example.org> greylisted"]
    post.to_mails = ["452 4.3.1 full"]
    settings = settings_for(identity, url=post.plain_url)

    send(identity, settings, at=JOINED)
    [first] = mails(identity)
    send(identity, settings, at=JOINED + MINUTE - timedelta(seconds=1))
    send(identity, settings, at=JOINED + MINUTE)
    [second] = mails(identity)
    send(identity, settings, at=JOINED + 6 * MINUTE)

    assert (first.attempts, first.next_try_at) == (1, JOINED + MINUTE)
    assert first.error == "The mail server said 451 4.7.1."
    assert (second.attempts, second.next_try_at) == (2, JOINED + 6 * MINUTE)
    assert second.error == "The mail server said 452 4.3.1."
    assert recipients(post) == ["m0@example.org"] and not mails(identity)


def test_others_go_out_though_one_is_refused(identity: ServiceUnderTest, post: MailServer) -> None:
    emails = ask_resets(identity, 3)
    post.to_recipients = ["250 OK", "451 later"]

    send(identity, settings_for(identity, url=post.plain_url))

    assert recipients(post) == [emails[0], emails[2]] and post.connections == 1
    assert [(mail.email, mail.state) for mail in mails(identity)] == [(emails[1], "waiting")]


def test_address_refused_for_good_is_dead_at_once_and_the_error_does_not_name_it(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    ask_resets(identity)
    post.to_recipients = ["550 5.1.1 <m0@example.org>: Member 0 is unknown here"]
    settings = settings_for(identity, url=post.plain_url)

    send(identity, settings)
    send(identity, settings, at=JOINED + timedelta(days=30))

    [dead] = mails(identity)
    assert (dead.state, dead.attempts) == ("dead", 1)
    assert dead.error == "The mail server said 550 5.1.1."
    assert not post.messages


@pytest.mark.parametrize("step", ["to_senders", "to_recipients", "to_mails"])
def test_what_is_refused_for_good_is_dead_at_once_whenever_it_is_said(
    identity: ServiceUnderTest, post: MailServer, step: str
) -> None:
    emails = ask_resets(identity, 2)
    setattr(post, step, ["554 5.7.1 m0@example.org sends spam"])

    send(identity, settings_for(identity, url=post.plain_url))

    [dead] = mails(identity)
    assert (dead.email, dead.state, dead.attempts) == (emails[0], "dead", 1)
    assert dead.error == "The mail server said 554 5.7.1."
    assert recipients(post) == emails[1:]


def test_server_that_asks_for_a_user_kills_no_mail(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    ask_resets(identity, 2)
    post.to_senders = ["530 5.7.0 Authentication required"]

    assert send(identity, settings_for(identity, url=post.plain_url)) is False

    assert [(mail.state, mail.attempts) for mail in mails(identity)] == [
        ("waiting", 1),
        ("waiting", 0),
    ]
    assert mails(identity)[0].error == "The mail server said 530 5.7.0."


def test_last_attempt_leaves_it_dead_after_two_days(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    ask_resets(identity)
    post.to_recipients = ["451 no"] * 100
    settings = settings_for(identity, url=post.plain_url)

    moment, seen = JOINED, []
    while (mail := mails(identity)[0]).state == "waiting":
        send(identity, settings, at=mail.next_try_at)
        seen.append(mail.next_try_at - moment)
        moment = mail.next_try_at

    assert seen[1:] == list(DELAYS)
    assert (mail.attempts, mail.error) == (8, "The mail server said 451.")


@pytest.mark.parametrize("trouble", [HANG, DIE])
@pytest.mark.parametrize("step", ["to_recipients", "to_mails"])
def test_server_that_hangs_or_dies_in_the_middle_loses_nothing(
    identity: ServiceUnderTest,
    post: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    step: str,
) -> None:
    emails = ask_resets(identity, 2)
    setattr(post, step, [trouble])
    settings = settings_for(identity, url=post.plain_url)

    # What one mail learnt of the server is not learnt again for each other one.
    with monkeypatch.context() as impatient:
        impatient.setattr(smtp, "STEP_SECONDS", 0.3)
        assert send(identity, settings) is False
    [first, second] = mails(identity)
    send(identity, settings)
    send(identity, settings, at=JOINED + MINUTE)

    assert (first.attempts, second.attempts) == (1, 0)
    assert (
        first.error
        == {
            HANG: "The mail server did not answer in time.",
            DIE: "The mail server broke the connection.",
        }[trouble]
    )
    assert sorted(recipients(post)) == emails and not mails(identity)


def test_server_that_takes_its_time_for_each_reply_is_given_up(
    identity: ServiceUnderTest, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_resets(identity)
    monkeypatch.setattr(smtp, "MAIL_SECONDS", 0.0)

    send(identity, settings_for(identity, url=post.plain_url))

    assert [mail.error for mail in mails(identity)] == ["The mail server did not answer in time."]


def test_absent_server_is_waited_for(identity: ServiceUnderTest) -> None:
    emails = ask_resets(identity)
    with mail_server() as gone:
        url = gone.plain_url

    send(identity, settings_for(identity, url=url))

    [mail] = mails(identity)
    assert (mail.email, mail.state, mail.attempts) == (emails[0], "waiting", 1)
    assert mail.error == "The mail server is not reached: Connection refused"


def test_two_workers_at_once_send_each_mail_once(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    emails = ask_resets(identity, 20)
    settings = settings_for(identity, url=post.plain_url)

    # Both have chosen a mail before either has written so.
    at_once(identity, "LOCK TABLE mails IN SHARE MODE", [lambda: send(identity, settings)] * 2)

    assert sorted(recipients(post)) == sorted(emails) and not mails(identity)
    assert post.connections == 2


def test_mail_that_another_worker_claims_is_not_waited_for(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    emails = ask_resets(identity, 2)

    with identity.session() as session:
        first = mails(identity)[0]
        session.get_one(Mail, first.id, with_for_update=True)
        send(identity, settings_for(identity, url=post.plain_url))

    assert recipients(post) == [emails[1]]


def test_worker_that_dies_after_sending_sends_the_same_message_again(
    identity: ServiceUnderTest, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_resets(identity)
    settings = settings_for(identity, url=post.plain_url)
    with monkeypatch.context() as crashing:
        crashing.setattr(Queue, "settle", crash)
        with pytest.raises(Crash):
            send(identity, settings)
    [left] = mails(identity)

    send(identity, settings, at=JOINED + MINUTE)

    assert (left.attempts, left.error) == (1, UNFINISHED)
    first, second = post.messages
    assert first["Message-ID"] == second["Message-ID"] == f"<{left.id}@example.org>"
    assert not mails(identity)


def test_mail_that_kills_its_worker_each_time_is_dead_at_last(identity: ServiceUnderTest) -> None:
    ask_resets(identity)

    for attempt in range(len(DELAYS) + 2):
        claim_at(identity, days=attempt)

    [dead] = mails(identity)
    assert (dead.state, dead.attempts, dead.error) == ("dead", 8, UNFINISHED)


def test_starttls_is_required_where_the_url_does_not_forgo_it(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    ask_resets(identity)

    send(identity, settings_for(identity, url=f"smtp://127.0.0.1:{post.port}"))

    assert not post.messages
    [mail] = mails(identity)
    assert mail.error == "The mail server lacks STARTTLS, or a way to sign in."


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_server_is_believed_by_its_certificate_and_believes_by_the_password(
    identity: ServiceUnderTest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    emails = ask_resets(identity)
    context, certificate = make_certificate(tmp_path)
    tls: dict[str, Any] = {"tls_context": context, "require_starttls": True}
    options = tls if scheme == "smtp" else {"ssl_context": context, "auth_require_tls": False}

    with mail_server(**options, authenticator=is_right) as post:
        url = f"{scheme}://ada:p%40ss@127.0.0.1:{post.port}"
        send(identity, settings_for(identity, url=url))
        [unproven] = mails(identity)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wrong = url.replace("p%40ss", "wrong")
        send(identity, settings_for(identity, url=wrong), at=unproven.next_try_at)
        [unknown] = mails(identity)
        send(identity, settings_for(identity, url=url), at=unknown.next_try_at)

        assert unproven.error == "The mail server's certificate: self-signed certificate"
        assert unknown.error == "The mail server said 535 5.7.8."
        assert recipients(post) == emails and not mails(identity)


def test_address_of_any_letters_is_written_to_where_the_server_can(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    set_address(identity, ada, "adèle@straße.example")
    for enabled in (False, True):
        queue(identity, "password_reset", "Adèle@straße.example")
        with mail_server(enable_SMTPUTF8=enabled) as post:
            send(identity, settings_for(identity, url=post.plain_url))
            taken = recipients(post)

    [refused] = mails(identity)
    assert refused.state == "dead" and "SMTPUTF8" in refused.error
    assert taken == ["adèle@xn--strae-oqa.example"]


@pytest.mark.parametrize("email", ["nobody", '"a b"@example.org', "a@\u2060.example"])
def test_impossible_address_is_dead_and_ends_nothing(
    identity: ServiceUnderTest, post: MailServer, email: str
) -> None:
    ada = add_member(identity, "Ada")
    set_address(identity, ada, email)
    queue(identity, "password_reset", email)
    emails = ask_resets(identity)

    send(identity, settings_for(identity, url=post.plain_url))

    [dead] = mails(identity)
    assert dead.state == "dead" and "The" in dead.error and "a b" not in dead.error
    assert recipients(post) == emails


def test_kind_of_a_newer_release_waits_for_its_worker(
    identity: ServiceUnderTest, post: MailServer
) -> None:
    queue(identity, "newer", "ada@example.org")  # type: ignore[arg-type]
    emails = ask_resets(identity)

    send(identity, settings_for(identity, url=post.plain_url))

    [waiting] = mails(identity)
    assert (waiting.kind, waiting.state, waiting.attempts) == ("newer", "waiting", 1)
    assert recipients(post) == emails


def test_long_queue_is_sent_in_pieces(
    identity: ServiceUnderTest, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    emails = ask_resets(identity, 2)
    monkeypatch.setattr(sending, "SENDING_SECONDS", 0.0)
    settings = settings_for(identity, url=post.plain_url)

    assert send(identity, settings) is True
    assert not post.messages
    monkeypatch.setattr(sending, "SENDING_SECONDS", 10.0)
    assert send(identity, settings) is False
    assert recipients(post) == emails


def test_nothing_is_left_open_by_a_carrier_that_never_connected(
    identity: ServiceUnderTest,
) -> None:
    settings = settings_for(identity, url="smtp://127.0.0.1:1?tls=never")
    assert settings.smtp_server

    SmtpCarrier(settings.smtp_server, settings.sender).close()


class Crash(Exception):
    """The end of a worker."""


def crash(*_: Any, **__: Any) -> None:
    raise Crash


def claim_at(identity: ServiceUnderTest, *, days: int) -> UUID | None:
    with clock.at(JOINED + timedelta(days=days)), identity.session() as session:
        mail = QUEUE.claim_due(session, DELAYS, error=UNFINISHED)
        return mail["id"] if mail else None


def is_right(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    # Not handled: the server tells of it.
    return AuthResult(success=(data.login, data.password) == (b"ada", b"p@ss"), handled=False)
