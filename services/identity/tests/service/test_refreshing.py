"""Rotating refresh tokens: a lost answer is forgiven, a theft closes the session."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import SessionClosed
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
ROTATED = (409, "refresh_token_rotated")
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


def test_lost_answer_is_asked_for_again_for_as_long_as_nobody_used_it(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + DAY):
        lost = refreshed(identity, first)

    with clock.at(JOINED + DAY + 32 * SECOND):
        second = refreshed(identity, first)
    with clock.at(JOINED + 9 * DAY):
        third = refreshed(identity, second)

    assert len({first, lost, second, third}) == 4


def test_of_two_siblings_the_one_used_first_takes_the_other_ones_place(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + DAY):
        member, thief = refreshed(identity, first), refreshed(identity, first)
    with clock.at(JOINED + 2 * DAY):
        member = refreshed(identity, member)
        soon = refresh(identity, thief)
    with clock.at(JOINED + 2 * DAY + 31 * SECOND):
        later = refresh(identity, thief)
        both = refresh(identity, member)

    assert [code_of(answer) for answer in (soon, later, both)] == [ROTATED, REUSED, INVALID]


def test_copy_of_a_used_token_is_found_out_when_the_member_goes_on(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + DAY):
        member = refreshed(identity, first)
    with clock.at(JOINED + DAY + 31 * SECOND):
        thief = refreshed(identity, first)
    with clock.at(JOINED + DAY + 600 * SECOND):
        found_out = refresh(identity, member)
        out = refresh(identity, thief)

    assert [code_of(answer) for answer in (found_out, out)] == [REUSED, INVALID]
    assert found_out.headers["WWW-Authenticate"] == "Bearer"
    [closed] = identity.published(SessionClosed)
    with identity.session() as session:
        row = session.scalars(select(MemberSession)).one()
    assert (closed.session_id, closed.closed_at) == (row.id, row.closed_at)


def test_older_token_closes_the_session_after_the_grace_and_nothing_before(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + DAY):
        third = refreshed(identity, refreshed(identity, first))
        within = refresh(identity, first)
        third = refreshed(identity, third)
    with clock.at(JOINED + DAY + 31 * SECOND):
        after = refresh(identity, first)
        closed = refresh(identity, third)

    assert [code_of(answer) for answer in (within, after, closed)] == [ROTATED, REUSED, INVALID]


def test_fifth_tab_is_refused_and_the_others_go_on(identity: ServiceUnderTest, first: str) -> None:
    with clock.at(JOINED + DAY):
        tokens = [refreshed(identity, first) for _ in range(4)]
        fifth = refresh(identity, first)

        assert code_of(fifth) == ROTATED
        assert refresh(identity, tokens[-1]).status_code == 200


@pytest.mark.parametrize("tabs", [2, 5, 8])
def test_tabs_of_one_browser_that_refresh_at_once_stay_signed_in(
    identity: ServiceUnderTest, tabs: int
) -> None:
    add_member(identity, "Ada")
    token = sign_in(identity).get_json()["refresh_token"]

    answers = parallel([lambda: refresh(identity, token)] * tabs)

    granted = [answer for answer in answers if answer.status_code == 200]
    assert len(granted) == min(tabs, 4)
    assert {code_of(answer) for answer in answers if answer.status_code != 200} <= {ROTATED}
    assert refresh(identity, granted[0].get_json()["refresh_token"]).status_code == 200


def parallel(calls: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.booleans(), st.sampled_from([1, 20, 29, 31, 900, 86_400])),
        max_size=12,
    )
)
def test_client_that_keeps_its_newest_token_is_never_signed_out(
    identity: ServiceUnderTest, steps: list[tuple[int, bool, int]]
) -> None:
    """Whatever answers are lost, however many of its tabs ask at once, whenever it comes back."""
    email = f"ada-{new_id()}@example.org"
    add_member(identity, "Ada", email=email)
    with clock.at(JOINED):
        token = sign_in(identity, email).get_json()["refresh_token"]

    moment = JOINED
    for tabs, is_lost, seconds in steps:
        moment += seconds * SECOND
        with clock.at(moment):
            answers = [refresh(identity, token) for _ in range(tabs)]
        granted = [answer for answer in answers if answer.status_code == 200]
        assert {code_of(answer) for answer in answers if answer.status_code != 200} <= {ROTATED}
        if granted and not is_lost:
            token = granted[-1].get_json()["refresh_token"]


def test_one_closed_session_leaves_the_others_open(identity: ServiceUnderTest, first: str) -> None:
    with clock.at(JOINED + DAY):
        other = sign_in(identity).get_json()["refresh_token"]
        refreshed(identity, first)
    with clock.at(JOINED + 2 * DAY):
        refresh(identity, refreshed(identity, first))
    with clock.at(JOINED + 3 * DAY):
        assert code_of(refresh(identity, first)) == REUSED

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
    assert code_of(refused) == ROTATED


def test_session_lives_thirty_days_from_the_last_refresh(
    identity: ServiceUnderTest, first: str
) -> None:
    with clock.at(JOINED + 30 * DAY - SECOND):
        second = refreshed(identity, first)

    with clock.at(JOINED + 60 * DAY - SECOND):
        late = refresh(identity, second)

    assert code_of(late) == INVALID


def test_session_that_is_used_every_day_ends_after_ninety(
    identity: ServiceUnderTest, first: str
) -> None:
    token = first
    for day in range(1, 90):
        with clock.at(JOINED + day * DAY):
            token = refreshed(identity, token)

    with clock.at(JOINED + 90 * DAY):
        assert code_of(refresh(identity, token)) == INVALID


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
