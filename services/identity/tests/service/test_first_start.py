"""The first administrator's link, and the commands that an operator types."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.service import ROOT
from chassis.testing.service import ServiceUnderTest
from contracts.identity import MemberJoined
from services.identity.actions.invitations import (
    invite_administrator,
    invite_first_administrator,
)
from services.identity.tests.factories import (
    JOINED,
    add_member,
    at_once,
    code_of,
    join,
    token_of,
)

LINK = "Administrator invitation: "


def start(identity: ServiceUnderTest) -> str | None:
    """What each start does."""
    with identity.session() as session:
        return invite_first_administrator(session)


def test_first_start_gives_a_link_that_makes_an_administrator(identity: ServiceUnderTest) -> None:
    token = start(identity)
    assert token

    preview = identity.as_stranger().get(f"/invitations/preview/{token}").get_json()
    joined = join(identity, token).get_json()

    assert preview["sponsor"] is None
    assert (joined["role"], joined["sponsor"]) == ("administrator", None)
    [event] = identity.published(MemberJoined)
    assert (event.role, event.sponsor_id) == ("administrator", None)


def test_each_start_until_somebody_joins_gives_the_one_link_that_works(
    identity: ServiceUnderTest,
) -> None:
    first, second = start(identity), start(identity)
    assert first and second

    refused, accepted = join(identity, first), join(identity, second)

    assert code_of(refused) == (409, "invitation_revoked")
    assert accepted.status_code == 201
    assert start(identity) is None


def test_expired_link_is_followed_by_a_new_one(identity: ServiceUnderTest) -> None:
    with clock.at(JOINED):
        first = start(identity)
    assert first

    with clock.at(JOINED + timedelta(days=14)):
        assert code_of(join(identity, first)) == (409, "invitation_expired")
        assert join(identity, start(identity) or "").status_code == 201


def test_start_after_somebody_joined_takes_an_unused_link_back(identity: ServiceUnderTest) -> None:
    token = start(identity)
    assert token
    add_member(identity, "Ada")

    again = start(identity)

    assert again is None
    assert code_of(join(identity, token)) == (409, "invitation_revoked")


def test_two_starts_at_once_give_one_link_that_works(identity: ServiceUnderTest) -> None:
    start(identity)

    tokens = at_once(
        identity, "SELECT 1 FROM invitations FOR UPDATE", [lambda: start(identity)] * 2
    )

    assert sorted(token is None for token in tokens) == [False, True]
    with identity.session() as session:
        count = text("SELECT count(*) FROM invitations WHERE revoked_at IS NULL")
        assert session.execute(count).scalar_one() == 1


def test_start_waits_for_who_joins_at_that_moment(identity: ServiceUnderTest) -> None:
    token = start(identity)
    assert token

    answers = at_once(
        identity,
        "SELECT 1 FROM invitations FOR UPDATE",
        [lambda: join(identity, token).status_code, lambda: start(identity)],
    )

    # Either the joiner was first, and there is no other link, or the start was, and there is.
    assert (answers[0] == 201 and answers[1] is None) or (answers[0] == 409 and answers[1])


def test_asked_for_links_stay_when_the_service_starts_again(identity: ServiceUnderTest) -> None:
    with identity.session() as session:
        tokens = [invite_administrator(session) for _ in range(2)]

    start(identity)

    assert [
        join(identity, token, email=f"{n}@example.org").get_json()["role"]
        for n, token in enumerate(tokens)
    ] == ["administrator"] * 2


def test_command_prints_the_link_in_one_line_and_later_nothing(identity: ServiceUnderTest) -> None:
    first = run(identity, "invite-administrator", "--first")
    [line] = first.stdout.splitlines()

    assert line.startswith(f"{LINK}https://skiller.example/join/")
    assert join(identity, token_of({"url": line})).get_json()["role"] == "administrator"
    assert run(identity, "invite-administrator", "--first").stdout == ""
    assert run(identity, "invite-administrator").stdout.startswith(LINK)


def test_command_makes_keys_once(identity: ServiceUnderTest, tmp_path: object) -> None:
    made = run(identity, "make-keys", "--folder", f"{tmp_path}/keys")

    assert "signing.pem" in made.stdout
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(identity, "make-keys", "--folder", f"{tmp_path}/keys")
    assert "signing.pem exists; nothing was written." in caught.value.stderr
    assert "Traceback" not in caught.value.stderr


def run(identity: ServiceUnderTest, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environ = {
        "PATH": os.defpath,
        "SKILLER_DATABASE_URL": identity.database.url,
        "SKILLER_PUBLIC_URL": "https://skiller.example/",
    }
    return subprocess.run(
        [sys.executable, "-m", "services.identity", *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
