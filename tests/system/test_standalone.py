"""One machine, one command: first start, second start, sudden death, and clear refusals."""

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing.waiting import eventually
from tests.system import journey, typed_client
from tests.system.machine import Machine
from tests.system.machine import machine as new_machine
from tests.system.rush import rush, signed_on

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with new_machine(SKILLER_ADDRESS_CONNECTIONS="0") as machine:  # all clients have one
        yield machine


@pytest.fixture(scope="module")
def outcome(machine: Machine) -> journey.Outcome:
    """What the journey on the first start left behind."""
    machine.start()
    return journey.travel(machine.url, machine.read_invitation())


def test_skill_is_attributed_within_a_second(machine: Machine, outcome: journey.Outcome) -> None:
    journey.check_evidence(outcome)
    journey.check_unlike(outcome)


def test_unusable_invitations_are_refused_each_with_its_code(
    machine: Machine, outcome: journey.Outcome
) -> None:
    invitation = outcome.administrator.ok("POST", "/invitations", {})
    token = journey.token_of(invitation["url"])
    journey.join(machine.url, token, "Gaëlle")

    codes = journey.check_refusals(machine.url, outcome.administrator, token)

    assert codes == {
        "used": "invitation_used",
        "revoked": "invitation_revoked",
        "forged": "invitation_not_found",
    }


def test_many_likes_at_once_are_counted_right(machine: Machine, outcome: journey.Outcome) -> None:
    rush(machine.url, signed_on(machine.data))


def test_services_agree_on_what_they_share(machine: Machine, outcome: journey.Outcome) -> None:
    said = machine.operate("reconcile")
    assert re.fullmatch(r"All \d+ replicas agree with their owners\.\n", said)


@typed_client.needs_node
def test_a_client_typed_by_the_document_compiles_and_walks_the_journey(
    machine: Machine, outcome: journey.Outcome, tmp_path: Path
) -> None:
    invitations = [outcome.administrator.ok("POST", "/invitations", {}) for _ in range(5)]
    tokens = [journey.token_of(invitation["url"]) for invitation in invitations]

    program = typed_client.build(tmp_path, machine.url)
    seen = typed_client.travel(program, machine.url, tokens)

    assert seen.pop("worth") == pytest.approx(seen.pop("weights"), abs=1e-4)
    assert seen.pop("members") > 5
    assert seen == {
        "is_same_question": True,
        "level_name": "recognised",
        "likers": 4,
        "evidence": 4,
        "is_expert": True,
        "refused": "question_not_found",
        "is_rotated": True,
    }


def test_operator_asks_a_service_without_naming_its_database(
    machine: Machine, outcome: journey.Outcome
) -> None:
    assert machine.operate("service", "skills", "dead-letters", "list") == "None.\n"


def test_interrupt_stops_everything_and_a_second_start_finds_the_data(
    machine: Machine, outcome: journey.Outcome
) -> None:
    code = machine.end(signal.SIGINT)
    machine.start()

    assert code == 0
    assert "Administrator invitation" not in machine.said
    found = outcome.members[0].call("GET", f"/questions/{outcome.question['id']}")
    assert found.status_code == 200


def test_killed_machine_recovers(machine: Machine, outcome: journey.Outcome) -> None:
    member = outcome.members[0]
    member.ok("DELETE", f"/members/{outcome.members[2].member['id']}/follow")
    member.ok("PUT", f"/members/{outcome.members[2].member['id']}/follow")

    machine.end(signal.SIGKILL)
    eventually(lambda: not _listens(machine.port), seconds=30)
    machine.start()

    following = member.ok("GET", f"/members/{member.member['id']}/following")
    assert outcome.members[2].member["id"] in {item["id"] for item in following["items"]}


def test_taken_port_is_one_clear_line(machine: Machine, outcome: journey.Outcome) -> None:
    other = Machine(machine.data.with_name("other"))
    other.port = machine.port

    with pytest.raises(AssertionError, match=f"Port {machine.port} is taken"):
        other.start()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
