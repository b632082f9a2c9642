"""deploy/kubernetes: what is named there exists, and settings, ports and probes are the code's."""

import json
import re
import shutil
import subprocess
from dataclasses import fields
from typing import Any

import pytest
import yaml
from flask import Flask

from chassis import settings as chassis_settings
from chassis.cli import command_line
from chassis.settings import LogSettings, Secret
from contracts.services import SERVICES, WEB
from gateway.app import create_app as create_gateway
from gateway.config import Settings as GatewaySettings
from tests.architecture.given import given
from tests.architecture.kustomized import (
    COUNTERS,
    DEPLOYMENTS,
    FOLDER,
    build,
    composed,
    containers_of,
    counted,
    environ_of,
    files_of,
    of_kind,
    pod_of,
    selects,
)
from tests.architecture.sources import ROOT, SERVICE_BY_NAME
from web.app import create_app as create_web
from web.config import Settings as WebSettings

HEALTH = "deploy/health.py"
FOREIGN = {"PROMETHEUS_MULTIPROC_DIR"}
KINDS = ("startup", "liveness", "readiness")
WEB_PROCESSES = {"SKILLER_WEB_WORKERS", "SKILLER_WEB_THREADS"}


def test_the_readme_begins_with_what_was_not_tried() -> None:
    assert (FOLDER / "README.md").read_text().lower().startswith("not yet run on a cluster")


def test_every_file_is_part_of_it_and_kustomize_builds_the_same() -> None:
    said = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml")}
    assert {*said, "kustomization.yaml"} == {*there, "../rabbitmq"}

    if not shutil.which("kubectl"):
        pytest.skip("kubectl, which has kustomize in it, is not installed")
    built = subprocess.run(["kubectl", "kustomize", FOLDER], capture_output=True, check=True)
    assert _sorted(yaml.safe_load_all(built.stdout)) == _sorted(build(FOLDER))


def _sorted(all_objects: Any) -> list[str]:
    return sorted(json.dumps(one, sort_keys=True) for one in all_objects)


def test_every_service_stands_in_it_in_the_same_shape() -> None:
    assert sorted(of_kind("Deployment")) == sorted([*DEPLOYMENTS, COUNTERS])
    [first, *others] = [_shape_of(name) for name in SERVICES]

    assert all(other == first for other in others)


def _shape_of(service: str) -> list[Any]:
    """Its objects without its name, and without what services have each for themselves."""
    text = (FOLDER / "services" / f"{service}.yaml").read_text().replace(service, "NAME")
    shape = list(yaml.safe_load_all(text))
    for one in shape:
        if one["kind"] == "Deployment":
            pod = one["spec"]["template"]["spec"]
            [given] = [volume for volume in pod["volumes"] if volume["name"] == "given"]
            given["projected"].pop("sources")
            for container in (*pod["containers"], *pod.get("initContainers", ())):
                container.pop("env")
                container.pop("resources")
        if one["kind"] == "ScheduledBackup":
            one["spec"].pop("schedule")
    return shape


@pytest.mark.parametrize("name", DEPLOYMENTS)
class TestDeployment:
    """Each Deployment: its image, settings, ports, probes, rights and neighbours."""

    def test_runs_compose_s_image_with_its_limits_and_a_verb(self, name: str) -> None:
        part, sizes = _part_of(name), composed()[name]["mem_limit"]

        for container in containers_of(name):
            assert container["image"] == f"skiller-{part}:latest"
            limits = container["resources"]["limits"]
            assert limits["memory"] == sizes.replace("m", "Mi")
            assert set(container["resources"]["requests"]) == {"cpu", "memory"}
            if part in SERVICE_BY_NAME:
                verbs = set(command_line(SERVICE_BY_NAME[part]).commands)
                assert set(container.get("args", ["serve"])) <= verbs

    def test_has_no_privilege(self, name: str) -> None:
        pod = pod_of(name)["spec"]

        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == _number_of_the_image()
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers_of(name):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }

    def test_gets_the_settings_that_its_code_reads_and_compose_gives(self, name: str) -> None:
        kind = _settings_of(_part_of(name))
        known = {f"SKILLER_{field.name.upper()}" for field in fields(kind)} | WEB_PROCESSES
        [*firsts, last] = containers_of(name)

        read = {_bare(variable) for variable in environ_of(last)} - FOREIGN
        assert read <= known
        # What compose hands on by `.env` and nobody needs here is left out with its default.
        meant = {_bare(v) for v in composed()[name]["environment"]} - FOREIGN
        # The ledger needs a disk that outlives a pod: the README says what to do instead.
        absent = {"SKILLER_API_SECONDS", "SKILLER_ADDRESS_CONNECTIONS", "SKILLER_ERASURE_LEDGER"}
        assert read >= meant - absent
        for first in firsts:
            assert {_bare(variable) for variable in environ_of(first)} <= read

    def test_its_settings_are_read_without_a_mistake(self, name: str) -> None:
        mounted = files_of(name)
        for container in containers_of(name):
            environ = {}
            for variable, value in environ_of(container).items():
                if variable.endswith("_FILE") and variable != "SKILLER_HEARTBEAT_FILE":
                    environ[_bare(variable)] = given()[mounted[value]]
                else:
                    environ[variable] = value

            settings: Any = chassis_settings.read(_settings_of(_part_of(name)), environ)

            assert settings.log_format == "json"
        used = {v for c in containers_of(name) for v in environ_of(c).values()}
        assert set(mounted) <= used

    def test_its_probes_ask_what_answers(self, name: str) -> None:
        [*_, container] = containers_of(name)
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        probes = {kind: container[f"{kind}Probe"] for kind in KINDS}

        if name.endswith("-worker"):
            assert all(probe["exec"]["command"][-1] == HEALTH for probe in probes.values())
            assert environ_of(container)["SKILLER_HEARTBEAT_FILE"].startswith("/tmp/")
        else:
            paths = {kind: probe["httpGet"]["path"] for kind, probe in probes.items()}
            assert paths["startup"] == paths["liveness"] == "/health/live"
            assert paths["readiness"] == "/health/ready"
            assert set(paths.values()) <= {rule.rule for rule in _app_of(name).url_map.iter_rules()}
            assert {probe["httpGet"]["port"] for probe in probes.values()} == {"http"}
            assert f"0.0.0.0:{ports['http']}" in (ROOT / "deploy" / "Dockerfile").read_text()

    def test_prometheus_is_told_where_its_metrics_are(self, name: str) -> None:
        [*_, container] = containers_of(name)
        port = int(pod_of(name)["metadata"]["annotations"]["prometheus.io/port"])

        told = environ_of(container).get("SKILLER_METRICS_PORT", "8000")
        assert port == int(told)
        assert port in {each["containerPort"] for each in container["ports"]}

    def test_selectors_find_its_pods_and_one_budget_covers_them(self, name: str) -> None:
        spec = of_kind("Deployment")[name]["spec"]
        labels = spec["template"]["metadata"]["labels"]
        selectors = [
            spec["selector"],
            *(s["labelSelector"] for s in spec["template"]["spec"]["topologySpreadConstraints"]),
        ]
        covering = [
            budget
            for budget, one in of_kind("PodDisruptionBudget").items()
            if selects(one["spec"]["selector"], labels)
        ]

        assert all(selects(selector, labels) for selector in selectors)
        assert covering == [name]


def test_the_counters_are_compose_s_and_reach_what_they_are_given() -> None:
    [container] = containers_of(COUNTERS)
    by_compose = counted()[COUNTERS]
    [password] = [place for place in files_of(COUNTERS) if place.endswith("password")]

    assert container["image"] == by_compose["image"]
    assert [*container["command"], *container["args"]] == [
        *by_compose["entrypoint"],
        *(words.replace("$$", "$") for words in by_compose["command"]),
    ]
    assert password in container["args"][0]
    assert container["resources"]["limits"]["memory"] == by_compose["mem_limit"].replace("m", "Mi")
    user = pod_of(COUNTERS)["spec"]["securityContext"]
    assert f"{user['runAsUser']}:{user['runAsGroup']}" == by_compose["user"]
    assert container["securityContext"] == next(containers_of("gateway"))["securityContext"]
    assert {container[f"{kind}Probe"]["tcpSocket"]["port"] for kind in KINDS} == {"redis"}


def test_gateways_count_where_their_counters_are() -> None:
    password = given()["Secret", "limits-password", "value"]
    [port] = [port["port"] for port in of_kind("Service")[COUNTERS]["spec"]["ports"]]

    url = given()["Secret", "limits-url", "value"]

    assert url == f"redis://:{password}@{COUNTERS}:{port}/0"
    environ = environ_of(next(containers_of("gateway")))
    kept = files_of("gateway")[environ["SKILLER_LIMITS_URL_FILE"]]
    assert kept == ("Secret", "limits-url", "value")
    assert of_kind("Deployment")["gateway"]["spec"]["replicas"] > 1


def _bare(variable: str) -> str:
    is_setting = variable == "SKILLER_HEARTBEAT_FILE"
    return variable if is_setting else variable.removesuffix("_FILE")


def _part_of(deployment: str) -> str:
    return deployment.removesuffix("-worker")


def _settings_of(part: str) -> type[LogSettings]:
    others = {"gateway": GatewaySettings, WEB: WebSettings}
    return others[part] if part in others else SERVICE_BY_NAME[part].settings


def _app_of(name: str) -> Flask:
    if name == "gateway":
        return create_gateway(GatewaySettings(), {})
    if name == WEB:
        return create_web(WebSettings(web_secret=Secret("of-tests-alone-and-long-enough")))
    service = SERVICE_BY_NAME[name]
    return service.create_app(
        service.settings(database_url=Secret("postgresql://nobody@localhost/"))
    )


def _number_of_the_image() -> int:
    [user] = re.findall(r"^USER (\d+):", (ROOT / "deploy" / "Dockerfile").read_text(), re.M)
    return int(user)
