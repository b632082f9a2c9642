"""All processes on RabbitMQ: the journey. What happens when parts of them die: `test_drills`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing import tokens
from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from tests import dashboard
from tests.system import journey
from tests.system.observing import needs_prometheus, prometheus
from tests.system.processes import Cluster, cluster
from tests.system.rush import rush

# And RabbitMQ's own, which is not asked here.
EMPTY_WHERE_ALL_IS_WELL = {
    "Failures",
    "Databases in trouble",
    "RabbitMQ's",
    "Events that wait in queues",
}

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def skiller(
    server: Server, broker_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    with cluster(server, broker_url, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def outcome(skiller: Cluster) -> journey.Outcome:
    """What the whole journey left behind."""
    line = skiller.command("identity", "invite-administrator", "--first")
    return journey.travel(skiller.url, journey.token_of(line.strip()))


def test_likes_attribute_a_skill_with_its_evidence(outcome: journey.Outcome) -> None:
    journey.check_evidence(outcome)


def test_taking_likes_back_takes_the_skill_back(outcome: journey.Outcome) -> None:
    journey.check_unlike(outcome)


@needs_prometheus
def test_each_query_of_the_dashboard_finds_what_it_draws(
    skiller: Cluster, outcome: journey.Outcome, tmp_path: Path
) -> None:
    liker = outcome.members[1]
    with prometheus(skiller, tmp_path) as asked:

        def all_are_drawn() -> bool:
            # What is drawn as a rate needs answers after the first figures.
            liker.ok("GET", f"/questions/{outcome.question['id']}")
            empty = {title for title, query in dashboard.queries() if not asked.find(query)}
            assert empty <= EMPTY_WHERE_ALL_IS_WELL
            return True

        eventually(all_are_drawn, every=1)
        assert {(rule["name"], rule["health"]) for rule in asked.rules()} == {
            (rule["name"], "ok") for rule in asked.rules()
        }
        assert not [rule["name"] for rule in asked.rules() if rule["state"] == "firing"]


def test_merged_openapi_tells_every_service(skiller: Cluster, outcome: journey.Outcome) -> None:
    told = journey.Client(skiller.url).session.get(f"{skiller.url}/api/openapi.json", timeout=10)

    paths = told.json()["paths"]

    assert "/api/v1/questions" in paths
    assert "/api/v1/invitations" in paths
    assert "/api/v1/skills/{slug}/experts" in paths


def test_many_likes_at_once_are_counted_right(skiller: Cluster) -> None:
    rush(skiller.url, tokens.token_for)
