"""Every mail in both languages: what it says, and that it says it safely."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from string import Formatter
from typing import Any, get_args
from uuid import UUID

import pytest

from chassis import clock
from chassis.mailing.addresses import read_sender
from chassis.mailing.failures import MailRefused
from services.identity.actions.mails import MailKind
from services.identity.mailing.letter import Letter, Named
from services.identity.mailing.message import make_message
from services.identity.mailing.wording import PARTS, put_into_words, read_texts

SUBJECTS = {
    "invitation": (
        "«\u00a0Ada\u00a0» vous invite à rejoindre Skiller",
        "“Ada” invites you to join Skiller",
    ),
    "invitation_reminder": (
        "«\u00a0Ada\u00a0» vous attend toujours sur Skiller",
        "“Ada” is still expecting you on Skiller",
    ),
    "request_sponsored": (
        "«\u00a0Ada\u00a0» vous ouvre la porte de Skiller",
        "“Ada” opens the door of Skiller to you",
    ),
    "already_member": (
        "«\u00a0Ada\u00a0» voulait vous inviter sur Skiller",
        "“Ada” wanted to invite you to Skiller",
    ),
    "request_confirmation": (
        "Confirmez votre demande d’invitation",
        "Confirm your request for an invitation",
    ),
    "request_by_member": (
        "Vous êtes déjà membre de Skiller",
        "You are a member of Skiller already",
    ),
    "password_reset": ("Choisissez un nouveau mot de passe", "Choose a new password"),
    "reset_refused": ("Votre compte est suspendu", "Your account is suspended"),
    "password_changed": ("Votre mot de passe a changé", "Your password has changed"),
    "new_device": (
        "Un nouvel appareil s’est connecté à votre compte",
        "A new device signed in to your account",
    ),
    "old_address": ("Confirmez votre changement d’adresse", "Confirm your change of address"),
    "new_address": ("Confirmez votre nouvelle adresse", "Confirm your new address"),
    "own_address": ("Confirmez votre adresse", "Confirm your address"),
    "address_changed": ("Votre adresse a changé", "Your address has changed"),
}
WITHOUT_LINK = {"reset_refused", "password_changed", "new_device", "address_changed"}
LINK = "https://skiller.example/x/AbC_-123"
WIDE = Named("Ada Lovelace-Žižková 李雷", "member")
MAIL_ID = UUID("0190f000-0000-7000-8000-000000000001")
SENDER = read_sender("Skiller d’ici <skiller@example.org>")
FACTS = {
    "inviter": Named("Ada", "member"),
    "member": Named("Ada", "member"),
    "address": "new@example.org",
    # When 1 August is over on the last island.
    "until": datetime(2026, 8, 2, 12, 0, tzinfo=UTC),
}
each_kind = pytest.mark.parametrize("kind", SUBJECTS)
each_locale = pytest.mark.parametrize("locale", ["fr", "en"])


def letter(kind: str = "invitation", locale: str = "fr", **more: Any) -> Letter:
    link = None if kind in WITHOUT_LINK else LINK
    usual = {"email": "grace@example.org", "link": link, "facts": FACTS}
    return Letter(kind=kind, locale=locale, **{**usual, **more})


def sent(one: Letter) -> EmailMessage:
    """The mail as its reader's program parses it."""
    made = make_message(one, mail_id=MAIL_ID, sender=SENDER)
    parsed = message_from_bytes(made.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def bodies(message: EmailMessage) -> tuple[str, str]:
    return tuple(part.get_content() for part in message.iter_parts())  # type: ignore[return-value]


@each_kind
def test_subject_says_what_it_is_about(kind: str) -> None:
    assert (
        put_into_words(letter(kind, "fr")).subject,
        put_into_words(letter(kind, "en")).subject,
    ) == SUBJECTS[kind]


@each_locale
def test_there_are_words_for_every_kind_and_for_no_other(locale: str) -> None:
    assert set(read_texts(locale)) - {"common"} == set(SUBJECTS)
    assert set(get_args(MailKind)) <= set(SUBJECTS)


def test_languages_have_the_same_parts_and_placeholders() -> None:
    french, english = read_texts("fr"), read_texts("en")

    for kind in french:
        assert set(french[kind]) == set(english[kind]), kind
        for part in french[kind]:
            assert placeholders(french[kind][part]) == placeholders(english[kind][part])
        if kind != "common":
            assert {"subject", "paragraphs", "why"} <= set(french[kind]) <= PARTS


@each_locale
@each_kind
def test_link_stands_once_in_the_text_and_once_in_the_html(kind: str, locale: str) -> None:
    text, html = bodies(sent(letter(kind, locale)))

    times = 0 if kind in WITHOUT_LINK else 1
    assert text.count(LINK) == text.splitlines().count(LINK) == times
    assert html.count(LINK) == html.count(f'href="{LINK}"') == times


@each_locale
@each_kind
def test_nothing_is_left_to_be_filled_in(kind: str, locale: str) -> None:
    message = sent(letter(kind, locale, note="Viens !"))

    for words in (message["Subject"], *bodies(message)):
        assert not re.search(r"[{}]|\bNone\b", words)


@each_locale
@each_kind
def test_each_says_why_one_gets_it_and_what_to_do_if_it_is_for_another(
    kind: str, locale: str
) -> None:
    text, html = bodies(sent(letter(kind, locale)))

    why, otherwise = {
        "fr": ("Pourquoi ce message\u00a0? ", " Si "),
        "en": ("Why this message? ", " If "),
    }[locale]
    for words in (text, html):
        told = " ".join(words.split(why)[1].split())
        assert otherwise in told


def test_french_is_set_as_french_is() -> None:
    for words in strings(read_texts("fr")):
        assert not re.search(r"['\"]|\.\.\.|[^\u00a0][:;!?»]|«[^\u00a0]", words), words


def test_no_name_stands_where_french_would_elide() -> None:
    assert not [words for words in strings(read_texts("fr")) if re.search(r"\b(de|que) {", words)]


def test_day_is_told_in_the_words_of_the_language() -> None:
    assert "jusqu’au 1er août 2026" in put_into_words(letter(locale="fr")).html
    assert "until 1 August 2026" in put_into_words(letter(locale="en")).html


@pytest.mark.parametrize(
    ("until", "day"),
    [
        ("2026-12-09T15:27:00+00:00", "8 December 2026"),
        ("2026-12-09T12:00:00+00:00", "8 December 2026"),
        ("2026-12-09T11:59:59+00:00", "7 December 2026"),
        ("2026-12-09T16:00:00+13:00", "7 December 2026"),
    ],
)
def test_what_is_named_is_the_last_day_that_is_good_to_its_end_wherever_one_lives(
    until: str, day: str
) -> None:
    moment = datetime.fromisoformat(until)

    text = put_into_words(letter(locale="en", facts={**FACTS, "until": moment})).text

    assert f"until {day}." in text
    named = datetime.strptime(day, "%d %B %Y").replace(tzinfo=timezone(timedelta(hours=-12)))
    assert named + timedelta(days=1) <= moment


def test_note_is_quoted_line_by_line_in_the_text() -> None:
    note = "Viens,\r\n\r\n" + "je t’attends " * 10

    text, html = bodies(sent(letter(note=note)))

    quoted = [line for line in text.splitlines() if line.startswith(">")]
    assert quoted[:2] == ["> Viens,", ">"] and len(quoted) > 3
    assert max(map(len, text.splitlines())) <= 76
    assert "<blockquote" in html
    assert "<blockquote" not in put_into_words(letter(note=" ")).html


def test_what_people_wrote_is_escaped_in_html() -> None:
    name, note = "Ada <b>&", '<img src="https://evil.example/x.png" onerror="steal()">'

    html = put_into_words(letter(facts={**FACTS, "inviter": Named(name, "member")}, note=note)).html

    assert "«\u00a0Ada &lt;b&gt;&amp;\u00a0» vous invite" in html
    assert "<b>" not in html and "<img" not in html and "&lt;img" in html


def test_braces_in_a_name_are_letters() -> None:
    name = "{until} {link.__class__}"

    words = put_into_words(letter(facts={**FACTS, "inviter": Named(name, "member")}))

    assert words.subject == f"«\u00a0{name}\u00a0» vous invite à rejoindre Skiller"


def test_staff_are_marked_beside_their_name_and_names_of_before_that_may_mislead_left_out() -> None:
    subjects = [
        put_into_words(letter(locale=locale, facts={**FACTS, "inviter": inviter})).subject
        for locale in ("fr", "en")
        for inviter in (
            Named("Ada", "administrator"),
            Named("Ada", "moderator"),
            Named(None, "member"),
        )
    ]

    assert subjects == [
        "«\u00a0Ada\u00a0» (administration) vous invite à rejoindre Skiller",
        "«\u00a0Ada\u00a0» (modération) vous invite à rejoindre Skiller",
        "Un membre vous invite à rejoindre Skiller",
        "“Ada” (administrator) invites you to join Skiller",
        "“Ada” (moderator) invites you to join Skiller",
        "A member invites you to join Skiller",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_nobody_s_words_make_a_header(end: str) -> None:
    inviter = f"Ada{end}Bcc: all@example.org{end}{end}Hello"

    facts = {**FACTS, "inviter": Named(inviter, "member")}
    message = sent(letter(facts=facts, note=f"x{end}Bcc: all@example.org"))

    assert message["Bcc"] is None
    assert "Bcc: all@example.org" in message["Subject"]
    assert message.get_content_type() == "multipart/alternative"


ENCODED = [
    "=?utf-8?q?Ada=0D=0A=0D=0APay_http://evil.example_?=",
    "=?utf-8?q?Ada=0D=0AReply-To:_thief=40evil.example?=",
    "=?utf-8?b?4oCuQWRh?=",
    "=?utf-8?q?Grace_Hopper?= =?utf-8?q?again?=",
    "=?us-ascii?Q?a?=b",
    "=?x?=?=",
]


@each_locale
@pytest.mark.parametrize(
    "name", [*ENCODED, "é" * 100, "a" * 100, "\U0001f600" * 100, "a b " * 25, 'Ada, "Q" <a@b.c>;']
)
def test_a_name_stands_in_the_subject_letter_by_letter(name: str, locale: str) -> None:
    one = letter(locale=locale, facts={**FACTS, "inviter": Named(name.strip(), "member")})

    made = make_message(one, mail_id=MAIL_ID, sender=SENDER).as_bytes()
    head, _, body = made.partition(b"\r\n\r\n")

    assert message_from_bytes(made, policy=default)["Subject"] == put_into_words(one).subject
    assert name.strip() in put_into_words(one).subject
    assert head.isascii() and max(map(len, head.split(b"\r\n"))) <= 78
    assert {line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"} == {
        *(b"Subject", b"From", b"To", b"Date", b"Message-ID", b"Auto-Submitted"),
        *(b"MIME-Version", b"Content-Type", b"Content-Language"),
    }
    assert body.startswith(b"--==")


@pytest.mark.parametrize(
    "email",
    [
        "=?utf-8?q?a=0D=0ABcc:_b?=@example.org",
        "=?utf-8?b?4oCuQWRh?=@example.org",
        "a=?b@example.org",
    ],
)
def test_no_address_is_written_to_that_a_program_may_decode(email: str) -> None:
    with pytest.raises(MailRefused):
        sent(letter(email=email))


def test_headers_say_from_whom_to_whom_in_which_language_and_that_no_one_need_answer() -> None:
    moment = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

    with clock.at(moment):
        message = sent(letter(locale="en", facts={**FACTS, "inviter": WIDE}))

    assert dict(message.items()) == {
        "Subject": "“Ada Lovelace-Žižková 李雷” invites you to join Skiller",
        "From": "Skiller d’ici <skiller@example.org>",
        "To": "grace@example.org",
        "Date": "Mon, 05 Jan 2026 12:00:00 +0000",
        "Message-ID": f"<{MAIL_ID}@example.org>",
        "Content-Language": "en",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }


def test_what_travels_is_ascii_in_short_lines() -> None:
    name = "Ærøskøbing " * 9

    made = make_message(
        letter(facts={**FACTS, "inviter": Named(name, "member")}), mail_id=MAIL_ID, sender=SENDER
    ).as_bytes()

    assert made.isascii()
    assert max(map(len, made.split(b"\r\n"))) <= 998


@each_locale
@each_kind
def test_html_is_whole_and_fetches_nothing(kind: str, locale: str) -> None:
    html = put_into_words(letter(kind, locale, note="Viens !")).html

    reader = Reader()
    reader.feed(html)

    assert reader.open == []
    assert reader.language == locale
    assert reader.fetched <= {LINK}
    assert not re.search(r"url\(|@import|<script|<img|<link", html)


class Reader(HTMLParser):
    """Notes what a page fetches or leads to, and what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: set[str | None] = set()
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched |= {value for name, value in attrs if name in ("href", "src", "background")}
        if tag == "html":
            self.language = dict(attrs)["lang"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def placeholders(value: Any) -> list[str]:
    fields = [field for text in strings(value) for _, field, _, _ in Formatter().parse(text)]
    return sorted({field for field in fields if field})
