"""What the operator sees of mails, and does about them."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from chassis.identifiers import new_id
from chassis.service import ROOT
from chassis.testing.service import ServiceUnderTest
from services.identity.actions.mails import forget_written
from services.identity.models import Mail
from services.identity.tests.factories import JOINED
from services.identity.tests.mailbox import change, mails, queue


@pytest.fixture
def dead(identity: ServiceUnderTest) -> Mail:
    """One that was given up, beside one that waits."""
    queue(identity, "password_reset", "ada@example.org")
    queue(identity, "password_reset", "bob@example.org", at=JOINED + timedelta(seconds=1))
    [first, _] = mails(identity)
    change(
        identity, Mail, first.id, state="dead", attempts=8, error="The mail server said 550 5.1.1."
    )
    return first


def test_list_shows_whom_it_did_not_reach_and_why(identity: ServiceUnderTest, dead: Mail) -> None:
    with identity.session() as session:
        forget_written(session, email="left@example.org", member_id=new_id())

    lines = run(identity, "list").stdout.splitlines()

    assert lines[0] == (
        f"{dead.id}  dead     8  password_reset  2026-01-05 12:00:00  ada@example.org"
        "  The mail server said 550 5.1.1."
    )
    assert "bob@example.org" in lines[1] and len(lines) == 3
    assert not any("left@" in line for line in lines)


def test_retry_begins_again(identity: ServiceUnderTest, dead: Mail) -> None:
    told = run(identity, "retry", "--all").stdout

    assert told == "1 to be tried again.\n"
    again = next(mail for mail in mails(identity) if mail.id == dead.id)
    assert (again.state, again.attempts) == ("waiting", 0)
    assert run(identity, "retry", str(dead.id)).stdout == "1 to be tried again.\n"


def test_drop_gives_up(identity: ServiceUnderTest, dead: Mail) -> None:
    run(identity, "drop", str(dead.id))

    assert [mail.email for mail in mails(identity)] == ["bob@example.org"]


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_unknown_mail_is_one_clear_line(identity: ServiceUnderTest, verb: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(identity, verb, str(new_id()))

    assert caught.value.stderr == "No mail that waits or is dead has this id.\n"


def test_wrong_mail_server_is_told_before_anything_is_done(identity: ServiceUnderTest) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(identity, "list", SKILLER_SMTP_URL="smtp://u:hidden@mail.example:many")

    assert caught.value.stderr.startswith("Configuration:\n  SKILLER_SMTP_URL: is no URL")
    assert "hidden" not in caught.value.stderr


def test_nothing_is_said_to_be_nothing(identity: ServiceUnderTest) -> None:
    assert run(identity, "list").stdout == "None.\n"


def run(
    identity: ServiceUnderTest, *arguments: str, **environ: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services.identity", "mails", *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath, "SKILLER_DATABASE_URL": identity.database.url, **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
