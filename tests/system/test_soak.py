"""A mixed load for long: no process keeps more and more memory, and nothing is lost or given up.

Three minutes among the drills; an hour by hand, as processes or in containers of their own:
`make soak MINUTES=60`, `make soak-compose MINUTES=60`.
"""

import re
from pathlib import Path

import pytest

from chassis.testing.rabbitmq import Node
from chassis.testing.service import Server
from contracts.services import SERVICES
from tests.system import memory
from tests.system.containers import containers
from tests.system.processes import cluster
from tests.system.soak import MINUTES, Soaked, soak

pytestmark = pytest.mark.timeout(60 * MINUTES + 1200)


@pytest.mark.drill
@pytest.mark.broker
def test_memory_stays_flat_under_a_mixed_load(server: Server, node: Node, tmp_path: Path) -> None:
    with cluster(server, node.url, tmp_path) as skiller:
        skiller.start("web")
        skiller.wait_for("web")
        processes = {name: process.pid for name, process in skiller.running.items()}

        soaked = Soaked(
            skiller.url, lambda: skiller.urls, lambda: memory.sample(processes), pace=1.0
        )
        grown = soak(soaked)

        ended = {name for name, pid in processes.items() if not Path(f"/proc/{pid}").exists()}
        assert ended == set() and grown == {}


@pytest.mark.compose
def test_memory_stays_flat_in_containers(tmp_path: Path) -> None:
    with containers(tmp_path) as skiller:
        begun = skiller.started()

        grown = soak(Soaked(skiller.url, lambda: skiller.urls, skiller.sample_memory, pace=15.0))

        assert skiller.started() == begun
        assert re.search(r"All \d+ replicas agree with their owners\.", skiller.reconcile())
        dead = {service: skiller.command(service, "dead-letters", "list") for service in SERVICES}
        assert set(dead.values()) == {"None.\n"}
        assert grown == {}
