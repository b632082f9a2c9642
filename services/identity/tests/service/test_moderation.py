"""Suspending, pruning, reinstating, inviting and roles: who may, whom it concerns, what follows."""

import threading
from typing import Any

import pytest
from werkzeug.test import TestResponse

from chassis.identifiers import new_id
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from chassis.testing.waiting import eventually
from contracts.identity import MemberReinstated, MemberSuspended, MemberUpdated
from services.identity.actions import leaving, moderation
from services.identity.actions.locks import lock_members
from services.identity.tests.factories import (
    add_member,
    code_of,
    invite,
    join,
    refresh,
    sign_in,
    token_of,
    waiting,
)


def do(
    identity: ServiceUnderTest, actor: Person, act: str, member: Person, **more: Any
) -> TestResponse:
    body = {"act": act, "member_id": str(member.id), "reason": "For the test.", **more}
    return identity.as_member(actor).post("/moderation-acts", body)


def states(identity: ServiceUnderTest, viewer: Person, *people: Person) -> list[str]:
    client = identity.as_member(viewer)
    return [client.get(f"/members/{person.id}").get_json()["state"] for person in people]


@pytest.fixture
def moderator(identity: ServiceUnderTest) -> Person:
    return add_member(identity, "Max", role="moderator")


@pytest.fixture
def root(identity: ServiceUnderTest) -> Person:
    return add_member(identity, "Root", role="administrator")


@pytest.fixture
def branch(identity: ServiceUnderTest, root: Person) -> list[Person]:
    """Ada, her invitee Bob, and his invitee Cleo."""
    ada = add_member(identity, "Ada", sponsor=root)
    bob = add_member(identity, "Bob", sponsor=ada)
    return [ada, bob, add_member(identity, "Cleo", sponsor=bob)]


def test_suspended_member_is_told_of_signed_out_and_refused(
    identity: ServiceUnderTest, moderator: Person
) -> None:
    ada = add_member(identity, "Ada")
    session = sign_in(identity).get_json()

    answer = do(identity, moderator, "suspend", ada)

    assert answer.status_code == 200
    assert [person["name"] for person in answer.get_json()["affected"]] == ["Ada"]
    [told] = identity.published(MemberSuspended)
    assert (told.member_id, told.state, told.revision) == (ada.id, "suspended", 2)
    assert code_of(refresh(identity, session["refresh_token"])) == (401, "refresh_token_invalid")
    refused = sign_in(identity)
    assert code_of(refused) == (403, "member_suspended")
    assert "For the test." in refused.get_json()["detail"]
    writes = identity.as_member(ada).post("/invitations", {})
    assert code_of(writes) == (403, "member_suspended")


def test_reinstated_member_has_all_back(identity: ServiceUnderTest, moderator: Person) -> None:
    ada = add_member(identity, "Ada")
    link = token_of(invite(identity, ada))
    do(identity, moderator, "suspend", ada)
    closed = identity.as_stranger().get(f"/invitations/preview/{link}")

    do(identity, moderator, "reinstate", ada)

    assert code_of(closed) == (409, "invitation_revoked")
    assert identity.as_stranger().get(f"/invitations/preview/{link}").status_code == 200
    assert sign_in(identity).status_code == 201
    [told] = identity.published(MemberReinstated)
    assert (told.state, told.revision) == ("active", 3)


def test_pruning_suspends_a_branch_and_nobody_else(
    identity: ServiceUnderTest, moderator: Person, root: Person, branch: list[Person]
) -> None:
    other = add_member(identity, "Other", sponsor=root)
    bob = branch[1]

    answer = do(identity, moderator, "prune", bob)

    assert answer.get_json()["affected_count"] == 2
    assert states(identity, root, *branch, other) == [
        "active",
        "suspended",
        "suspended",
        "active",
    ]
    assert {event.member_id for event in identity.published(MemberSuspended)} == {
        person.id for person in branch[1:]
    }


def test_dry_run_names_them_and_does_nothing(
    identity: ServiceUnderTest, moderator: Person, branch: list[Person]
) -> None:
    answer = do(identity, moderator, "prune", branch[0], dry_run=True).get_json()

    assert [person["name"] for person in answer["affected"]] == ["Ada", "Bob", "Cleo"]
    assert (answer["id"], answer["affected_count"]) == (None, 3)
    assert states(identity, moderator, *branch) == ["active"] * 3
    assert identity.published(MemberSuspended) == []
    assert identity.as_member(moderator).get("/moderation-acts").get_json()["items"] == []


def test_undone_pruning_leaves_those_suspended_for_themselves(
    identity: ServiceUnderTest, moderator: Person, branch: list[Person]
) -> None:
    ada, bob, cleo = branch
    dora = add_member(identity, "Dora", sponsor=cleo)
    do(identity, moderator, "suspend", bob)
    do(identity, moderator, "prune", cleo)
    do(identity, moderator, "prune", ada)

    answer = do(identity, moderator, "reinstate_branch", ada)

    assert [person["name"] for person in answer.get_json()["affected"]] == ["Ada"]
    assert states(identity, moderator, ada, bob, cleo, dora) == [
        "active",
        "suspended",
        "suspended",
        "suspended",
    ]
    do(identity, moderator, "reinstate_branch", cleo)
    assert states(identity, moderator, bob, cleo, dora) == ["suspended", "active", "active"]


def test_who_joins_while_the_branch_is_pruned_is_pruned_or_refused(
    identity: ServiceUnderTest, moderator: Person, branch: list[Person]
) -> None:
    """The pruning has found the branch and waits for a row; meanwhile somebody joins."""
    ada, bob, _ = branch
    token = token_of(invite(identity, bob))
    answers: dict[str, TestResponse] = {}

    def prune() -> None:
        answers["prune"] = do(identity, moderator, "prune", ada)

    def enter() -> None:
        answers["join"] = join(identity, token)

    with identity.session() as session:
        # Ada is held, so the pruning waits; Bob's row is free, so the join goes through.
        lock_members(session, [ada.id])
        pruning = threading.Thread(target=prune)
        pruning.start()
        eventually(lambda: waiting(identity) == 1)
        joining = threading.Thread(target=enter)
        joining.start()
        joining.join(20)
    pruning.join(20)

    assert answers["join"].status_code == 201
    assert answers["prune"].get_json()["affected_count"] == 4
    grace = Person("Grace", answers["join"].get_json()["id"])
    assert states(identity, moderator, grace) == ["suspended"]


def test_moderators_act_on_members_only(
    identity: ServiceUnderTest, moderator: Person, root: Person, branch: list[Person]
) -> None:
    other = add_member(identity, "Mia", role="moderator", sponsor=branch[2])

    on_staff = do(identity, moderator, "suspend", root)
    on_branch = do(identity, moderator, "prune", branch[0])
    by_administrator = do(identity, root, "prune", branch[0])

    assert code_of(on_staff) == (403, "act_beyond_role")
    assert code_of(on_branch) == (403, "act_beyond_role")
    assert "Mia" in on_branch.get_json()["detail"]
    assert by_administrator.get_json()["affected_count"] == 4
    assert states(identity, root, other) == ["suspended"]


@pytest.mark.parametrize("act", ["suspend", "prune", "change_role"])
def test_nobody_acts_on_themselves(identity: ServiceUnderTest, root: Person, act: str) -> None:
    more = {"role": "member"} if act == "change_role" else {}

    assert code_of(do(identity, root, act, root, **more)) == (403, "act_on_oneself")


def test_branch_of_the_actor_is_not_pruned(
    identity: ServiceUnderTest, root: Person, branch: list[Person]
) -> None:
    below = add_member(identity, "Ana", role="administrator", sponsor=branch[2])

    assert code_of(do(identity, below, "prune", branch[0])) == (403, "act_on_oneself")


def test_members_moderate_nobody(identity: ServiceUnderTest, branch: list[Person]) -> None:
    assert code_of(do(identity, branch[0], "suspend", branch[1])) == (403, "moderators_only")


def test_moderator_who_was_demoted_moderates_no_more(
    identity: ServiceUnderTest, moderator: Person, root: Person, branch: list[Person]
) -> None:
    """The role counts as it is now, not as an older token has it."""
    do(identity, root, "change_role", moderator, role="member")

    assert code_of(do(identity, moderator, "suspend", branch[0])) == (403, "moderators_only")


def test_roles_are_changed_by_administrators(
    identity: ServiceUnderTest, moderator: Person, root: Person, branch: list[Person]
) -> None:
    refused = do(identity, moderator, "change_role", branch[0], role="moderator")
    done = do(identity, root, "change_role", branch[0], role="moderator")

    assert code_of(refused) == (403, "administrators_only")
    assert done.status_code == 200
    [told] = identity.published(MemberUpdated)
    assert (told.role, told.revision) == ("moderator", 2)


def test_switched_off_inviting_says_why_until_it_is_allowed_again(
    identity: ServiceUnderTest, moderator: Person
) -> None:
    ada = add_member(identity, "Ada")
    client = identity.as_member(ada)
    do(identity, moderator, "stop_inviting", ada, reason="Sold places.")

    refused = client.post("/invitations", {})
    inviting = client.get("/members/me").get_json()["inviting"]

    assert code_of(refused) == (403, "inviting_stopped")
    assert "Sold places." in refused.get_json()["detail"]
    assert (inviting["hindrance"], inviting["reason"]) == ("stopped", "Sold places.")
    do(identity, moderator, "allow_inviting", ada)
    assert client.post("/invitations", {}).status_code == 201


@pytest.mark.parametrize("act", ["reinstate", "reinstate_branch", "allow_inviting"])
def test_act_that_changes_nothing_is_refused(
    identity: ServiceUnderTest, moderator: Person, branch: list[Person], act: str
) -> None:
    assert code_of(do(identity, moderator, act, branch[0])) == (409, "act_without_effect")


def test_second_suspension_changes_nothing(
    identity: ServiceUnderTest, moderator: Person, branch: list[Person]
) -> None:
    do(identity, moderator, "suspend", branch[0])

    again = do(identity, moderator, "suspend", branch[0])

    assert code_of(again) == (409, "act_without_effect")
    assert len(identity.published(MemberSuspended)) == 1


@pytest.mark.parametrize(
    ("act", "undoing"),
    [
        ("suspend", "reinstate"),
        ("prune", "reinstate"),
        ("prune", "reinstate_branch"),
        ("stop_inviting", "allow_inviting"),
    ],
)
def test_what_an_administrator_decided_is_undone_by_no_moderator(
    identity: ServiceUnderTest,
    moderator: Person,
    root: Person,
    branch: list[Person],
    act: str,
    undoing: str,
) -> None:
    do(identity, root, act, branch[0])

    refused = do(identity, moderator, undoing, branch[0])
    tried = do(identity, moderator, undoing, branch[0], dry_run=True)
    done = do(identity, root, undoing, branch[0])

    assert code_of(refused) == code_of(tried) == (403, "act_beyond_role")
    assert done.status_code == 200


def test_what_the_operator_or_a_former_administrator_decided_stays(
    identity: ServiceUnderTest, moderator: Person, root: Person, branch: list[Person]
) -> None:
    ada, bob, _ = branch
    with identity.session() as session:
        moderation.perform_act(
            session, actor=None, act="suspend", member_id=ada.id, reason="Asked by the court."
        )
    do(identity, root, "suspend", bob)
    other = add_member(identity, "Ruth", role="administrator")
    do(identity, other, "change_role", root, role="member")

    refused = [do(identity, moderator, "reinstate", member) for member in (ada, bob)]

    assert [code_of(answer) for answer in refused] == [(403, "act_beyond_role")] * 2


def test_latest_stop_decides_who_may_undo_it(
    identity: ServiceUnderTest, moderator: Person, root: Person, branch: list[Person]
) -> None:
    do(identity, root, "stop_inviting", branch[0])
    do(identity, root, "allow_inviting", branch[0])
    do(identity, moderator, "stop_inviting", branch[0])

    assert do(identity, moderator, "allow_inviting", branch[0]).status_code == 200


@pytest.mark.parametrize("act", ["suspend", "change_role"])
def test_former_moderator_reads_no_acts(
    identity: ServiceUnderTest, moderator: Person, root: Person, branch: list[Person], act: str
) -> None:
    do(identity, moderator, "suspend", branch[0], reason="For moderators' eyes.")
    more = {"role": "member"} if act == "change_role" else {}
    do(identity, root, act, moderator, **more)

    read = identity.as_member(moderator).get("/moderation-acts").get_json()["items"]

    assert [item["member"]["id"] for item in read] == [str(moderator.id)]
    assert read[0]["actor"] is None


def test_unknown_member_is_not_found(identity: ServiceUnderTest, moderator: Person) -> None:
    ghost = Person("Ghost", new_id())

    assert code_of(do(identity, moderator, "suspend", ghost)) == (404, "member_not_found")


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": ""},
        {"reason": "   "},
        {"act": "ban"},
        {"role": "moderator"},
        {"act": "change_role"},
        {"act": "change_role", "role": "king"},
        {"member_id": "me"},
    ],
)
def test_act_with_wrong_fields_is_refused(
    identity: ServiceUnderTest, moderator: Person, fields: dict[str, str]
) -> None:
    body = {"act": "suspend", "member_id": str(new_id()), "reason": "Why", **fields}

    assert code_of(identity.as_member(moderator).post("/moderation-acts", body)) == (422, "invalid")


def test_log_keeps_each_act_with_its_reason_and_shows_members_their_own(
    identity: ServiceUnderTest, moderator: Person, branch: list[Person]
) -> None:
    ada, bob, _ = branch
    do(identity, moderator, "prune", bob, reason="Spam.")
    do(identity, moderator, "stop_inviting", ada, reason="Too many.")

    seen = identity.as_member(moderator).get("/moderation-acts").get_json()["items"]
    of_bob = identity.as_member(moderator).get(f"/moderation-acts?member={bob.id}").get_json()
    own = identity.as_member(ada).get("/moderation-acts").get_json()["items"]
    others = identity.as_member(ada).get(f"/moderation-acts?member={bob.id}").get_json()

    assert [(act["act"], act["reason"], act["affected_count"]) for act in seen] == [
        ("stop_inviting", "Too many.", 1),
        ("prune", "Spam.", 2),
    ]
    assert [act["actor"]["name"] for act in seen] == ["Max", "Max"]
    assert [act["act"] for act in of_bob["items"]] == ["prune"]
    assert [(act["reason"], act["actor"]) for act in own] == [("Too many.", None)]
    assert others["items"] == []


def test_branch_of_who_left_is_pruned_and_comes_back(
    identity: ServiceUnderTest, moderator: Person, branch: list[Person]
) -> None:
    ada, bob, cleo = branch
    do(identity, moderator, "prune", ada, reason="Ada sold places.")
    refused = sign_in(identity, "bob@example.org")
    with identity.session() as session:
        leaving.leave(session, member_id=ada.id, removes_posts=False, proven_hash=None)

    back = do(identity, moderator, "reinstate_branch", ada)
    again = do(identity, moderator, "prune", ada)

    assert "Ada" not in refused.get_json()["detail"]
    assert [person["name"] for person in back.get_json()["affected"]] == ["Bob", "Cleo"]
    assert again.get_json()["affected_count"] == 2
    assert states(identity, moderator, bob, cleo) == ["suspended"] * 2
