"""Two things at once: one waits for the other, and sees what it did."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from chassis.testing.waiting import eventually
from contracts.identity import MemberUpdated
from services.identity.actions import credentials, leaving, moderation, sessions
from services.identity.errors import PasswordWrong
from services.identity.models import (
    AddressChange,
    Credentials,
    InvitationRequest,
    Member,
    MemberSession,
    ModerationAct,
)
from services.identity.tests.factories import (
    PASSWORD,
    add_member,
    ask,
    at_once,
    code_of,
    hash_of,
    mail_link,
    sign_in,
    waiting,
)

NEW = "another pass phrase of mine"


@contextmanager
def meeting(identity: ServiceUnderTest, work: Callable[[], Any]) -> Iterator[Session]:
    """A transaction during which `work` begins in another thread and comes to wait for it."""
    failures: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    with identity.session() as session:
        yield session
        thread.start()
        eventually(lambda: waiting(identity) == 1)
    thread.join(20)
    if failures:
        raise failures[0]


def leave(session: Session, person: Person) -> None:
    leaving.leave(session, member_id=person.id, removes_posts=False, proven_hash=None)


def open_session(session: Session, person: Person) -> None:
    """Sign in, the password having been found right just before."""
    known = session.get_one(Credentials, person.id)
    proof = sessions.Proof(person.id, known.password_hash, None)
    sessions.open_session(
        session, proof=proof, email=known.email, client="192.0.2.1", device="A telephone"
    )


def claims_of(person: Person) -> Claims:
    return Claims(person.id, new_id(), "member", person.name, "", 0.0)


def test_who_signs_in_while_leaving_keeps_no_session(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    def go() -> None:
        with identity.session() as session:
            leave(session, ada)

    with meeting(identity, go) as session:
        open_session(session, ada)

    with identity.session() as session:
        assert session.scalars(select(MemberSession)).all() == []


def test_who_signs_in_while_suspended_keeps_no_open_session(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    def go() -> None:
        with identity.session() as session:
            moderation.perform_act(
                session, actor=None, act="suspend", member_id=ada.id, reason="Spam."
            )

    with meeting(identity, go) as session:
        open_session(session, ada)

    with identity.session() as session:
        [opened] = session.scalars(select(MemberSession))
    assert opened.closed_at is not None


def test_who_leaves_while_a_session_is_refreshed_leaves(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    token = sign_in(identity).get_json()["refresh_token"]
    answers: list[TestResponse] = []

    def go() -> None:
        body = {"password": PASSWORD}
        answers.append(identity.as_member(ada).delete("/members/me", json=body))

    with meeting(identity, go) as session:
        sessions.refresh_session(session, refresh_token=token)

    assert [answer.status_code for answer in answers] == [204]


@pytest.mark.parametrize("act", ["stop_inviting", "change_role"])
def test_act_that_waited_for_a_leave_changes_nobody(identity: ServiceUnderTest, act: str) -> None:
    root = add_member(identity, "Root", role="administrator")
    ada = add_member(identity, "Ada")
    role = {"role": "moderator"} if act == "change_role" else {}
    body = {"act": act, "member_id": str(ada.id), "reason": "Ada did it.", **role}
    answers: list[TestResponse] = []

    def go() -> None:
        answers.append(identity.as_member(root).post("/moderation-acts", body))

    with meeting(identity, go) as session:
        leave(session, ada)

    assert code_of(answers[0]) == (409, "act_without_effect")
    with identity.session() as session:
        assert session.scalars(select(ModerationAct)).all() == []
        assert session.get_one(Member, ada.id).inviting_stopped_reason is None
    assert identity.published(MemberUpdated) == []


def test_password_shown_before_a_reset_changes_nothing_after_it(
    identity: ServiceUnderTest,
) -> None:
    """A thief who knows the old one has shown it; meanwhile its owner sets a new one."""
    ada = add_member(identity, "Ada")
    thief = claims_of(ada)
    with identity.session() as session:
        proven = credentials.allow_check(session, actor=thief).password_hash
    token = mail_link(identity, "reset", ada.id)
    identity.as_stranger().put(f"/password-resets/{token}", {"password": NEW})

    with pytest.raises(PasswordWrong), identity.session() as session:
        credentials.change_password(
            session, actor=thief, proven_hash=proven, password_hash=hash_of("x" * 12)
        )
    with pytest.raises(PasswordWrong), identity.session() as session:
        credentials.ask_for_address(
            session, actor=thief, proven_hash=proven, email="thief@example.org"
        )
    with pytest.raises(PasswordWrong), identity.session() as session:
        leaving.leave(session, member_id=ada.id, removes_posts=True, proven_hash=proven)

    assert sign_in(identity, password=NEW).status_code == 201


def test_reset_ends_a_change_of_address_that_waits(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    body = {"email": "thief@example.org", "password": PASSWORD}
    identity.as_member(ada).put("/members/me/address", body)
    with identity.session() as session:
        change = session.execute(select(AddressChange.id)).scalar_one()
    link = mail_link(identity, "new_address", change)

    token = mail_link(identity, "reset", ada.id)
    identity.as_stranger().put(f"/password-resets/{token}", {"password": NEW})

    answer = identity.as_stranger().put(f"/address-confirmations/{link}")
    assert code_of(answer) == (404, "link_invalid")


def test_two_links_at_once_set_one_password(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    links = [mail_link(identity, "reset", ada.id) for _ in range(2)]

    def use(link: str) -> Callable[[], TestResponse]:
        return lambda: identity.as_stranger().put(f"/password-resets/{link}", {"password": NEW})

    lock = f"SELECT FROM members WHERE id = '{ada.id}' FOR UPDATE"
    answers = at_once(identity, lock, [use(link) for link in links])

    assert sorted(answer.status_code for answer in answers) == [204, 404]


def test_confirmation_that_meets_a_later_change_finds_nothing(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")
    body = {"email": "one@example.org", "password": PASSWORD}
    identity.as_member(ada).put("/members/me/address", body)
    with identity.session() as session:
        change = session.execute(select(AddressChange.id)).scalar_one()
        proven = session.get_one(Credentials, ada.id).password_hash
    link = mail_link(identity, "new_address", change)
    answers: list[TestResponse] = []

    def go() -> None:
        answers.append(identity.as_stranger().put(f"/address-confirmations/{link}"))

    with meeting(identity, go) as session:
        credentials.ask_for_address(
            session, actor=claims_of(ada), proven_hash=proven, email="two@example.org"
        )

    assert code_of(answers[0]) == (404, "link_invalid")


def test_two_requests_of_one_address_confirmed_at_once_leave_one(
    identity: ServiceUnderTest,
) -> None:
    requests = [ask(identity, confirmed=False, client=f"192.0.2.{index}") for index in (1, 2)]
    links = [mail_link(identity, "request", request) for request in requests]

    def use(link: str) -> Callable[[], TestResponse]:
        return lambda: identity.as_stranger().put(f"/address-confirmations/{link}")

    lock = "SELECT FROM invitation_requests FOR UPDATE"
    answers = at_once(identity, lock, [use(link) for link in links])

    assert {answer.status_code for answer in answers} == {204}
    with identity.session() as session:
        states: list[str] = list(session.scalars(select(InvitationRequest.state)))
    assert sorted(states) == ["replaced", "waiting"]
