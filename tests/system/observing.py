"""A Prometheus that asks a running Skiller for its figures, with our alerts as its rules."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from chassis.testing.rabbitmq import free_port
from chassis.testing.waiting import eventually
from tests.system.processes import ROOT, Cluster

ALERTS = ROOT / "deploy" / "observability" / "alerts.yml"

needs_prometheus = pytest.mark.skipif(
    not shutil.which("prometheus") and os.environ.get("SKILLER_REQUIRE_TOOLS") != "1",
    reason="prometheus is not installed",
)


class Prometheus:
    """A running one; `find` asks it."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._session = requests.Session()
        self._session.trust_env = False

    def find(self, query: str) -> list[Any]:
        """What a query finds now; raises HTTPError where it is none."""
        found: list[Any] = self._get("query", query=query)["result"]
        return found

    def rules(self) -> list[Any]:
        """Our alerts, as it knows them."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def is_up(self, targets: int) -> bool:
        """Whether that many targets were asked and answered."""
        try:
            return len(self.find("up == 1")) == targets
        except requests.ConnectionError:
            return False

    def _get(self, path: str, **parameters: str) -> Any:
        answer = self._session.get(f"{self._url}/api/v1/{path}", params=parameters, timeout=10)
        answer.raise_for_status()
        return answer.json()["data"]


@contextmanager
def prometheus(skiller: Cluster, folder: Path) -> Iterator[Prometheus]:
    """Started, and stopped at the end; each process was asked at least once."""
    ports = [*skiller.metrics_ports.values(), *(skiller.ports[name] for name in skiller.urls)]
    targets = [f"127.0.0.1:{port}" for port in ports]
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(ALERTS)],
        "scrape_configs": [{"job_name": "skiller", "static_configs": [{"targets": targets}]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    arguments = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder}"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            ["prometheus", *arguments, f"--web.listen-address=127.0.0.1:{port}"],
            stdout=log,
            stderr=log,
        )
        try:
            running = Prometheus(port)
            eventually(lambda: running.is_up(len(targets)), seconds=60, every=0.5)
            yield running
        finally:
            process.terminate()
            process.wait(30)
