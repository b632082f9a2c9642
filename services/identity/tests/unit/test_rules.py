"""Decisions about invitations, refresh tokens and links."""

from datetime import UTC, datetime, timedelta

import pytest

from services.identity import rules

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def state(**facts: object) -> str:
    usual = {"used_at": None, "revoked_at": None, "expires_at": NOW + SECOND, "now": NOW}
    return rules.invitation_state(**{**usual, **facts})  # type: ignore[arg-type]


def test_invitation_is_open_until_the_moment_it_expires() -> None:
    assert state() == "open"
    assert state(expires_at=NOW) == "expired"


def test_used_invitation_stays_used_whatever_else_happens() -> None:
    assert state(used_at=NOW, expires_at=NOW, sponsor_state="left") == "used"


@pytest.mark.parametrize("sponsor_state", ["suspended", "left"])
def test_invitation_of_an_inactive_sponsor_counts_as_revoked(sponsor_state: str) -> None:
    assert state(sponsor_state=sponsor_state) == "revoked"
    assert state(sponsor_state="active") == "open"


def test_token_not_yet_rotated_rotates() -> None:
    assert rules.refresh_meaning(rotated_at=None, successors_rotated_at=[], now=NOW) == "rotate"


@pytest.mark.parametrize(
    ("age", "meaning"),
    [(timedelta(0), "sibling"), (30 * SECOND, "sibling"), (31 * SECOND, "reuse")],
)
def test_token_just_rotated_is_accepted_for_thirty_seconds(age: timedelta, meaning: str) -> None:
    found = rules.refresh_meaning(rotated_at=NOW - age, successors_rotated_at=[None], now=NOW)

    assert found == meaning


@pytest.mark.parametrize(
    ("successors", "meaning"), [(1, "sibling"), (3, "sibling"), (4, "reuse"), (5, "reuse")]
)
def test_token_has_at_most_three_siblings_of_its_successor(successors: int, meaning: str) -> None:
    found = rules.refresh_meaning(
        rotated_at=NOW, successors_rotated_at=[None] * successors, now=NOW
    )

    assert found == meaning


def test_token_whose_successor_was_rotated_is_an_older_one() -> None:
    found = rules.refresh_meaning(
        rotated_at=NOW - SECOND, successors_rotated_at=[None, NOW], now=NOW
    )

    assert found == "reuse"


def test_session_ends_when_closed_or_at_its_last_moment() -> None:
    ending = {"closed_at": None, "expires_at": NOW}

    assert rules.is_session_open(**ending, now=NOW - SECOND)  # type: ignore[arg-type]
    assert not rules.is_session_open(**ending, now=NOW)  # type: ignore[arg-type]
    assert not rules.is_session_open(closed_at=NOW, expires_at=NOW + SECOND, now=NOW)


def test_link_has_one_slash_after_the_address() -> None:
    assert rules.join_url("https://skiller.example/", "t") == "https://skiller.example/join/t"
