"""Containers of an earlier commit become today's under load, without a request that fails.

A community acts all the time through clients that ask again where a service is away, as in
test_upgrade.py. Asks for Docker with Compose v2: `make test-compose`.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing.waiting import eventually
from tests.system import audit, belonging, earlier, harms, journey
from tests.system.containers import Containers, running
from tests.system.crowd import Crowd

pytestmark = [pytest.mark.compose, pytest.mark.timeout(2400)]

# The gateway of before makes this folder later than it needs it, and ends in a container.
MENDED = "services: {gateway: {environment: {PROMETHEUS_MULTIPROC_DIR: /tmp}}}"
MEMBERS = 24
AGREED_SECONDS = 120.0


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return earlier.unpack_four_services(tmp_path_factory.mktemp("earlier"))


@pytest.fixture(scope="module")
def skiller(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """The containers of before."""
    skiller = Containers(tmp_path_factory.mktemp("upgrade"))
    skiller.tag = "before"
    skiller.check_out(tree)
    (skiller.folder / "docker-compose.override.yml").write_text(MENDED)
    with running(skiller):
        yield skiller


@pytest.fixture(scope="module")
def crowd(skiller: Containers, tree: Path) -> Iterator[Crowd]:
    grow = f"belonging.grow_branch({skiller.urls['identity']!r}, None, {MEMBERS})"
    earlier.run_in(tree, f"from tests.system import belonging; {grow}")
    people = [
        belonging.sign_in(skiller.url, index, journey.PatientClient) for index in range(MEMBERS)
    ]
    crowd = Crowd(people)
    crowd.known = earlier.KNOWN
    crowd.start()
    try:
        yield crowd
    finally:
        crowd.stop()


def test_containers_are_replaced_without_a_request_that_fails(
    skiller: Containers, crowd: Crowd
) -> None:
    harms.wait(5)
    skiller.tag = "latest"
    skiller.check_out()
    skiller.build()

    began, acts = time.monotonic(), crowd.ledger.act_count
    skiller.roll()

    seconds = time.monotonic() - began
    print(f"\nreplaced in {seconds:.0f} s, {crowd.ledger.act_count - acts} acts", end="")
    assert not [str(trouble) for trouble in crowd.ledger.unexplained()]


def test_what_the_changelog_says_makes_all_agree(skiller: Containers, crowd: Crowd) -> None:
    crowd.known = Crowd.known

    for service, words in earlier.steps_after():
        skiller.command(service, *words)
    harms.wait(5)

    urls = skiller.urls
    with crowd.hold():
        eventually(lambda: audit.is_well(urls, crowd), seconds=AGREED_SECONDS, every=1)
        said = skiller.reconcile()
    assert re.search(r"All \d+ replicas agree with their owners\.", said)


def test_images_of_before_refuse_the_new_databases_in_one_line(skiller: Containers) -> None:
    skiller.tag = "before"
    try:
        with pytest.raises(AssertionError, match="and this release knows up to 0004") as refused:
            skiller.compose("run", "--rm", "--no-deps", "-T", "social-migrate")
    finally:
        skiller.tag = "latest"

    told = str(refused.value).splitlines()
    assert len([line for line in told if "is at migration" in line]) == 1
    assert "Traceback" not in str(refused.value)
