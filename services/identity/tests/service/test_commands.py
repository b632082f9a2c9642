"""What the operator does on the command line, where no moderator can."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import select

from chassis.service import ROOT
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import MemberLeft
from services.identity.actions.invitations import invite_administrator
from services.identity.models import Member, ModerationAct
from services.identity.tests.factories import add_member


def run(
    identity: ServiceUnderTest, *arguments: str, said: str = "", group: str = "members"
) -> "subprocess.CompletedProcess[str]":
    """`python -m services.identity members …` as an operator types it."""
    return subprocess.run(
        [sys.executable, "-m", "services.identity", group, *arguments],
        cwd=ROOT,
        env={**os.environ, "SKILLER_DATABASE_URL": str(identity.settings.database_url)},
        input=said,
        capture_output=True,
        text=True,
        timeout=60,
    )


def state_of(identity: ServiceUnderTest, person: Person) -> str:
    with identity.session() as session:
        return session.execute(select(Member.state).where(Member.id == person.id)).scalar_one()


@pytest.mark.parametrize("text", ["ADA@example.org", "lovelace", "{id}"])
def test_members_are_found_by_address_name_and_id(identity: ServiceUnderTest, text: str) -> None:
    ada = add_member(identity, "Ada Lovelace", email="ada@example.org")
    add_member(identity, "Bob")

    found = run(identity, "find", text.format(id=ada.id))

    assert found.stdout.split() == [
        str(ada.id),
        "active",
        "member",
        "ada@example.org",
        "Ada",
        "Lovelace",
    ]


def test_branch_is_pruned_after_a_dry_run_and_comes_back(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada", role="administrator")
    bob = add_member(identity, "Bob", sponsor=ada)
    arguments = ("prune", str(ada.id), "--reason", "Abandoned.")

    tried = run(identity, *arguments, "--dry-run")
    before = state_of(identity, bob)
    done = run(identity, *arguments)

    assert tried.stdout.splitlines() == [
        f"{ada.id}  Ada",
        f"{bob.id}  Bob",
        "2 would be concerned.",
    ]
    assert (before, state_of(identity, bob)) == ("active", "suspended")
    assert done.stdout.endswith("2 concerned.\n")
    with identity.session() as session:
        [act] = session.scalars(select(ModerationAct))
    assert (act.act, act.reason, act.actor_id) == ("prune", "Abandoned.", None)
    run(identity, "reinstate-branch", str(ada.id), "--reason", "Back.")
    assert state_of(identity, bob) == "active"


def test_refusal_is_one_line(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    refused = run(identity, "reinstate", str(ada.id), "--reason", "Why not.")

    assert (refused.returncode, refused.stderr) == (1, "This would change nothing.\n")


def test_role_is_given_and_taken(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    run(identity, "change-role", str(ada.id), "administrator", "--reason", "First.")

    assert "administrator" in run(identity, "find", "ada").stdout


def test_somebody_suspended_is_erased_only_when_that_is_confirmed(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada", state="suspended")

    doubted = run(identity, "erase", str(ada.id), said="n\n")
    kept = state_of(identity, ada)
    erased = run(identity, "erase", str(ada.id), "--with-posts", said="y\n")

    assert (doubted.returncode, kept) == (1, "suspended")
    assert erased.stdout.endswith("Erased.\n")
    [told] = identity.published(MemberLeft)
    assert (told.member_id, told.removes_posts) == (ada.id, True)


def test_administrator_s_invitation_is_taken_back(identity: ServiceUnderTest) -> None:
    with identity.session() as session:
        token = invite_administrator(session)
    listed = run(identity, "list", group="invitations").stdout.split()

    done = run(identity, "revoke", listed[0], group="invitations")

    assert (listed[1], done.stdout) == ("administrator", "Revoked.\n")
    preview = identity.as_stranger().get(f"/invitations/preview/{token}")
    assert preview.get_json()["code"] == "invitation_revoked"
    assert run(identity, "list", group="invitations").stdout == "None.\n"
