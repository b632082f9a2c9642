"""From a stranger's request to the last trace of who left, on one machine."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from chassis.testing.waiting import eventually
from tests.system import belonging
from tests.system.journey import PASSWORD, Client, join, token_of
from tests.system.machine import Machine
from tests.system.machine import machine as new_machine

pytestmark = pytest.mark.timeout(300)
ANSWER = {"body": "Turn on `pg_stat_statements`."}
QUESTION = {"title": "How do I read a **plan**?", "body": "In SQL.", "keywords": ["SQL"]}


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with new_machine() as machine:
        machine.start()
        yield machine


@pytest.fixture(scope="module")
def root(machine: Machine) -> Client:
    return join(machine.url, machine.read_invitation(), "Root")


def take_in(machine: Machine, sponsor: Client, name: str) -> Client:
    invitation = sponsor.ok("POST", "/invitations", {})
    return join(machine.url, token_of(invitation["url"]), name)


def places(person: Client) -> int:
    left: int = person.ok("GET", "/members/me")["inviting"]["places_left"]
    return left


def ask(machine: Machine, name: str, keyword: str) -> str:
    """A stranger asks for an invitation and confirms their address; the address."""
    address = f"{name.lower()}@example.org"
    form = {"name": name, "email": address, "motivation": "To learn.", "keywords": [keyword]}
    stranger = Client(machine.url)
    stranger.ok("POST", "/invitation-requests", form)
    token = belonging.mailed_token(machine, address, "confirm")
    assert stranger.call("PUT", f"/address-confirmations/{token}").status_code == 204
    return address


def test_stranger_is_sponsored_by_who_follows_their_keyword_and_gives_the_place_back(
    machine: Machine, root: Client
) -> None:
    host, other = take_in(machine, root, "Hostess"), take_in(machine, root, "Other")
    belonging.let_a_week_pass(machine, host, other)
    host.ok("PUT", "/keywords/python/follow")
    ask(machine, "Cook", "Cooking")
    address = ask(machine, "Coder", "Python")

    # The one who waits longer comes first, but for who follows the keyword.
    eventually(lambda: names(host) == ["Coder", "Cook"])
    assert names(other) == ["Cook", "Coder"]
    wanted = host.ok("GET", "/invitation-requests")["items"][0]
    assert wanted["matches"] == ["Python"]
    host.ok("POST", f"/invitation-requests/{wanted['id']}/sponsor", {"note": "Welcome!"})
    token = belonging.mailed_token(machine, address, "join")
    coder = join(machine.url, token, "Coder")
    assert coder.member["sponsor"]["id"] == host.member["id"]
    assert places(host) == 4

    question = coder.ok("POST", "/questions", QUESTION)
    host.ok("PUT", f"/posts/{question['id']}/like")
    for _ in range(2):
        other.ok("PUT", f"/posts/{question['id']}/like")
        other.ok("DELETE", f"/posts/{question['id']}/like")
    eventually(lambda: places(host) == 5)
    root.ok("PUT", f"/posts/{question['id']}/like")
    [invitation] = host.ok("GET", "/invitations")["items"]
    assert (invitation["name"], invitation["is_place_back"]) == ("Coder", True)


def names(person: Client) -> list[str]:
    return [item["name"] for item in person.ok("GET", "/invitation-requests")["items"]]


def test_pruned_branch_of_300_writes_nowhere_until_it_is_reinstated(
    machine: Machine, root: Client
) -> None:
    top = take_in(machine, root, "Top")
    grown = belonging.grow_branch(belonging.urls_of(machine)["identity"], top.member["id"], 299)
    eventually(lambda: set.union(*belonging.count_states(machine, grown).values()) == {"active"})
    writers = [belonging.sign_in(machine.url, index) for index in (0, 150, 298)]
    question = root.ok("POST", "/questions", QUESTION)
    assert {write(writer, root, question["id"]) for writer in writers} == {(201, 200, 200)}
    prune = {"act": "prune", "member_id": top.member["id"], "reason": "A test of pruning."}

    tried = root.ok("POST", "/moderation-acts", {**prune, "dry_run": True})
    assert tried["affected_count"] == len(tried["affected"]) == 300
    root.ok("POST", "/moderation-acts", prune)

    everybody = [*grown, UUID(top.member["id"])]
    eventually(lambda: states(machine, everybody) == {"suspended"})
    assert {write(writer, root, question["id"]) for writer in writers} == {(403, 403, 403)}
    refused = Client(machine.url).call(
        "POST", "/sessions", {"email": "branch7@example.org", "password": PASSWORD}
    )
    assert refused.json()["code"] == "member_suspended"
    root.ok("POST", "/moderation-acts", {**prune, "act": "reinstate_branch"})
    eventually(lambda: states(machine, everybody) == {"active"})
    # The sessions of before were closed for good.
    assert {write(writer, root, question["id"]) for writer in writers} == {(401, 401, 401)}
    writers = [belonging.sign_in(machine.url, index) for index in (0, 150, 298)]
    assert {write(writer, root, question["id"]) for writer in writers} == {(201, 200, 200)}


def _answer() -> dict[str, str]:
    """Never the same twice."""
    return {"body": f"{ANSWER['body']} {uuid4()}"}


def write(writer: Client, other: Client, question_id: str) -> tuple[int, int, int]:
    """Answer (discussion), follow (social), change the profile (identity)."""
    return (
        writer.call("POST", f"/questions/{question_id}/answers", _answer()).status_code,
        writer.call("PUT", f"/members/{other.member['id']}/follow").status_code,
        writer.call("PATCH", "/members/me", {"location": "Lyon"}).status_code,
    )


def states(machine: Machine, ids: list[UUID]) -> set[str]:
    return set.union(*belonging.count_states(machine, ids).values())


def test_nothing_anywhere_names_who_left(machine: Machine, root: Client) -> None:
    name, bio = "Wilhelmina Featherstone", "Collects sundials and almanacs."
    address = ask(machine, "Featherstone", "Sundials")
    invitation = root.ok("POST", "/invitations", {"email": address, "note": f"Come, {name}"})
    stranger = Client(machine.url)
    joiner = {
        "token": token_of(invitation["url"]),
        "name": name,
        "email": address,
        "password": PASSWORD,
    }
    stranger.ok("POST", "/members", joiner)
    granted = stranger.ok("POST", "/sessions", {"email": address, "password": PASSWORD})
    leaver = Client(machine.url, granted["access_token"])
    me = leaver.ok("PATCH", "/members/me", {"bio": bio, "headline": "Featherstone & Co."})
    asked = leaver.ok("POST", "/questions", QUESTION, **{"Idempotency-Key": "once"})
    leaver.ok("PUT", f"/members/{root.member['id']}/follow")
    root.ok("PUT", f"/members/{me['id']}/follow")
    answer = root.ok("POST", f"/questions/{asked['id']}/answers", ANSWER)
    leaver.ok("PUT", f"/posts/{answer['id']}/like")
    stranger.ok("POST", "/password-resets", {"email": address})
    belonging.mailed_token(machine, address, "reset")
    exported = leaver.ok("GET", "/members/me/export")
    for path in exported["others"]:
        leaver.ok("GET", path.removeprefix("/api/v1"))
    words = [name, "Featherstone", address, bio]
    assert belonging.rows_with(machine, words)

    farewell = {"password": PASSWORD}
    assert leaver.call("DELETE", "/members/me", farewell).status_code == 204

    # Files of mails are looked through twice, a minute apart.
    eventually(lambda: belonging.let_a_minute_pass(machine))
    eventually(lambda: belonging.rows_with(machine, words) == [], every=0.5)
    assert belonging.files_with(machine.data / "log", words) == []
    assert belonging.files_with(machine.data / "mail", words) == []
    kept = root.ok("GET", f"/questions/{asked['id']}")
    assert kept["author"]["name"] == "A former member"
