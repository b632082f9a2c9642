"""The dashboard of deploy/observability, for tests that hold it to the code and to Prometheus."""

import json
from collections.abc import Iterator
from typing import Any

from tests.architecture.sources import ROOT


def read() -> Any:
    """As Grafana gets it."""
    return json.loads((ROOT / "deploy" / "observability" / "dashboard.json").read_text("utf-8"))


def queries() -> Iterator[tuple[str, str]]:
    """Title and query of each line that it draws."""
    for panel in read()["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
