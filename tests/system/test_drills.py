"""Drills: a community acts all the time while one part after another is harmed.

After each harm everybody stands still for a moment, and an audit finds what was confirmed, in
every service, once. One Skiller for all of them, in this order: `make drill`.
"""

import signal
import time
from collections.abc import Iterator

import psycopg
import pytest

from chassis.testing.rabbitmq import Node
from chassis.testing.relays import shares_of
from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from conftest import MakePostgres
from contracts.services import SERVICES
from standalone.postgres import Postgres
from tests.system import audit, belonging, faults, harms
from tests.system.audited import SUMS
from tests.system.crowd import Crowd
from tests.system.ledger import AWAY, CLOCK_WRONG, NO_ANSWER, UNAVAILABLE, Trouble
from tests.system.processes import Cluster, cluster

pytestmark = [pytest.mark.drill, pytest.mark.broker, pytest.mark.timeout(300)]

MEMBERS = 24
AGREED_SECONDS = 60.0
# The gateway's breaker opens after five requests without an answer, and rests for five seconds.
BREAKER_SECONDS = 7.0
# A minute would show that another worker leads, which chassis/tests/test_worker.py does.
PAUSE_SECONDS = 20.0


# What skills attributes, but for its revisions, which count the levels passed on the way.
ATTRIBUTED = """SELECT 'contribution', to_jsonb(c)::text FROM contributions c
UNION ALL SELECT 'attribution', (to_jsonb(a) - 'revision')::text FROM attributions a"""


class Drill:
    """Everything that is harmed, and those who live with it."""

    def __init__(self, skiller: Cluster, crowd: Crowd) -> None:
        self.skiller = skiller
        self.crowd = crowd
        self.expecting = crowd.ledger.expecting
        self._begun, self._acts = time.monotonic(), 0

    def audit(self, name: str) -> None:
        """They act a little longer and stand still; within a minute nothing is wrong any more."""
        harms.wait(1)
        harmed = time.monotonic()
        with self.crowd.hold():
            self.wait_until_well()
        ledger, now = self.crowd.ledger, time.monotonic()
        print(
            f"\n{name}: {harmed - self._begun:.1f} s, {ledger.act_count - self._acts} acts,"
            f" agreed after {now - harmed:.1f} s; {len(ledger.troubles)} unanswered so far",
            end="",
        )
        self._begun, self._acts = now, ledger.act_count

    def wait_until_well(self) -> None:
        """While they stand still: until what is on its way has arrived, and nothing is wrong."""
        eventually(
            lambda: audit.is_well(self.skiller.urls, self.crowd), seconds=AGREED_SECONDS, every=0.3
        )

    def find(self) -> list[str]:
        """What an audit finds."""
        return audit.find(self.skiller.urls, self.crowd)


@pytest.fixture(scope="module")
def postgres(make_postgres: MakePostgres) -> Postgres:
    """A server of the drills' own, to stop and start."""
    return make_postgres()


@pytest.fixture(scope="module")
def drill(
    postgres: Postgres, node: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drill]:
    folder = tmp_path_factory.mktemp("drills")
    with cluster(Server(postgres.admin_url()), node.url, folder) as skiller:
        belonging.grow_branch(skiller.urls["identity"], None, MEMBERS)
        people = [belonging.sign_in(skiller.url, index) for index in range(MEMBERS)]
        crowd = Crowd(people)
        crowd.start()
        try:
            yield Drill(skiller, crowd)
        finally:
            crowd.stop()


def test_a_community_without_harm_agrees(drill: Drill) -> None:
    harms.wait(4)

    drill.audit("no harm")


def test_stopped_database_is_answered_by_503(drill: Drill, postgres: Postgres) -> None:
    _end_database(drill, postgres, signal.SIGINT)

    drill.audit("PostgreSQL stopped")


@pytest.mark.parametrize("service", SERVICES)
def test_killed_worker_and_web_process_lose_nothing(drill: Drill, service: str) -> None:
    with harms.gone(drill.skiller, f"{service}-worker"):
        harms.wait(1)
    with drill.expecting(service, answers=[AWAY], rest=BREAKER_SECONDS):
        with harms.gone(drill.skiller, service):
            harms.wait(1)
        drill.skiller.wait_for(service)

    drill.audit(f"{service} killed")


def test_killed_gateway_loses_nothing(drill: Drill) -> None:
    with drill.expecting(answers=[NO_ANSWER]):
        with harms.gone(drill.skiller, "gateway"):
            harms.wait(1)
        drill.skiller.wait_for("gateway")

    drill.audit("gateway killed")


def test_stopped_broker_only_delays(drill: Drill, node: Node) -> None:
    node.stop()
    harms.wait(3)
    node.start()

    drill.audit("RabbitMQ stopped")


def test_deleted_queue_is_missed_by_its_listener_alone(drill: Drill) -> None:
    with drill.crowd.hold():
        # What is in a queue that is deleted goes with it: so it is emptied first.
        drill.wait_until_well()
        drill.skiller.kill("skills-worker")
        count = harms.delete_queue(drill.skiller, "skills")
    try:
        eventually(lambda: harms.count_waiting(drill.skiller.urls, "skills") > 5)
    finally:
        drill.skiller.start("skills-worker")

    assert count == 0
    drill.audit("queue deleted")


def test_full_queue_makes_its_events_wait(drill: Drill, node: Node) -> None:
    with harms.gone(drill.skiller, "notifications-worker", signal.SIGTERM):
        node.limit(f"{drill.skiller.namespace}notifications.events", 5)
        eventually(lambda: harms.count_waiting(drill.skiller.urls, "notifications") > 5)
        node.unlimit()

    # It was told to end, not killed.
    assert "stopped" in (drill.skiller.folder / "notifications-worker.log").read_text()
    drill.audit("queue full")


def test_paused_worker_catches_up(drill: Drill) -> None:
    with harms.paused(drill.skiller, "discussion-worker"):
        harms.wait(PAUSE_SECONDS)

    drill.audit("worker paused")


def test_full_disk_refuses_writes_of_its_service_alone(drill: Drill) -> None:
    with (
        drill.expecting("discussion", answers=[UNAVAILABLE]),
        harms.full_disk(drill.skiller.urls["discussion"]),
    ):
        harms.wait(4)

    assert any(t.answer == UNAVAILABLE for t in drill.crowd.ledger.troubles[-5:])
    drill.audit("disk full")


def test_events_three_times_in_any_order_count_once(drill: Drill) -> None:
    count = harms.shuffle_events(drill.skiller, 8)

    assert count > 100
    drill.audit(f"{count} events three times")


def test_killed_database_loses_nothing(drill: Drill, postgres: Postgres) -> None:
    _end_database(drill, postgres, signal.SIGKILL)

    drill.audit("PostgreSQL killed")


def test_clock_an_hour_ahead_writes_nothing(drill: Drill) -> None:
    names = ("social", "social-worker")
    with drill.expecting("social", answers=[AWAY, CLOCK_WRONG], rest=BREAKER_SECONDS):
        for name in names:
            drill.skiller.kill(name, signal.SIGTERM)
            drill.skiller.start(name, "tests.system.ahead")
        eventually(lambda: _says_clock_wrong(drill.crowd))
        harms.wait(2)
        for name in names:
            drill.skiller.kill(name, signal.SIGTERM)
            drill.skiller.start(name)
        drill.skiller.wait_for("social")

    assert not harms.has_future_rows(drill.skiller.urls["social"])
    drill.audit("clock ahead")


def test_one_of_two_relays_dies_and_the_other_takes_its_share(drill: Drill) -> None:
    url = drill.skiller.urls["discussion"]
    drill.skiller.start("discussion-worker-2")
    eventually(lambda: sorted(shares_of(url).values()) == [8, 8])
    harms.wait(2)
    with harms.gone(drill.skiller, "discussion-worker"):
        eventually(lambda: sorted(shares_of(url).values()) == [16])
        harms.wait(2)
    eventually(lambda: sorted(shares_of(url).values()) == [8, 8])
    drill.skiller.kill("discussion-worker-2")

    drill.audit("one of two relays killed")


def test_skills_told_everything_again_attributes_the_same(drill: Drill) -> None:
    url = drill.skiller.urls["skills"]
    eventually(lambda: len(_attributed(url)) > 100, seconds=60, every=1)
    with drill.crowd.hold():
        # Sooner, what is still on its way would be compared with itself arrived.
        drill.wait_until_well()
        before = _attributed(url)
        told = drill.skiller.command("skills", "rebuild")
        for publisher in told.rstrip(".\n").partition(" from ")[2].split(", "):
            drill.skiller.command(publisher, "republish", "--to", "skills")
        drill.wait_until_well()

        assert _attributed(url) == before


def test_an_audit_names_what_is_wrong_in_rows(drill: Drill) -> None:
    with audit.open_all(drill.skiller.urls) as rows:
        # All are compared with something.
        eventually(lambda: not audit.find_empty(rows), seconds=120, every=1)
        with drill.crowd.hold():
            drill.wait_until_well()
            assert not faults.find_unnoticed(rows, drill.crowd.ledger)

    named = " ".join(fault.named for fault in faults.FAULTS)
    assert not [kind for kind in SUMS if kind not in named]


def test_an_audit_names_what_is_shown_counted_and_answered_wrongly(drill: Drill) -> None:
    urls, ledger = drill.skiller.urls, drill.crowd.ledger
    trouble = Trouble(0, 0, "social", AWAY, "GET /members/me")
    with drill.crowd.hold():
        drill.wait_until_well()
        latest = drill.crowd.things["question"][-1].id
        with faults.raised(urls["discussion"], "posts", "like_count", f"id = '{latest}'"):
            assert any("other counts are shown" in found for found in drill.find())
        with faults.raised(urls["skills"], "like_refs", "revision", "is_liked"):
            assert any("then republish what it names" in found for found in drill.find())
        ledger.complain(trouble)
        assert any("No reason for GET /members/me" in found for found in drill.find())
        ledger.troubles.remove(trouble)
        assert not drill.find()


def _attributed(database_url: str) -> set[tuple[str, str]]:
    with psycopg.connect(database_url) as connection:
        return set(connection.execute(ATTRIBUTED))


def _end_database(drill: Drill, postgres: Postgres, how: signal.Signals) -> None:
    with drill.expecting(answers=[UNAVAILABLE], rest=1):
        harms.end_postgres(postgres, how)
        harms.wait(2)
        postgres.start()
        for service in SERVICES:
            drill.skiller.wait_for(service)


def _says_clock_wrong(crowd: Crowd) -> bool:
    return any(trouble.answer == CLOCK_WRONG for trouble in crowd.ledger.troubles)
