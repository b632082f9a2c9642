"""A mixed load for long: no process keeps more and more memory, and nothing is lost or given up.

Three minutes among the drills; an hour by hand: `make soak MINUTES=60`.
"""

import os
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
import requests

from chassis.testing.rabbitmq import Node
from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from tests.system import audit, belonging, harms, memory
from tests.system.crowd import Crowd
from tests.system.journey import PASSWORD, Client
from tests.system.processes import Cluster, cluster

MINUTES = float(os.environ.get("SKILLER_SOAK_MINUTES", "3"))
# A member may ask, answer and like so much a day: a longer load needs more of them.
MEMBERS = max(24, round(4 * MINUTES))
MOST_GROWTH = 5.0  # percent, from the middle to the end: in three minutes it was 2.3 at most
PACE = 1.0  # seconds between two samples, and two pages
AGREED_SECONDS = 60.0

pytestmark = [pytest.mark.drill, pytest.mark.broker, pytest.mark.timeout(60 * MINUTES + 300)]


@pytest.fixture(scope="module")
def skiller(
    server: Server, node: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    with cluster(server, node.url, tmp_path_factory.mktemp("soak")) as running:
        running.start("web")
        running.wait_for("web")
        yield running


def test_memory_stays_flat_under_a_mixed_load(skiller: Cluster) -> None:
    belonging.grow_branch(skiller.urls["identity"], None, MEMBERS)
    crowd = Crowd([belonging.sign_in(skiller.url, index) for index in range(MEMBERS)])
    pages = _pages(skiller.url, crowd)
    processes = {name: process.pid for name, process in skiller.running.items()}
    samples: list[memory.Sample] = []
    eventually(lambda: next(pages) == 200)  # the first loads what the others need
    crowd.start()
    try:
        end = time.monotonic() + 60 * MINUTES
        while time.monotonic() < end:
            samples.append(memory.sample(processes))
            assert next(pages) in (200, 404)  # a question may just have been removed
            harms.wait(PACE)
        with crowd.hold():
            eventually(
                lambda: audit.is_well(skiller.urls, crowd), seconds=AGREED_SECONDS, every=0.5
            )
    finally:
        crowd.stop()
        lines, growth = memory.table(samples)
        ledger = crowd.ledger
        print(
            f"\n{MINUTES:g} minutes, {MEMBERS} members, {ledger.act_count} acts", *lines, sep="\n"
        )

    assert {name: pid for name, pid in processes.items() if not Path(f"/proc/{pid}").exists()} == {}
    assert {name: grown for name, grown in growth.items() if grown > MOST_GROWTH} == {}


def _pages(url: str, crowd: Crowd) -> Iterator[int]:
    """Read one page after the other in a browser's way; the status of each."""
    reader = crowd.people[0]
    with requests.Session() as browser:
        browser.trust_env = False
        proof = {"email": reader.email, "password": PASSWORD}
        granted = Client(url).ok("POST", "/sessions", proof)
        for name in ("access", "refresh"):
            browser.cookies.set(f"skiller-{name}", granted[f"{name}_token"])
        for path in cycle(
            ["/", "/me", "/notices", "/projects", "/people", "/keywords", "/help-out", "question"]
        ):
            questions = crowd.things["question"]
            if path == "question":
                path = f"/questions/{questions[-1].id}" if questions else "/"
            answer = browser.get(f"{url}{path}", timeout=15, allow_redirects=True)
            assert "/sign-in" not in answer.url  # or all further pages would be that one
            yield answer.status_code
