"""What Prometheus is told to ask for exists, and what it is told to alert on is measured."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from chassis import metrics
from tests import dashboard
from tests.architecture.sources import ROOT

FOLDER = ROOT / "deploy" / "observability"
SUFFIXES = ("", "_total", "_bucket", "_sum", "_count")
# Labels that Prometheus makes itself, or that a histogram's buckets have.
OWN_LABELS = {"le", "instance", "job"}
HOME = "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"


def test_every_target_is_a_container_of_ours() -> None:
    containers = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    asked = {name for job in _scrapes() for sd in job["dns_sd_configs"] for name in sd["names"]}

    assert asked <= set(containers)
    running = {name for name in containers if not name.endswith(("-migrate", "databases"))}
    assert asked == running - {"postgres"}


def test_every_metric_that_a_document_names_is_measured() -> None:
    for file in FOLDER.glob("*.*"):
        named = set(re.findall(r"\bskiller_\w+", file.read_text()))
        assert named <= _known(), file.name


def test_rules_and_panels_select_and_group_by_labels_that_their_metrics_have() -> None:
    for title, query in (
        *((rule["alert"], rule["expr"]) for rule in _rules()),
        *dashboard.queries(),
    ):
        names = set(re.findall(r"skiller_\w+", query))
        labels = {label for name in names for label in _labels_of(name)} | OWN_LABELS
        grouped = " ".join(re.findall(r"(?:by|on) \(([^)]*)\)", query))
        selected = re.findall(r"(\w+)(?:=~?|!=)\"", query)
        if names:
            assert {*re.findall(r"\w+", grouped), *selected} <= labels, title


def test_every_alert_has_its_guide_and_says_whom_it_is_for() -> None:
    explained = re.findall(r"^### (\w+)$", (FOLDER / "README.md").read_text(), re.M)
    alerts = [rule["alert"] for rule in _rules()]

    assert explained == alerts
    for rule in _rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        place, _, section = rule["annotations"]["guide"].partition("#")
        headings = re.findall(r"^#+ (.*)$", (ROOT / place).read_text(), re.M)
        assert section in {heading.lower().replace(" ", "-") for heading in headings}
        assert rule["annotations"]["summary"].endswith(".")
        told = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
        assert all(label in rule["expr"] for label in told), rule["alert"]


needs_promtool = pytest.mark.skipif(
    not shutil.which("promtool") and os.environ.get("SKILLER_REQUIRE_TOOLS") != "1",
    reason="promtool is not installed",
)


@needs_promtool
def test_prometheus_itself_accepts_them() -> None:
    for check in (["check", "config", "prometheus.yml"], ["check", "rules", "alerts.yml"]):
        subprocess.run(["promtool", *check], cwd=FOLDER, check=True, capture_output=True)


@needs_promtool
def test_alerts_are_up_when_they_should_be_and_not_before() -> None:
    told = subprocess.run(
        ["promtool", "test", "rules", Path(__file__).with_name("alerts.test.yml")],
        capture_output=True,
        text=True,
    )

    assert told.returncode == 0, told.stdout + told.stderr


@needs_promtool
def test_prometheus_can_read_each_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"a{n}", "expr": q} for n, (_, q) in enumerate(dashboard.queries())]
    (tmp_path / "rules.yml").write_text(yaml.dump({"groups": [{"name": "a", "rules": rules}]}))

    told = subprocess.run(
        ["promtool", "check", "rules", "rules.yml"], cwd=tmp_path, capture_output=True, text=True
    )

    assert told.returncode == 0, told.stdout + told.stderr


def test_the_dashboard_has_the_form_of_grafana_s_own_and_shows_each_alert_s_figures() -> None:
    told = dashboard.read()
    ids = [panel["id"] for panel in told["panels"]]

    assert len(set(ids)) == len(ids)
    for panel in told["panels"]:
        place = panel["gridPos"]
        assert place["x"] >= 0 and place["x"] + place["w"] <= 24
        if panel["type"] != "row":
            assert panel["type"] == "timeseries" and panel["title"] and panel["description"]
            assert panel["datasource"]["uid"] == f"${{{told['templating']['list'][0]['name']}}}"
            legends = re.findall(
                r"{{(\w+)}}", " ".join(t["legendFormat"] for t in panel["targets"])
            )
            queries = " ".join(target["expr"] for target in panel["targets"])
            assert all(label in queries for label in legends), panel["title"]
    shown = " ".join(query for _, query in dashboard.queries())
    for rule in _rules():
        for name in re.findall(r"(?:skiller|rabbitmq)_\w+", rule["expr"]):
            assert name in shown, rule["alert"]


def test_grafana_is_given_the_files_that_are_there() -> None:
    composed = yaml.safe_load((ROOT / "deploy" / "compose.observability.yml").read_text())
    grafana = composed["services"]["grafana"]
    targets = {one["source"]: one["target"] for one in grafana["configs"]}
    datasource, provider = (
        yaml.safe_load((FOLDER / "grafana" / name).read_text())
        for name in ("datasource.yml", "dashboards.yml")
    )

    assert all((ROOT / one["file"]).exists() for one in composed["configs"].values())
    assert targets["dashboard"] == grafana["environment"][HOME]
    assert Path(targets["dashboard"]).parent == Path(provider["providers"][0]["options"]["path"])
    assert datasource["datasources"][0]["url"] == "http://prometheus:9090"
    assert set(grafana["networks"]) <= set(composed["services"]["prometheus"]["networks"])
    assert all(port.startswith("127.0.0.1:") for port in grafana["ports"])


def _scrapes() -> list[Any]:
    jobs: list[Any] = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    return jobs


def _rules() -> Iterator[Any]:
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]:
        yield from group["rules"]


def _measured() -> dict[str, MetricWrapperBase]:
    found = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    return {metric._name: metric for metric in found}


def _known() -> set[str]:
    return {name + suffix for name in _measured() for suffix in SUFFIXES} | {metrics.Memory.name}


def _labels_of(name: str) -> tuple[str, ...]:
    for suffix in SUFFIXES:
        if name.removesuffix(suffix) in _measured():
            return tuple(_measured()[name.removesuffix(suffix)]._labelnames)
    return ()
