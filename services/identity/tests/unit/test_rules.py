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


def meaning(
    *, rotated: timedelta | None = None, ended: timedelta | None = None, successors: list[bool]
) -> str:
    """Of a token rotated or ended so long ago; `successors` says of each whether it was used."""
    return rules.refresh_meaning(
        rotated_at=None if rotated is None else NOW - rotated,
        ended_at=None if ended is None else NOW - ended,
        successors_rotated_at=[NOW if is_used else None for is_used in successors],
        now=NOW,
    )


def test_token_not_yet_rotated_rotates() -> None:
    assert meaning(successors=[]) == "rotate"


@pytest.mark.parametrize(
    ("age", "found"), [(0, "sibling"), (30, "sibling"), (31, "again"), (86_400 * 29, "again")]
)
def test_token_whose_successor_was_never_used_stays_good(age: int, found: str) -> None:
    assert meaning(rotated=age * SECOND, successors=[False]) == found


@pytest.mark.parametrize(
    ("count", "found"), [(1, "sibling"), (3, "sibling"), (4, "refuse"), (5, "refuse")]
)
def test_more_than_three_siblings_are_refused_and_close_nothing(count: int, found: str) -> None:
    assert meaning(rotated=SECOND, successors=[False] * count) == found


@pytest.mark.parametrize(("age", "found"), [(0, "refuse"), (30, "refuse"), (31, "reuse")])
def test_token_whose_successor_was_used_is_an_older_one_after_the_grace(
    age: int, found: str
) -> None:
    assert meaning(rotated=age * SECOND, successors=[False, True]) == found


@pytest.mark.parametrize(("age", "found"), [(0, "refuse"), (30, "refuse"), (31, "reuse")])
def test_token_whose_place_a_sibling_took_is_a_theft_after_the_grace(age: int, found: str) -> None:
    assert meaning(ended=age * SECOND, successors=[]) == found


def test_session_ends_ninety_days_after_it_was_opened() -> None:
    ends = [
        rules.session_end(opened_at=NOW - timedelta(days=days), now=NOW) - NOW
        for days in (0, 60, 70, 90, 100)
    ]

    assert [end.days for end in ends] == [30, 30, 20, 0, -10]


def test_session_ends_when_closed_or_at_its_last_moment() -> None:
    ending = {"closed_at": None, "expires_at": NOW}

    assert rules.is_session_open(**ending, now=NOW - SECOND)  # type: ignore[arg-type]
    assert not rules.is_session_open(**ending, now=NOW)  # type: ignore[arg-type]
    assert not rules.is_session_open(closed_at=NOW, expires_at=NOW + SECOND, now=NOW)


def test_link_has_one_slash_after_the_address() -> None:
    assert rules.join_url("https://skiller.example/", "t") == "https://skiller.example/join/t"
