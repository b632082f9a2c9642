"""The mail server, the sender and addresses, as people write them."""

import pytest

from chassis import settings
from chassis.mailing.addresses import mailable, read_sender
from chassis.mailing.failures import MailRefused
from chassis.mailing.server import SmtpServer, read_smtp_url
from chassis.settings import NO_SECRET, Secret, SettingsError
from services.identity.config import Settings

DATABASE = {"SKILLER_DATABASE_URL": "postgresql://nobody@localhost/none"}


def read(**environ: str) -> Settings:
    return settings.read(Settings, DATABASE | environ)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtp://u:p%40%2F@m.example",
            SmtpServer("m.example", 587, "starttls", "u", Secret("p@/")),
        ),
        ("smtps://m.example/", SmtpServer("m.example", 465, "always", None, NO_SECRET)),
        ("smtp://[::1]:25?tls=never", SmtpServer("::1", 25, "never", None, NO_SECRET)),
    ],
)
def test_url_says_where_and_how(url: str, server: SmtpServer) -> None:
    assert read_smtp_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "http://m.example",
        "m.example:25",
        "smtp://",
        "smtp://u:hid/den@m.example",
        "smtp://u:hid#den@m.example",
        "smtp://u:hid?den@m.example",
        "smtp://m.example:hidden",
        "smtp://m.example?tls=maybe",
        "smtp://m.example?tls=never&tls=never",
        "smtps://m.example?tls=never",
        "smtp://u:hidden@m.example?tls=never",
        "smtp://u@m.example",
        "smtp://[::1",
    ],
)
def test_wrong_url_is_reported_at_the_start_without_its_secret(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(SKILLER_SMTP_URL=url, SKILLER_MAIL_FROM="a@example.org", SKILLER_SIGNING_KEY="none")

    told = str(caught.value)
    assert "SKILLER_SMTP_URL: " in told and "SKILLER_SIGNING_KEY: " in told
    assert "hid" not in told


def test_server_needs_a_sender_that_it_may_send_for() -> None:
    with pytest.raises(SettingsError, match="SKILLER_MAIL_FROM: is required"):
        read(SKILLER_SMTP_URL="smtp://m.example")

    assert read().smtp_server is None and read().sender.addr_spec == "skiller@localhost"


def test_settings_do_not_show_the_server_s_password() -> None:
    known = read(SKILLER_SMTP_URL="smtp://u:hidden@m.example", SKILLER_MAIL_FROM="a@example.org")

    assert "hidden" not in repr(known) + repr(known.smtp_server)


@pytest.mark.parametrize(
    "sender", ["", "nobody", "a@b.example, c@d.example", "é@b.example", "A <>"]
)
def test_sender_is_one_address(sender: str) -> None:
    with pytest.raises(SettingsError, match="SKILLER_MAIL_FROM"):
        read(SKILLER_MAIL_FROM=sender)


def test_sender_has_a_name_and_a_domain_of_any_letters() -> None:
    sender = read_sender("Notre réseau <bonjour@skillèr.example>")

    assert str(sender) == "Notre réseau <bonjour@xn--skillr-7ua.example>"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("Ada@Example.ORG", "Ada@Example.ORG"),
        ("o'neil+x@example.org", "o'neil+x@example.org"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("josé@exämple.example", "josé@xn--exmple-cua.example"),
    ],
)
def test_domain_of_any_letters_is_written_in_ascii(address: str, written: str) -> None:
    assert mailable(address).addr_spec == written


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "@example.org",
        "a@",
        "a@b..example",
        "a b@example.org",
        '"a b"@example.org',
        "a@[127.0.0.1]",
        "a@\u2060.example",
        "a\r\nBcc: c@example.org",
        "a\r\n@example.org",
        "a@example.org>\r\nDATA",
    ],
)
def test_what_no_mail_can_reach_is_refused(address: str) -> None:
    with pytest.raises(MailRefused) as caught:
        mailable(address)

    assert "example" not in caught.value.reason
