"""What ends a session ends its writing, and what moderators do needs a password given lately."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from chassis import clock
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import SessionClosed
from services.identity.tests.factories import (
    JOINED,
    PASSWORD,
    add_member,
    code_of,
    mail_link,
    payload_of,
    refresh,
    sign_in,
)

MINUTE = timedelta(minutes=1)
OVER, NEEDED = (401, "session_closed"), (403, "password_needed")


def call(
    identity: ServiceUnderTest, token: str, method: str, path: str, body: Any = None
) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"}
    return identity.as_stranger().request(method, path, json=body, headers=headers)


def suspend(identity: ServiceUnderTest, token: str, member: Person) -> TestResponse:
    act = {"act": "suspend", "member_id": str(member.id), "reason": "Spam.", "dry_run": True}
    return call(identity, token, "POST", "/moderation-acts", act)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/members/me", {"headline": "Thief"}),
        ("POST", "/invitations", {}),
        ("DELETE", "/members/me/portrait", None),
        ("POST", "/moderation-acts", {"act": "suspend", "member_id": None, "reason": "x"}),
        ("PUT", "/members/me/password", {"password": PASSWORD, "new_password": "a longer phrase"}),
        ("PUT", "/members/me/address", {"password": PASSWORD, "email": "thief@example.org"}),
        ("PUT", "/sessions/current/password", {"password": PASSWORD}),
    ],
)
def test_who_signed_out_writes_nothing_more(
    identity: ServiceUnderTest, method: str, path: str, body: Any
) -> None:
    ada = add_member(identity, "Ada", role="administrator")
    with clock.at(JOINED):
        token = sign_in(identity).get_json()["access_token"]
        call(identity, token, "DELETE", "/sessions/current")
        if body and "member_id" in body:
            body = {**body, "member_id": str(ada.id)}

        assert code_of(call(identity, token, method, path, body)) == OVER


def test_closed_session_closes_no_other_one(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    with clock.at(JOINED):
        mine, other = (sign_in(identity).get_json() for _ in range(2))
        call(identity, mine["access_token"], "DELETE", "/sessions/current")
        other_id = payload_of(other["access_token"])["sid"]

        refused = call(identity, mine["access_token"], "DELETE", f"/sessions/{other_id}")

        assert code_of(refused) == OVER
        assert refresh(identity, other["refresh_token"]).status_code == 200


def test_every_end_of_a_session_is_told_once(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    with clock.at(JOINED):
        tokens = [sign_in(identity).get_json()["access_token"] for _ in range(3)]
        sids = [payload_of(token)["sid"] for token in tokens]
        for _ in range(2):
            call(identity, tokens[0], "DELETE", "/sessions/current")
        change = {"password": PASSWORD, "new_password": "an altogether new phrase"}
        call(identity, tokens[1], "PUT", "/members/me/password", change)

    told = identity.published(SessionClosed)
    assert [str(event.session_id) for event in told] == [sids[0], sids[2]]


def test_moderator_gives_the_password_again_after_fifteen_minutes(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada", role="moderator")
    bob = add_member(identity, "Bob")
    with clock.at(JOINED):
        given = sign_in(identity).get_json()
    with clock.at(JOINED + 9 * MINUTE):
        early = suspend(identity, given["access_token"], bob)
        token = refresh(identity, given["refresh_token"]).get_json()["access_token"]
    with clock.at(JOINED + 16 * MINUTE):
        late = suspend(identity, token, bob)
        wrong = call(identity, token, "PUT", "/sessions/current/password", {"password": "no"})
        proof = call(identity, token, "PUT", "/sessions/current/password", {"password": PASSWORD})
        again = suspend(identity, proof.get_json()["access_token"], bob)

    assert (early.status_code, code_of(late), again.status_code) == (200, NEEDED, 200)
    assert code_of(wrong) == (403, "password_wrong")
    assert set(proof.get_json()) == {"access_token", "token_type", "expires_in"}


def test_refreshed_token_remembers_when_the_password_was_given(identity: ServiceUnderTest) -> None:
    add_member(identity, "Ada")
    with clock.at(JOINED):
        given = sign_in(identity).get_json()
    with clock.at(JOINED + 5 * MINUTE):
        call(
            identity,
            given["access_token"],
            "PUT",
            "/sessions/current/password",
            {"password": PASSWORD},
        )
        after = refresh(identity, given["refresh_token"]).get_json()["access_token"]

    moments = [payload_of(token)["auth_at"] for token in (given["access_token"], after)]
    assert moments == [JOINED.timestamp(), (JOINED + 5 * MINUTE).timestamp()]


def test_guessing_the_password_again_is_limited_and_ends_no_session(
    identity: ServiceUnderTest,
) -> None:
    add_member(identity, "Ada")
    with clock.at(JOINED):
        given = sign_in(identity).get_json()
        answers = [
            call(
                identity,
                given["access_token"],
                "PUT",
                "/sessions/current/password",
                {"password": f"guess {number}"},
            )
            for number in range(6)
        ]

        assert [answer.status_code for answer in answers] == [403] * 5 + [429]
        assert refresh(identity, given["refresh_token"]).status_code == 200


def test_after_a_reset_by_mail_the_member_signs_in_from_where_they_guessed(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    with clock.at(JOINED):
        guesses = [sign_in(identity, password="wrong").status_code for _ in range(6)]
        link = mail_link(identity, "reset", ada.id)
        new = "an altogether new phrase"
        reset = identity.as_stranger().put(f"/password-resets/{link}", {"password": new})

        after = sign_in(identity, password=new)

    assert guesses == [401] * 5 + [429]
    assert (reset.status_code, after.status_code) == (204, 201)
