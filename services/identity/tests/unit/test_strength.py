"""Refusing passwords that others would guess, and no others."""

import time

import pytest

from services.identity.errors import PasswordWeak
from services.identity.passwords import require_strong, weakness_of

GRACE = {"name": "Grace Brewster-Hopper", "email": "amazing.grace@example.org"}
FEW = "It has too few different characters."
AGAIN = "It says one thing again and again."
KNOWN = "It is mostly your name, your address, or keys and words that everybody tries."
STOLEN = "It stands in lists of stolen passwords."


@pytest.mark.parametrize(
    "password",
    [
        "a pass phrase of mine",
        "not my pass phrase",
        "correct horse battery staple",
        "a long secret",
        "a long sentence of mine",
        "open sesame, said Ali",
        "le chat dort sur le lit",
        "Il pleut sur la ville, comme dans mon cœur.",
        "trois vélos & un tuba",
        "nous irons au bois, les lauriers sont coupés",
        "my sister Grace sells sea shells",
        "who would guess amazing.grace of all people",
        "Grace Hopper never liked hot chocolate",
        "the password is hidden under the carpet",
        "welcome to the house of fun",
        "power tools & overstuffed sofas",
        "1234 sardines dans une boîte",
        "qwerty is not a word in any language",
        "never gonna, never gonna, never gonna give",
        "tweedledum and tweedledee agreed",
        "на дворе трава, на траве дрова",
        "床前明月光疑是地上霜举头望明月",
        "V7#qLw9!xRz2",
        "zq4-Tm8-hYb-p1w",
        "8f14e45fceea167a",
        "correct horse battery staple, correct horse battery staple",
        "kettle of fishkettle of fish",
        "gracebrewsterhopper sells shells",
        "a" * 30 + " kettle of fish, said the fishmonger",
    ],
)
def test_no_long_phrase_and_no_random_password_is_refused(password: str) -> None:
    assert weakness_of(password, **GRACE) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("aaaaaaaaaaaa", FEW),
        ("ababcababcab", FEW),
        ("112233112233", FEW),
        ("éÉèÈeEêÊëËéÉ", FEW),
        ("passwordpassword", AGAIN),
        ("abcdeabcdeabcde", AGAIN),
        ("Tr0ub4Tr0ub4Tr", AGAIN),
        ("Kettle kettle KETTLE ", AGAIN),
        ("GraceHopper1906", KNOWN),
        ("Grace Hopper!!", KNOWN),
        ("hopper-brewster", KNOWN),
        ("gracé.hoppér.2", KNOWN),
        ("amazing.grace1", KNOWN),
        ("AmazingGrace99", KNOWN),
        ("skiller-grace-1", KNOWN),
        ("Password!2024!", KNOWN),
        ("azertyuiop123", KNOWN),
        ("qwerty-098765", KNOWN),
        ("abcdefghijklm", KNOWN),
        ("poiuytreza654", KNOWN),
        ("$$$$$$$$$$$$abcd", KNOWN),
        ("administrator", STOLEN),
        ("AdminIstrator", STOLEN),
        ("Administrator2024!", STOLEN),
        ("Masterdungeon", STOLEN),  # listed with this letter alone
        ("KetchupAnser22", STOLEN),  # and this one small, with its number alone
        ("manchesterunited", STOLEN),
        ("1q2w3e4r5t6y7u", STOLEN),
        ("correcthorsebatterystaple", STOLEN),
    ],
)
def test_password_that_others_would_guess_is_refused_with_the_reason(
    password: str, why: str
) -> None:
    assert weakness_of(password, **GRACE) == why


def test_refusal_names_the_field_and_not_the_password() -> None:
    with pytest.raises(PasswordWeak) as caught:
        require_strong("GraceHopper1906", **GRACE)

    assert caught.value.errors == {"password": [KNOWN]}
    assert "1906" not in str(caught.value)


def test_what_is_weak_for_one_person_may_do_for_another() -> None:
    password = "Hopper-Brewster"

    assert weakness_of(password, **GRACE) == KNOWN
    assert weakness_of(password, name="Ada Lovelace", email="ada@example.org") is None


@pytest.mark.parametrize(
    ("name", "email"),
    [("Li", "x@example.org"), ("é", "@example.org"), ("", ""), ("李", "李@例.cn")],
)
def test_short_names_are_found_in_nothing(name: str, email: str) -> None:
    assert weakness_of("trois vélos & un tuba", name=name, email=email) is None


@pytest.mark.parametrize(
    "password", ["a pass phrase of mine", "abcd efgh 12345 " * 12 + "é", "x" * 200]
)
def test_it_costs_nothing_beside_a_hash(password: str) -> None:
    started = time.perf_counter()
    for _ in range(20):
        weakness_of(password, **GRACE)

    assert (time.perf_counter() - started) / 20 < 0.005
