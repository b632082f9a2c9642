"""What Prometheus is told to ask for exists, and what it is told to alert on is measured."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from chassis import metrics
from tests.architecture.sources import ROOT

FOLDER = ROOT / "deploy" / "observability"
SUFFIXES = ("", "_total", "_bucket", "_sum", "_count")
# Labels that Prometheus makes itself, or that a histogram's buckets have.
OWN_LABELS = {"le"}


def test_every_target_is_a_container_of_ours() -> None:
    containers = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    asked = {name for job in _scrapes() for sd in job["dns_sd_configs"] for name in sd["names"]}

    assert asked <= set(containers)
    running = {name for name in containers if not name.endswith(("-migrate", "databases"))}
    assert asked == running - {"postgres"}


def test_every_metric_that_a_document_names_is_measured() -> None:
    known = {name + suffix for name in _measured() for suffix in SUFFIXES}
    for file in FOLDER.iterdir():
        named = set(re.findall(r"\bskiller_\w+", file.read_text()))
        assert named <= known, file.name


def test_rules_select_and_group_by_labels_that_their_metrics_have() -> None:
    for rule in _rules():
        names = set(re.findall(r"skiller_\w+", rule["expr"]))
        labels = {label for name in names for label in _labels_of(name)} | OWN_LABELS
        grouped = " ".join(re.findall(r"(?:by|on) \(([^)]*)\)", rule["expr"]))
        selected = re.findall(r"(\w+)=~?\"", rule["expr"])
        if names:
            assert {*re.findall(r"\w+", grouped), *selected} <= labels, rule["alert"]


def test_every_alert_is_explained_and_says_whom_it_is_for() -> None:
    explained = re.findall(r"^\| (\w+) \|", (FOLDER / "README.md").read_text(), re.M)
    alerts = [rule["alert"] for rule in _rules()]

    assert sorted(explained[1:]) == sorted(alerts)
    for rule in _rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        told = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
        assert all(label in rule["expr"] for label in told), rule["alert"]


@pytest.mark.skipif(
    not shutil.which("promtool") and os.environ.get("SKILLER_REQUIRE_TOOLS") != "1",
    reason="promtool is not installed",
)
def test_prometheus_itself_accepts_them() -> None:
    for check in (["check", "config", "prometheus.yml"], ["check", "rules", "alerts.yml"]):
        subprocess.run(["promtool", *check], cwd=FOLDER, check=True, capture_output=True)


def _scrapes() -> list[Any]:
    jobs: list[Any] = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    return jobs


def _rules() -> Iterator[Any]:
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]:
        yield from group["rules"]


def _measured() -> dict[str, MetricWrapperBase]:
    found = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    return {metric._name: metric for metric in found}


def _labels_of(name: str) -> tuple[str, ...]:
    for suffix in SUFFIXES:
        if name.removesuffix(suffix) in _measured():
            return tuple(_measured()[name.removesuffix(suffix)]._labelnames)
    return ()
