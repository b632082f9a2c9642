"""All processes on RabbitMQ: the journey, and what happens when parts of them die."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing import tokens
from chassis.testing.rabbitmq import Node
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
    server: Server, node: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    with cluster(server, node.url, tmp_path_factory.mktemp("system")) as running:
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


def test_worker_killed_in_the_middle_loses_nothing(
    skiller: Cluster, outcome: journey.Outcome
) -> None:
    asker, answerer = outcome.members[0], outcome.members[2]
    liker = outcome.members[1]

    answers = []
    for number in range(20):
        body = {"body": f"Number {number}: try partial indexes."}
        answer = answerer.ok("POST", f"/questions/{outcome.question['id']}/answers", body)
        liker.ok("PUT", f"/posts/{answer['id']}/like")
        answers.append(answer["id"])
        if number == 10:
            skiller.kill("skills-worker")
            skiller.kill("discussion-worker")
    skiller.start("skills-worker")
    skiller.start("discussion-worker")

    eventually(lambda: _liked_posts(asker, answerer) == set(answers), seconds=30)


def test_stopped_broker_only_delays(skiller: Cluster, node: Node, outcome: journey.Outcome) -> None:
    asker, answerer = outcome.members[0], outcome.members[3]
    node.stop()

    answer = answerer.ok(
        "POST", f"/questions/{outcome.question['id']}/answers", {"body": "Look at the plan."}
    )
    asker.ok("PUT", f"/posts/{answer['id']}/like")
    node.start()

    eventually(lambda: _liked_posts(asker, answerer) == {answer["id"]}, seconds=60)


def test_one_dead_service_leaves_the_others_working(
    skiller: Cluster, outcome: journey.Outcome
) -> None:
    asker = outcome.members[0]
    skiller.kill("skills")

    refused = asker.call("GET", "/skills/postgresql/experts")
    answered = asker.call("GET", f"/questions/{outcome.question['id']}")
    skiller.start("skills")

    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert answered.status_code == 200
    eventually(lambda: asker.call("GET", "/skills/postgresql/experts").ok, seconds=30)


def test_terminated_worker_ends_in_good_order(skiller: Cluster) -> None:
    skiller.kill("social-worker", signal.SIGTERM)

    log = (skiller.folder / "social-worker.log").read_text()

    assert "stopped" in log
    skiller.start("social-worker")


def test_republish_into_an_emptied_service_gives_the_same_attributions(
    skiller: Cluster, outcome: journey.Outcome
) -> None:
    reader = outcome.members[0]
    before = _settled(reader, outcome)
    skiller.command("skills", "rebuild")

    for publisher in ("identity", "discussion"):
        skiller.command(publisher, "republish", "--to", "skills")

    def check_same() -> bool:
        assert _attributions(reader, outcome) == pytest.approx(before, abs=1e-3)
        return True

    eventually(check_same, seconds=30)


def _liked_posts(reader: journey.Client, author: journey.Client) -> set[str]:
    path = f"/members/{author.member['id']}/skills/postgresql/evidence?limit=50"
    return {item["post"]["id"] for item in reader.ok("GET", path)["items"]}


def _settled(reader: journey.Client, outcome: journey.Outcome) -> dict[str, float]:
    """What everybody has once nothing waits to be counted again, which takes a second or two."""
    before = _attributions(reader, outcome)

    def is_settled() -> bool:
        nonlocal before
        earlier, before = before, _attributions(reader, outcome)
        return before == pytest.approx(earlier, abs=1e-3)

    eventually(is_settled, seconds=30, every=2.0)
    return before


def _attributions(reader: journey.Client, outcome: journey.Outcome) -> dict[str, float]:
    """Everybody's skills, number by number; scores fade by the second, so they are about equal."""
    found = {}
    for member in outcome.members:
        answer = reader.call("GET", f"/members/{member.member['id']}/skills")
        for item in answer.json().get("items", []):
            of = f"{member.member['name']}, {item['skill']['slug']}"
            found |= {f"{of}, {what}": float(item[what]) for what in COMPARED}
    return found


COMPARED = ("level", "score", "liker_count", "evidence_count")
