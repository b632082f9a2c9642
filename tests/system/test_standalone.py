"""One machine, one command: first start, second start, sudden death, and clear refusals."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing.waiting import eventually
from tests.system import journey

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(240)


class Machine:
    """A standalone on a data folder and port of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None
        self.said = ""

    def start(self) -> None:
        """Start it and wait for `Ready:`; the lines it says are in `said`."""
        environ = {
            **os.environ,
            "SKILLER_PORT": str(self.port),
            "SKILLER_DATA": str(self.data),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "standalone"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ready:"):
                return
        self.process.wait(30)
        self.process.stdout.close()
        raise AssertionError(f"never ready: {self.said}")

    def read_invitation(self) -> str:
        """The token of the administrator's invitation that follows `Ready:`."""
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Administrator invitation: "), line
        return journey.token_of(line.strip())

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return code


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="skiller-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        machine = Machine(Path(folder) / "var")
        yield machine
        if machine.process is not None:
            machine.end()


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
