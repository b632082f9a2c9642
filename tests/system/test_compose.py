"""Containers: the main journey, and a community that lives while four parts are harmed.

Asks for Docker with Compose v2 (`COMPOSE` names another command): `make test-compose`. The same
crowd, harms and audit as in test_drills.py, on what `make up` brings.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chassis.testing.waiting import eventually
from contracts.services import SERVICES
from tests.system import audit, belonging, harms, journey
from tests.system.containers import Containers, containers
from tests.system.crowd import Crowd
from tests.system.ledger import AWAY, NO_ANSWER, SLOW, UNAVAILABLE

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1200)]

MEMBERS = 24
AGREED_SECONDS = 90.0
# The gateway's breaker opens after five requests without an answer, and rests for five seconds.
BREAKER_SECONDS = 7.0


@pytest.fixture(scope="module")
def skiller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    with containers(tmp_path_factory.mktemp("compose")) as skiller:
        yield skiller


@pytest.fixture(scope="module")
def outcome(skiller: Containers) -> journey.Outcome:
    return journey.travel(skiller.url, skiller.read_invitation())


@pytest.fixture(scope="module")
def crowd(skiller: Containers, outcome: journey.Outcome) -> Iterator[Crowd]:
    belonging.grow_branch(skiller.urls["identity"], None, MEMBERS)
    crowd = Crowd([belonging.sign_in(skiller.url, index) for index in range(MEMBERS)])
    for post in (outcome.question, outcome.answer):
        crowd.ledger.made[post["kind"]].add(post["id"])
    crowd.start()
    try:
        yield crowd
    finally:
        crowd.stop()


def test_skill_is_attributed_with_its_evidence(outcome: journey.Outcome) -> None:
    journey.check_evidence(outcome)
    journey.check_unlike(outcome)


def test_killed_worker_and_web_process_lose_nothing(skiller: Containers, crowd: Crowd) -> None:
    with _gone(skiller, "skills-worker", skiller.kill):
        harms.wait(2)
    with (
        crowd.ledger.expecting("discussion", answers=[AWAY, SLOW], rest=BREAKER_SECONDS),
        _gone(skiller, "discussion", skiller.kill),
    ):
        harms.wait(2)

    _audit(skiller, crowd)


def test_killed_gateway_loses_nothing(skiller: Containers, crowd: Crowd) -> None:
    with crowd.ledger.expecting(answers=[NO_ANSWER, AWAY]), _gone(skiller, "gateway", skiller.kill):
        harms.wait(1)

    _audit(skiller, crowd)


def test_stopped_broker_only_delays(skiller: Containers, crowd: Crowd) -> None:
    with _gone(skiller, "rabbitmq", skiller.stop):
        harms.wait(5)

    _audit(skiller, crowd)


def test_stopped_database_is_answered_by_503(skiller: Containers, crowd: Crowd) -> None:
    answers = [UNAVAILABLE, AWAY, SLOW]
    with crowd.ledger.expecting(answers=answers, rest=BREAKER_SECONDS):
        with _gone(skiller, "postgres", skiller.stop):
            harms.wait(2)
        for service in SERVICES:
            skiller.wait_for(service)

    _audit(skiller, crowd)


def test_operator_finds_that_all_agree_and_nothing_is_dead(
    skiller: Containers, crowd: Crowd
) -> None:
    with crowd.hold():
        said = skiller.reconcile()
        dead = {service: skiller.command(service, "dead-letters", "list") for service in SERVICES}

    assert re.search(r"All \d+ replicas agree with their owners\.", said)
    assert set(dead.values()) == {"None.\n"}


@contextmanager
def _gone(skiller: Containers, name: str, end: Callable[[str], None]) -> Iterator[None]:
    """A container is ended, and started again after the block until it is well."""
    end(name)
    try:
        yield
    finally:
        skiller.start(name)
        skiller.wait_for(name)


def _audit(skiller: Containers, crowd: Crowd) -> None:
    """They stand still; within a minute and a half nothing is wrong any more."""
    harms.wait(1)
    began, urls = time.monotonic(), skiller.urls
    with crowd.hold():
        eventually(lambda: audit.is_well(urls, crowd), seconds=AGREED_SECONDS, every=0.5)
    ledger = crowd.ledger
    print(f" {ledger.act_count} acts, agreed after {time.monotonic() - began:.1f} s", end="")
