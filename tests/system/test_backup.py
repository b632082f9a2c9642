"""A backup is made while people write, and restored into an empty place: nothing disagrees."""

import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.system import journey
from tests.system.journey import PASSWORD, Client, Outcome
from tests.system.machine import ROOT, Machine
from tests.system.machine import machine as new_machine

pytestmark = pytest.mark.timeout(600)


@dataclass
class Drill:
    """What was there before, what was said, and the machine that was made of the backup."""

    outcome: Outcome
    folder: Path
    machine: Machine
    said: str
    written: list[str]
    refresh_token: str
    said_at_rest: str
    refused: str


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """A community writes while it is backed up; then one leaves, and the machine is lost."""
    folder = tmp_path_factory.mktemp("backup") / "first"
    with new_machine() as lost, new_machine() as machine:
        lost.start()
        outcome = journey.travel(lost.url, lost.read_invitation())
        with _writing(outcome) as written:
            _backup(lost, "take", str(folder))
        leaver = outcome.members[4]
        kept = _sign_in(lost.url, outcome.members[0])
        leaver.ok("DELETE", "/members/me", {"password": PASSWORD})
        ledger = folder.with_name("ledger")
        ledger.write_text(f"{leaver.member['id']}\n")
        lost.end()
        at_rest = _backup(lost, "take", str(folder.with_name("second")))
        refused = _backup(lost, "take", str(folder), status=1)
        refused += _backup(lost, "restore", str(folder), status=1)
        said = _backup(machine, "restore", str(folder), "--erased", str(ledger))
        machine.start()
        token = kept["refresh_token"]
        yield Drill(outcome, folder, machine, said, written, token, at_rest, refused)


def test_services_agree_after_a_restore(drill: Drill) -> None:
    assert "replicas agree with their owners." in drill.said
    assert drill.machine.operate("reconcile").startswith("All ")
    assert drill.machine.operate("service", "skills", "dead-letters", "list") == "None.\n"


def test_what_was_proved_is_proved_again(drill: Drill) -> None:
    reader = _again(drill, drill.outcome.members[0])
    answerer = drill.outcome.members[1].member["id"]
    [skill] = [
        one
        for one in reader.ok("GET", f"/members/{answerer}/skills")["items"]
        if one["skill"]["slug"] == "postgresql"
    ]
    # One of the five left since.
    assert skill["liker_count"] in (4, 5)
    evidence = reader.ok("GET", f"/members/{answerer}/skills/postgresql/evidence")["items"]
    assert abs(sum(item["weight"] for item in evidence) - skill["score"]) < 1e-4


def test_what_was_written_meanwhile_is_whole_or_absent(drill: Drill) -> None:
    """Who is known by a post is known to identity too, dumped last."""
    reader = _again(drill, drill.outcome.members[0])
    answers = [reader.call("GET", f"/questions/{one}") for one in drill.written]
    statuses = [answer.status_code for answer in answers]
    there = statuses.count(200)
    assert statuses == [200] * there + [404] * (len(statuses) - there)
    assert {answer.json()["author"]["name"] for answer in answers[:there]} <= {"Béatrice"}


def test_who_left_since_is_erased_again(drill: Drill) -> None:
    leaver = drill.outcome.members[4]
    assert "1 member erased again." in drill.said
    proof = {"email": leaver.email, "password": PASSWORD}
    assert Client(drill.machine.url).call("POST", "/sessions", proof).status_code == 401
    reader = _again(drill, drill.outcome.members[0])
    shown = reader.ok("GET", f"/members/{leaver.member['id']}")
    assert leaver.member["name"] not in json.dumps(shown)


def test_sessions_of_before_are_over(drill: Drill) -> None:
    refresh = {"refresh_token": drill.refresh_token}
    stranger = Client(drill.machine.url)
    assert stranger.call("POST", "/sessions/refresh", refresh).status_code == 401


def test_keys_are_the_same(drill: Drill) -> None:
    [key] = json.loads((drill.machine.data / "keys" / "public.json").read_text())["keys"]
    assert key["kid"]
    assert (drill.machine.data / "keys").stat().st_mode & 0o077 == 0


def test_place_that_holds_something_is_left_alone(drill: Drill) -> None:
    assert "holds a Skiller" in drill.refused


def test_backup_is_made_while_nothing_runs_and_in_a_new_folder_alone(drill: Drill) -> None:
    assert "6 databases" in drill.said_at_rest
    assert "exists" in drill.refused


@contextmanager
def _writing(outcome: Outcome) -> Iterator[list[str]]:
    """Somebody asks one question after the other; their ids."""
    asker, over, written = outcome.members[0], threading.Event(), []

    def write() -> None:
        writer = Client(asker.url, asker.token)
        for number in itertools.count():
            if over.is_set():
                return
            asked: dict[str, Any] = {"title": f"Does it hold, the {number}th time?", "body": "?"}
            answer = writer.call("POST", "/questions", {**asked, "keywords": ["PostgreSQL"]})
            if answer.status_code == 201:
                written.append(answer.json()["id"])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        over.set()
        thread.join()


def _backup(machine: Machine, *arguments: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "backup", *arguments],
        cwd=ROOT,
        env=machine.environ,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def _sign_in(url: str, member: Client) -> Any:
    return Client(url).ok("POST", "/sessions", {"email": member.email, "password": PASSWORD})


def _again(drill: Drill, member: Client) -> Client:
    """They sign in where the backup was restored."""
    session = _sign_in(drill.machine.url, member)
    return Client(drill.machine.url, session["access_token"], member.member, email=member.email)
