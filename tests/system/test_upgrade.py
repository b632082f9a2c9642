"""An upgrade: from four services to all of today's, side by side under load; and on one machine.

A community acts all the time, through clients that ask again where a service is away: what is
refused to them nevertheless is a request that failed. `make drill`.
"""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from contracts.services import SERVICES
from tests.system import audit, belonging, earlier, harms, journey, owned
from tests.system.crowd import Crowd
from tests.system.doors import Door, opened
from tests.system.machine import Machine
from tests.system.machine import machine as new_machine
from tests.system.processes import ROOT, Cluster

pytestmark = [pytest.mark.drill, pytest.mark.broker, pytest.mark.timeout(300)]

BEFORE = ("identity", "social", "discussion", "skills")
NEW = tuple(name for name in SERVICES if name not in BEFORE)
# Of these the worker is replaced first, of the others what serves.
WORKER_FIRST, WEB_FIRST = ("social", "skills"), ("identity", "discussion")
MEMBERS = 24
AGREED_SECONDS = 60.0
STOPPED_SECONDS = 60.0
MIXED_SECONDS = 2.0


class Upgrade:
    """What ran before, what runs today beside it, and those who live with both."""

    def __init__(self, before: Cluster, today: Cluster, doors: dict[str, Door]) -> None:
        self.before = before
        self.today = today
        self.doors = doors
        people = [
            belonging.sign_in(before.url, index, journey.PatientClient) for index in range(MEMBERS)
        ]
        self.crowd = Crowd(people)
        self.crowd.known = earlier.KNOWN

    def begin(self, *names: str) -> None:
        """Start some of today's processes; those of before that do the same go on."""
        for name in names:
            self.today.start(name)
        for name in names:
            if not name.endswith("-worker"):
                self.today.wait_for(name)
            if name in self.doors:
                self.doors[name].leads_to.append(self.today.ports[name])

    def end(self, *names: str) -> None:
        """End some processes of before, as an operator does."""
        for name in names:
            if name in self.doors:
                self.doors[name].leads_to.remove(self.before.ports[name])
            self.before.kill(name, signal.SIGTERM)

    def live(self) -> None:
        """They go on for a moment; nobody was refused so far."""
        harms.wait(MIXED_SECONDS)
        assert not [str(trouble) for trouble in self.crowd.ledger.unexplained()]

    def audit(self) -> None:
        """They stand still, and within a minute nothing is wrong any more."""
        urls = self.today.urls
        with self.crowd.hold():
            eventually(lambda: audit.is_well(urls, self.crowd), seconds=AGREED_SECONDS, every=0.5)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return earlier.unpack_four_services(tmp_path_factory.mktemp("earlier"))


@pytest.fixture(scope="module")
def upgrade(
    tree: Path, server: Server, broker_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgrade]:
    with ExitStack() as stack:
        urls = {name: stack.enter_context(server.new_database(name)) for name in SERVICES}
        first = {name: urls[name] for name in BEFORE}
        before = Cluster(first, broker_url, tmp_path_factory.mktemp("before"), tree)
        doors = {name: Door(before.ports[name]) for name in BEFORE}
        stack.enter_context(opened(*doors.values()))
        before.doors = before.ports | {name: door.port for name, door in doors.items()}
        today = before.beside(urls, tmp_path_factory.mktemp("today"))
        _two_at_once(before, [(name, "migrate") for name in BEFORE])
        grow = f"belonging.grow_branch({urls['identity']!r}, None, {MEMBERS})"
        earlier.run_in(tree, f"from tests.system import belonging; {grow}")
        stack.callback(before.stop)
        stack.callback(today.stop)
        before.start_all()
        upgrade = Upgrade(before, today, doors)
        stack.callback(upgrade.crowd.stop)
        upgrade.crowd.start()
        yield upgrade


def test_todays_migrations_leave_what_runs_at_work(upgrade: Upgrade) -> None:
    upgrade.live()

    _two_at_once(upgrade.today, [(name, "migrate") for name in SERVICES])

    upgrade.live()


def test_old_and_new_work_beside_each_other(upgrade: Upgrade) -> None:
    upgrade.begin(*(f"{name}-worker" for name in BEFORE))
    upgrade.live()
    upgrade.end(*(f"{name}-worker" for name in WORKER_FIRST))
    upgrade.begin(*WEB_FIRST)
    upgrade.live()
    upgrade.end(*WEB_FIRST)
    upgrade.begin(*WORKER_FIRST)
    upgrade.live()
    upgrade.end(*(f"{name}-worker" for name in WEB_FIRST), *WORKER_FIRST)
    upgrade.live()


def test_new_services_and_the_gateway_come_last(upgrade: Upgrade) -> None:
    upgrade.begin(*NEW, *(f"{name}-worker" for name in NEW))
    upgrade.end("gateway")
    upgrade.begin("gateway")
    upgrade.live()

    assert not upgrade.before.running


def test_what_the_changelog_says_makes_all_agree(upgrade: Upgrade) -> None:
    upgrade.crowd.known = Crowd.known

    for service, words in earlier.steps_after():
        upgrade.today.command(service, *words)

    upgrade.audit()


def test_all_of_it_lives_on(upgrade: Upgrade) -> None:
    upgrade.live()

    upgrade.audit()


def test_what_ran_before_refuses_the_new_databases_in_one_line(upgrade: Upgrade) -> None:
    with upgrade.crowd.hold():
        kept = {name: _migration_of(upgrade.today.urls[name]) for name in BEFORE}
        for name in BEFORE:
            done = upgrade.before.attempt(name, "migrate")

            [line] = done.stderr.splitlines()
            assert done.returncode == 1
            assert f"is at migration {kept[name]}, and this release knows up to 000" in line
            assert _migration_of(upgrade.today.urls[name]) == kept[name]


def test_a_machine_is_upgraded_within_a_minute_and_keeps_every_row(tree: Path) -> None:
    with new_machine(SKILLER_ADDRESS_CONNECTIONS="0") as machine:
        machine.tree = tree
        machine.start()
        outcome = journey.travel(machine.url, machine.read_invitation())
        eventually(lambda: not _count_untold(machine))
        columns = owned.columns_of(belonging.urls_of(machine))
        before = owned.sums_of(belonging.urls_of(machine), columns)
        machine.end()
        stopped = time.monotonic()
        machine.tree = ROOT
        machine.start()
        seconds = time.monotonic() - stopped
        after = owned.sums_of(belonging.urls_of(machine), columns)
        _settle(machine)
        journey.check_evidence(outcome)
        machine.end()
        machine.tree = tree
        with pytest.raises(AssertionError, match=r"at migration 00.., and this release knows up"):
            machine.start()

    print(f"\nready {seconds:.1f} s after the stop", end="")
    assert seconds <= STOPPED_SECONDS
    assert after == before


def _settle(machine: Machine) -> None:
    for service, words in earlier.steps_after():
        machine.operate("service", service, *words)
    eventually(lambda: machine.operate("reconcile"), seconds=AGREED_SECONDS, every=1)


def _two_at_once(skiller: Cluster, commands: list[tuple[str, str]]) -> None:
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda one: skiller.command(*one), commands))


def _count_untold(machine: Machine) -> int:
    found = 0
    for url in belonging.urls_of(machine).values():
        with psycopg.connect(url) as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM outbox")
            found += count
    return found


def _migration_of(database_url: str) -> str:
    with psycopg.connect(database_url) as connection:
        [(version,)] = connection.execute("SELECT version_num FROM alembic_version")
        return str(version)
