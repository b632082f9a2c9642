"""Taking one's data and leaving, for somebody who is suspended and may do nothing else."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import MemberLeft
from services.identity.actions import leaving, moderation
from services.identity.tests.factories import PASSWORD, add_member, code_of


@pytest.fixture
def ada(identity: ServiceUnderTest) -> Person:
    person = add_member(identity, "Ada")
    with identity.session() as session:
        moderation.perform_act(
            session, actor=None, act="suspend", member_id=person.id, reason="Spam."
        )
    return person


def prove(identity: ServiceUnderTest, password: str = PASSWORD) -> TestResponse:
    body = {"email": "ada@example.org", "password": password}
    return identity.as_stranger().post("/sessions/leaving", body)


def ask(
    identity: ServiceUnderTest, token: str, method: str, path: str, **more: Any
) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"}
    return identity.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)


def test_suspended_member_takes_their_data_and_leaves(
    identity: ServiceUnderTest, ada: Person
) -> None:
    token = prove(identity).get_json()["access_token"]

    export = ask(identity, token, "GET", "/members/me/export")
    wrong = ask(identity, token, "DELETE", "/members/me", json={"password": "not the password"})
    left = ask(identity, token, "DELETE", "/members/me", json={"password": PASSWORD})

    assert export.get_json()["member"]["state"] == "suspended"
    assert code_of(wrong) == (403, "password_wrong")
    assert left.status_code == 204
    assert [event.member_id for event in identity.published(MemberLeft)] == [ada.id]


def test_it_opens_nothing_else_and_no_session(identity: ServiceUnderTest, ada: Person) -> None:
    answer = prove(identity).get_json()

    seen = ask(identity, answer["access_token"], "GET", "/members")

    assert "refresh_token" not in answer
    assert code_of(seen) == (403, "leaving_only")


def test_wrong_passwords_are_counted_as_those_of_signing_in(
    identity: ServiceUnderTest, ada: Person
) -> None:
    for _ in range(5):
        assert code_of(prove(identity, "not the password")) == (401, "credentials_wrong")

    assert code_of(prove(identity)) == (429, "too_many_tries")


def test_somebody_who_left_proves_nothing(identity: ServiceUnderTest, ada: Person) -> None:
    token = prove(identity).get_json()["access_token"]
    with identity.session() as session:
        leaving.leave(session, member_id=ada.id, removes_posts=False, proven_hash=None)

    export = ask(identity, token, "GET", "/members/me/export")
    again = ask(identity, token, "DELETE", "/members/me", json={"password": PASSWORD})

    assert code_of(prove(identity)) == (401, "credentials_wrong")
    assert code_of(export) == code_of(again) == (404, "member_not_found")
