"""Forgotten and changed passwords, and addresses confirmed at both ends."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from chassis import clock
from chassis.testing.service import MemberClient, ServiceUnderTest
from chassis.testing.tokens import Person, token_for
from services.identity.actions import purges
from services.identity.models import AddressChange
from services.identity.tests.factories import (
    PASSWORD,
    add_member,
    at_once,
    code_of,
    mail_link,
    payload_of,
    queued_mails,
    refresh,
    set_state,
    sign_in,
)

NEW = "another pass phrase of mine"


def reset(identity: ServiceUnderTest, token: str, password: str = NEW) -> TestResponse:
    return identity.as_stranger().put(f"/password-resets/{token}", {"password": password})


def signed_in(identity: ServiceUnderTest, person: Person) -> tuple[MemberClient, dict[str, str]]:
    """A client of a session that is really open, and what signing in gave."""
    granted = sign_in(identity).get_json()
    sid = payload_of(granted["access_token"])["sid"]
    client = identity.as_member(person)
    client_headers = {"Authorization": f"Bearer {token_for(person, sid=sid)}"}
    original = client.request
    client.request = lambda method, path, **options: original(  # type: ignore[method-assign]
        method, path, **{"headers": client_headers, **options}
    )
    return client, granted


class TestForgotten:
    def test_answer_and_rows_are_the_same_for_known_and_unknown(
        self, identity: ServiceUnderTest
    ) -> None:
        add_member(identity, "Ada")
        client = identity.as_stranger()

        answers = [
            client.post("/password-resets", {"email": email})
            for email in ("ADA@example.org", "nobody@example.org")
        ]

        assert [(a.status_code, a.get_json()) for a in answers] == [(202, {"expires_in": 3600})] * 2
        assert queued_mails(identity) == [
            ("password_reset", "ADA@example.org"),
            ("password_reset", "nobody@example.org"),
        ]

    def test_link_sets_a_password_once_and_closes_every_session(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada")
        session = sign_in(identity).get_json()
        token, other = (mail_link(identity, "reset", ada.id) for _ in range(2))

        first, again, by_other = (
            reset(identity, token),
            reset(identity, token),
            reset(identity, other),
        )

        assert first.status_code == 204
        assert code_of(again) == code_of(by_other) == (404, "link_invalid")
        assert code_of(refresh(identity, session["refresh_token"])) == (
            401,
            "refresh_token_invalid",
        )
        assert code_of(sign_in(identity)) == (401, "credentials_wrong")
        assert sign_in(identity, password=NEW).status_code == 201
        assert queued_mails(identity).count(("password_changed", "ada@example.org")) == 1

    def test_link_used_twice_at_once_sets_one_password(self, identity: ServiceUnderTest) -> None:
        ada = add_member(identity, "Ada")
        token = mail_link(identity, "reset", ada.id)

        answers = at_once(
            identity, "SELECT FROM mailed_tokens FOR UPDATE", [lambda: reset(identity, token)] * 2
        )

        assert sorted(answer.status_code for answer in answers) == [204, 404]

    def test_expired_forged_and_other_links_set_nothing(self, identity: ServiceUnderTest) -> None:
        ada = add_member(identity, "Ada")
        expired = mail_link(identity, "reset", ada.id, life=-timedelta(seconds=1))
        confirming = mail_link(identity, "old_address", ada.id)

        for token in ("A" * 43, expired, confirming):
            assert code_of(reset(identity, token)) == (404, "link_invalid")
        assert sign_in(identity).status_code == 201

    def test_short_password_does_not_use_the_link_up(self, identity: ServiceUnderTest) -> None:
        token = mail_link(identity, "reset", add_member(identity, "Ada").id)

        refused = reset(identity, token, "too short")

        assert code_of(refused) == (422, "invalid")
        assert reset(identity, token).status_code == 204

    def test_suspended_members_set_none(self, identity: ServiceUnderTest) -> None:
        ada = add_member(identity, "Ada")
        token = mail_link(identity, "reset", ada.id)
        set_state(identity, ada, "suspended")

        assert code_of(reset(identity, token)) == (403, "member_suspended")

    def test_fourth_reset_of_an_address_within_an_hour_is_refused_known_or_not(
        self, identity: ServiceUnderTest
    ) -> None:
        add_member(identity, "Ada")
        for email in ("ada@example.org", "nobody@example.org"):
            answers = [
                identity.as_stranger().post("/password-resets", {"email": email}).status_code
                for _ in range(4)
            ]
            assert answers == [202, 202, 202, 429]


class TestChanged:
    def test_password_is_changed_here_and_signs_out_elsewhere(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada")
        client, here = signed_in(identity, ada)
        elsewhere = sign_in(identity).get_json()

        answer = client.put("/members/me/password", {"password": PASSWORD, "new_password": NEW})

        assert answer.status_code == 204
        assert refresh(identity, here["refresh_token"]).status_code == 200
        assert refresh(identity, elsewhere["refresh_token"]).status_code == 401
        assert sign_in(identity, password=NEW).status_code == 201

    def test_wrong_password_changes_nothing_and_is_counted(
        self, identity: ServiceUnderTest
    ) -> None:
        client = identity.as_member(add_member(identity, "Ada"))
        body = {"password": "wrong", "new_password": NEW}

        answers = [client.put("/members/me/password", body) for _ in range(6)]

        assert code_of(answers[0]) == (403, "password_wrong")
        assert code_of(answers[5]) == (429, "too_many_tries")
        assert sign_in(identity).status_code == 201


class TestAddress:
    @pytest.fixture
    def ada(self, identity: ServiceUnderTest) -> Person:
        return add_member(identity, "Ada")

    def begin(self, identity: ServiceUnderTest, ada: Person, email: str) -> UUID:
        body = {"email": email, "password": PASSWORD}
        answer = identity.as_member(ada).put("/members/me/address", body)
        assert (answer.status_code, answer.get_json()) == (202, {"expires_in": 24 * 3600})
        with identity.session() as session:
            return session.execute(select(AddressChange.id)).scalar_one()

    def confirm(self, identity: ServiceUnderTest, token: str) -> TestResponse:
        return identity.as_stranger().put(f"/address-confirmations/{token}")

    @pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
    def test_address_changes_once_both_are_confirmed(
        self, identity: ServiceUnderTest, ada: Person, order: tuple[str, str]
    ) -> None:
        change = self.begin(identity, ada, "Ada@example.com")
        asked = queued_mails(identity)
        links = {side: mail_link(identity, f"{side}_address", change) for side in order}

        for _ in range(2):
            assert self.confirm(identity, links[order[0]]).status_code == 204
        before = sign_in(identity).status_code
        assert self.confirm(identity, links[order[1]]).status_code == 204

        assert before == 201
        assert code_of(sign_in(identity)) == (401, "credentials_wrong")
        assert sign_in(identity, "ada@example.com").status_code == 201
        me = identity.as_member(ada).get("/members/me").get_json()
        assert me["email"] == "Ada@example.com"
        assert asked == [
            ("old_address", "ada@example.org"),
            ("new_address", "Ada@example.com"),
        ]
        assert queued_mails(identity).count(("address_changed", "ada@example.org")) == 1

    def test_second_click_on_either_link_says_that_it_worked_until_the_link_ends(
        self, identity: ServiceUnderTest, ada: Person
    ) -> None:
        change = self.begin(identity, ada, "ada@example.com")
        links = [
            mail_link(identity, purpose, change, life=timedelta(hours=24))
            for purpose in ("old_address", "new_address")
        ]

        clicks = [self.confirm(identity, link).status_code for link in links * 3]

        assert clicks == [204] * 6
        assert queued_mails(identity).count(("address_changed", "ada@example.org")) == 1
        assert sign_in(identity, "ada@example.com").status_code == 201
        with clock.at(clock.now() + timedelta(hours=24)):
            assert code_of(self.confirm(identity, links[0])) == (404, "link_invalid")

    def test_done_change_is_forgotten_with_its_links(
        self, identity: ServiceUnderTest, ada: Person
    ) -> None:
        change = self.begin(identity, ada, "ada@example.com")
        for purpose in ("old_address", "new_address"):
            self.confirm(identity, mail_link(identity, purpose, change))

        with clock.at(clock.now() + timedelta(hours=25)), identity.session() as session:
            purges.purge_address_changes(session)

        with identity.session() as session:
            assert session.scalars(select(AddressChange)).all() == []

    def test_second_change_begins_after_the_first_is_done(
        self, identity: ServiceUnderTest, ada: Person
    ) -> None:
        for email in ("one@example.org", "two@example.org"):
            change = self.begin(identity, ada, email)
            for purpose in ("old_address", "new_address"):
                token = mail_link(identity, purpose, change)
                assert self.confirm(identity, token).status_code == 204

        assert sign_in(identity, "two@example.org").status_code == 201

    def test_taken_address_is_told_to_nobody_before_it_is_confirmed(
        self, identity: ServiceUnderTest, ada: Person
    ) -> None:
        add_member(identity, "Bob")

        change = self.begin(identity, ada, "bob@example.org")

        self.confirm(identity, mail_link(identity, "old_address", change))
        last = self.confirm(identity, mail_link(identity, "new_address", change))
        assert code_of(last) == (409, "email_unusable")
        assert sign_in(identity, "bob@example.org").status_code == 201

    def test_later_change_ends_the_earlier(self, identity: ServiceUnderTest, ada: Person) -> None:
        first = self.begin(identity, ada, "one@example.org")
        link = mail_link(identity, "old_address", first)

        self.begin(identity, ada, "two@example.org")

        assert code_of(self.confirm(identity, link)) == (404, "link_invalid")

    def test_wrong_password_begins_nothing(self, identity: ServiceUnderTest, ada: Person) -> None:
        body = {"email": "new@example.org", "password": "wrong"}

        answer = identity.as_member(ada).put("/members/me/address", body)

        assert code_of(answer) == (403, "password_wrong")
        assert queued_mails(identity) == []

    def test_change_not_confirmed_in_time_is_void(
        self, identity: ServiceUnderTest, ada: Person
    ) -> None:
        change = self.begin(identity, ada, "new@example.org")
        token = mail_link(identity, "new_address", change)

        with clock.at(clock.now() + timedelta(hours=25)):
            assert code_of(self.confirm(identity, token)) == (404, "link_invalid")


class TestSessions:
    def test_list_shows_open_ones_with_their_devices_and_which_is_this(
        self, identity: ServiceUnderTest
    ) -> None:
        ada = add_member(identity, "Ada")
        add_member(identity, "Bob")
        sign_in(identity, "bob@example.org")
        client, _ = signed_in(identity, ada)
        identity.as_stranger().post(
            "/sessions",
            {"email": "ada@example.org", "password": PASSWORD},
            headers={"User-Agent": "Telephone\x01 " + "x" * 300},
        )

        items = client.get("/sessions").get_json()["items"]

        assert [item["is_current"] for item in items] == [False, True]
        assert items[0]["device"] == ("Telephone " + "x" * 300)[:200]

    def test_session_is_closed_from_elsewhere(self, identity: ServiceUnderTest) -> None:
        client, _ = signed_in(identity, add_member(identity, "Ada"))
        other = sign_in(identity).get_json()
        sid = payload_of(other["access_token"])["sid"]

        answers = [client.delete(f"/sessions/{sid}").status_code for _ in range(2)]

        assert answers == [204, 204]
        assert refresh(identity, other["refresh_token"]).status_code == 401
        assert len(client.get("/sessions").get_json()["items"]) == 1

    def test_sessions_of_others_are_not_there(self, identity: ServiceUnderTest) -> None:
        bob = add_member(identity, "Bob")
        add_member(identity, "Ada")
        sid = payload_of(sign_in(identity).get_json()["access_token"])["sid"]

        answer = identity.as_member(bob).delete(f"/sessions/{sid}")

        assert code_of(answer) == (404, "session_not_found")
