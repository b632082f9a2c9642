"""Rotating refresh tokens: a lost answer is forgiven, a theft closes the session."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from chassis import clock
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.identity.models import MemberSession, RefreshToken
from services.identity.tests.factories import (
    JOINED,
    add_member,
    at_once,
    code_of,
    payload_of,
    refresh,
    set_state,
    sign_in,
)

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
REUSED, INVALID = (401, "refresh_token_reused"), (401, "refresh_token_invalid")


@pytest.fixture
def first(identity: ServiceUnderTest) -> str:
    """Ada's refresh token, given at JOINED."""
    add_member(identity, "Ada")
    with clock.at(JOINED):
        token: str = sign_in(identity).get_json()["refresh_token"]
    return token


def refreshed(identity: ServiceUnderTest, token: str) -> str:
    """The token that a good one is rotated into."""
    response = refresh(identity, token)
    assert response.status_code == 200, response.text
    successor: str = response.get_json()["refresh_token"]
    return successor


def test_refreshing_gives_new_tokens_of_the_same_session(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    before = sign_in(identity).get_json()

    after = refresh(identity, before["refresh_token"]).get_json()

    assert after["refresh_token"] != before["refresh_token"]
    claims = [payload_of(tokens["access_token"]) for tokens in (before, after)]
    assert claims[0]["sid"] == claims[1]["sid"] and claims[0]["sub"] == claims[1]["sub"]
    assert refresh(identity, after["refresh_token"]).status_code == 200


def test_lost_answer_is_asked_for_again_within_thirty_seconds(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + DAY):
        second = refreshed(identity, first)

    with clock.at(JOINED + DAY + 30 * SECOND):
        sibling = refreshed(identity, first)

    with clock.at(JOINED + 2 * DAY):
        successors = {refreshed(identity, second), refreshed(identity, sibling)}
    assert len({first, second, sibling, *successors}) == 5


def test_used_token_shown_later_closes_the_session_for_thief_and_member(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + DAY):
        second = refreshed(identity, first)

    with clock.at(JOINED + DAY + 31 * SECOND):
        thief = refresh(identity, first)
        member = refresh(identity, second)
        again = refresh(identity, first)

    assert [code_of(answer) for answer in (thief, member, again)] == [REUSED, INVALID, INVALID]
    assert thief.headers["WWW-Authenticate"] == "Bearer"
    with identity.session() as session:
        assert session.scalars(select(MemberSession.closed_at)).one() is not None


def test_older_token_closes_the_session_even_within_thirty_seconds(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + DAY):
        third = refreshed(identity, refreshed(identity, first))

        assert code_of(refresh(identity, first)) == REUSED
        assert code_of(refresh(identity, third)) == INVALID


def test_fourth_sibling_closes_the_session(identity: ServiceUnderTest, first: str) -> None:
    with clock.at(JOINED + DAY):
        tokens = {refreshed(identity, first) for _ in range(4)}

        fifth = refresh(identity, first)

    assert len(tokens) == 4
    assert code_of(fifth) == REUSED


def test_one_closed_session_leaves_the_others_open(identity: ServiceUnderTest, first: str) -> None:
    with clock.at(JOINED + DAY):
        other = sign_in(identity).get_json()["refresh_token"]
        refreshed(identity, first)
    with clock.at(JOINED + 2 * DAY):
        refresh(identity, first)

        assert refresh(identity, other).status_code == 200


def test_twins_that_refresh_at_once_get_one_rotation_and_one_sibling(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada")
    token = sign_in(identity).get_json()["refresh_token"]

    answers = at_once(
        identity,
        "SELECT 1 FROM refresh_tokens FOR UPDATE",
        [lambda: refresh(identity, token)] * 2,
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    with identity.session() as session:
        given = session.scalar(select(func.count()).select_from(RefreshToken))
        moments = session.scalars(
            select(RefreshToken.rotated_at).where(RefreshToken.rotated_at.is_not(None))
        )
        assert (given, len(moments.all())) == (3, 1)


def test_of_two_that_ask_for_the_last_sibling_at_once_one_gets_it(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada")
    token = sign_in(identity).get_json()["refresh_token"]
    for _ in range(3):
        refreshed(identity, token)

    answers = at_once(
        identity, "SELECT 1 FROM sessions FOR UPDATE", [lambda: refresh(identity, token)] * 2
    )

    [refused] = [answer for answer in answers if answer.status_code != 200]
    assert code_of(refused) == REUSED


def test_session_lives_thirty_days_from_the_last_refresh(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + 30 * DAY - SECOND):
        second = refreshed(identity, first)

    with clock.at(JOINED + 60 * DAY - 2 * SECOND):
        third = refreshed(identity, second)
    with clock.at(JOINED + 90 * DAY - 2 * SECOND):
        late = refresh(identity, third)

    assert code_of(late) == INVALID


def test_unknown_token_is_not_valid(identity: ServiceUnderTest, first: str) -> None:
    assert code_of(refresh(identity, "x" * 43)) == INVALID
    assert code_of(refresh(identity, first[:-1])) == INVALID


def test_suspended_member_gets_no_new_tokens(identity: ServiceUnderTest, first: str) -> None:
    with identity.session() as session:
        ada = Person("Ada", session.scalars(select(MemberSession.member_id)).one())

    with clock.at(JOINED + DAY):
        set_state(identity, ada, "suspended")
        refused = refresh(identity, first)
        set_state(identity, ada, "active")
        accepted = refresh(identity, first)

    assert code_of(refused) == (403, "member_suspended")
    assert accepted.status_code == 200
