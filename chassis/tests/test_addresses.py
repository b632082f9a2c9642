"""Which addresses mails reach, and which are one mailbox."""

import pytest

from chassis.mailing.addresses import find_mistake, key_of, keys_of, mailable

MAPPED = ["ⓔxample.org", "eⓧample.org", "ｅxample.org", "example。org", "𝐞xample.org"]


@pytest.mark.parametrize(
    "email",
    [
        *("ada@example.org", "o'neil+tag@mail.example.co.uk", "x" * 64 + "@example.org", "a@b.io"),
        *("zoe@bücher.example", "zoe@BÜCHER.example", "zoe@xn--bcher-kva.example"),
        *("döner@straße.de", "हिन्दी@उदाहरण.भारत", "=x?@example.org", "a@ab--c.org", "a@1x.org"),
    ],
)
def test_what_mails_reach_is_an_address(email: str) -> None:
    assert find_mistake(email) is None
    assert mailable(email)


@pytest.mark.parametrize(
    "email",
    [
        *("eva@localhost", "eva@x.localhost", "eva@[127.0.0.1]", "eva@127.0.0.1", "eva@com"),
        *("x" * 65 + "@example.org", "é" * 33 + "@example.org", f"a@{'x' * 64}.org"),
        "a" * 60 + "@" + ".".join(["x" * 60] * 4),
        *("a@-x.org", "a@x-.org", "a@x_y.org", "a@example.org.", "a@.org", "a@ex..org", "a@"),
        *("a@xn--zzzz.org", "a@xn--a.org", "a@bü cher.de", *(f"a@{domain}" for domain in MAPPED)),
        *("@example.org", "example.org", "a..b@c.org", ".a@c.org", '"a"@c.org', "a,b@c.org"),
        *("mailto:a@c.org", "Ada <a@c.org>", "a\u202eb@c.org", "a\u200bb@c.org", "a\u00adb@c.org"),
        *("a\ufe0f@c.org", "a b@c.org", "=?utf-8?q?a=0D=0ABcc:_b?=@c.org", "a@b@c.org"),
    ],
)
def test_what_no_mail_reaches_is_none(email: str) -> None:
    assert find_mistake(email)


def test_spellings_of_one_mailbox_have_one_key() -> None:
    composed, decomposed = "Ren\u00e9@Example.ORG", " rene\u0301@example.org "

    assert key_of(composed) == key_of(decomposed) == "ren\u00e9@example.org"
    assert key_of("zoe@bücher.example") == key_of("ZOE@XN--BCHER-KVA.example")
    assert key_of("zoe@BU\u0308CHER.example") == "zoe@xn--bcher-kva.example"
    assert {key_of(f"a@{domain}") for domain in MAPPED} == {"a@example.org"}
    assert key_of("a@straße.de") != key_of("a@strasse.de")


@pytest.mark.parametrize("email", ["", "@", "a@ü..x", "a@" + "ü" * 300, "ü", "\u200b@\u200b"])
def test_what_is_no_address_has_a_key_too(email: str) -> None:
    assert key_of(email) in keys_of(email)


def test_keys_of_before_are_known_the_holder_s_own_spelling_first() -> None:
    assert keys_of("Zoe@Bücher.example") == ["zoe@bücher.example", "zoe@xn--bcher-kva.example"]
    assert keys_of("zoe@xn--bcher-kva.example") == [
        "zoe@xn--bcher-kva.example",
        "zoe@bücher.example",
    ]
    assert keys_of("ada@example.org") == ["ada@example.org"]
