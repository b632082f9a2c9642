"""deploy/kubernetes: whatever one object names of another exists, and fits it and the code."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chassis.messaging.topology import Topology, read_subscriptions
from chassis.settings import ServiceSettings
from contracts.services import SERVICES, WEB
from gateway.config import Settings as GatewaySettings
from tests.architecture.given import given
from tests.architecture.kustomized import (
    COUNTERS,
    DEPLOYMENTS,
    chosen,
    composed,
    containers_of,
    environ_of,
    files_of,
    labels_of,
    objects,
    of_kind,
)
from tests.architecture.sources import ROOT

# By the program that ends TLS, for instance cert-manager.
MADE_ELSEWHERE = {"skiller-tls"}


def test_every_secret_that_is_named_is_made_and_every_one_made_is_used() -> None:
    named = set(_references(objects()))

    made = {(kind, name) for kind, name, _ in given()}
    own = {("Configmap", name) for name in of_kind("ConfigMap")}
    assert named - {("Secret", name) for name in MADE_ELSEWHERE} == made | own
    assert not of_kind("Secret")


def test_the_broker_s_users_are_those_of_the_addresses() -> None:
    users = json.loads(given()["Secret", "rabbitmq-users", "value"])["users"]
    [broker] = of_kind("RabbitmqCluster")
    namespace = of_kind("RabbitmqCluster")[broker]["metadata"]["namespace"]

    assert [user["name"] for user in users] == list(SERVICES)
    for service in SERVICES:
        address = given()["Secret", f"{service}-broker-url", "value"]
        assert re.fullmatch(rf"amqp://{service}:.+@{broker}.{namespace}.svc:5672/%2F", address)


def _references(part: Any) -> Iterator[tuple[str, str]]:
    """Every Secret and ConfigMap that is named anywhere, by kind and name."""
    if isinstance(part, list | tuple):
        for each in part:
            yield from _references(each)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            if key in NAMING and isinstance(value, Mapping):
                yield NAMING[key], value["name"]
            elif key == "secretTargetRef":
                yield from (("Secret", each["name"]) for each in value)
            elif key == "secretName":
                yield "Secret", value
            yield from _references(value)


NAMING = {
    "secret": "Secret",
    "accessKeyId": "Secret",
    "secretAccessKey": "Secret",
    "configMap": "Configmap",
    "configMapKeyRef": "Configmap",
}


def test_services_lead_to_pods_and_the_ingress_and_addresses_to_services() -> None:
    for name, service in of_kind("Service").items():
        wanted = service["spec"]["selector"].items()
        pods = [each for each in of_kind("Deployment") if wanted <= labels_of(each).items()]
        assert pods == [name]
        [*_, container] = containers_of(name)
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        port = 6379 if name == COUNTERS else 8000
        assert [(p["port"], ports[p["targetPort"]]) for p in service["spec"]["ports"]] == [
            (port, port)
        ]
    [ingress] = of_kind("Ingress").values()
    [backend] = [p["backend"] for r in ingress["spec"]["rules"] for p in r["http"]["paths"]]
    assert backend == {"service": {"name": "gateway", "port": {"name": "http"}}}
    hosts = {rule["host"] for rule in ingress["spec"]["rules"]}
    assert {host for tls in ingress["spec"]["tls"] for host in tls["hosts"]} == hosts
    assert chosen()["SKILLER_PUBLIC_URL"] in {f"https://{host}" for host in hosts}
    urls = environ_of(next(containers_of("gateway")))["SKILLER_UPSTREAMS"]
    assert GatewaySettings(upstreams=urls).urls == {
        name: f"http://{name}:8000" for name in (*SERVICES, WEB)
    }
    asked = environ_of(next(containers_of(WEB)))["SKILLER_API_URL"]
    assert asked == "http://gateway:8000"


@pytest.mark.parametrize("service", SERVICES)
def test_workers_are_scaled_by_the_queue_of_their_service(service: str) -> None:
    scaled = of_kind("ScaledObject")[f"{service}-worker"]["spec"]
    [trigger] = scaled["triggers"]
    credentials = of_kind("TriggerAuthentication")[trigger["authenticationRef"]["name"]]["spec"]

    assert scaled["scaleTargetRef"]["name"] in of_kind("Deployment")
    assert trigger["metadata"]["queueName"] == Topology(read_subscriptions()).queue(service)
    [host] = credentials["secretTargetRef"]
    [mounted] = [s for p, s in files_of(f"{service}-worker").items() if p.endswith("broker_url")]
    assert (host["name"], host["key"]) == mounted[1:]
    # One that ends must not leave nobody to relay; replicas are not said twice.
    assert scaled["minReplicaCount"] >= 2
    assert "replicas" not in of_kind("Deployment")[f"{service}-worker"]["spec"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_database_has_a_connection_for_everyone_and_is_backed_up(service: str) -> None:
    cluster = of_kind("Cluster")[f"{service}-db"]["spec"]
    most_workers = of_kind("ScaledObject")[f"{service}-worker"]["spec"]["maxReplicaCount"] + 1
    webs = (of_kind("Deployment")[service]["spec"]["replicas"] + 1) * int(
        chosen()["SKILLER_WEB_WORKERS"]
    )

    pool = ServiceSettings.pool_size
    needed = webs * pool + most_workers * (pool + 2)
    # The rest is for replication, the operator, backups and people.
    assert needed + 20 <= int(cluster["postgresql"]["parameters"]["max_connections"])
    assert cluster["postgresql"]["parameters"]["log_error_verbosity"] == "terse"
    assert cluster["bootstrap"]["initdb"]["database"] == service
    assert cluster["instances"] > cluster["postgresql"]["synchronous"]["number"] + 1
    backed_up = [one["spec"] for one in of_kind("ScheduledBackup").values()]
    assert [b["cluster"]["name"] for b in backed_up].count(f"{service}-db") == 1


def test_identity_is_backed_up_last() -> None:
    hours = {name: one["spec"]["schedule"] for name, one in of_kind("ScheduledBackup").items()}

    # Seconds, minutes, hours: CloudNativePG's form.
    times = {name: tuple(map(int, reversed(said.split()[:3]))) for name, said in hours.items()}
    assert all(times["identity-db"] > at for name, at in times.items() if name != "identity-db")


def test_the_broker_is_told_what_compose_s_is_told() -> None:
    [broker] = of_kind("RabbitmqCluster").values()
    conf = (ROOT / "deploy" / "rabbitmq" / "rabbitmq.conf").read_text().splitlines()
    said = broker["spec"]["rabbitmq"]["additionalConfig"].splitlines()
    template = broker["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"]
    [volume] = template["volumes"]
    [mount] = [m for container in template["containers"] for m in container["volumeMounts"]]
    items = [
        i for source in volume["projected"]["sources"] for s in source.values() for i in s["items"]
    ]

    assert {line for line in conf if line and line[0] != "#"} <= set(said)
    assert broker["spec"]["image"] == composed()["rabbitmq"]["image"]
    assert f"definitions.local.path = {mount['mountPath']}" in said
    by_compose = composed()["rabbitmq"]
    targets = [Path(one["target"]) for one in (*by_compose["configs"], *by_compose["secrets"])]
    assert {i["path"] for i in items} == {t.name for t in targets if "definitions.d" in str(t)}
    definitions = of_kind("ConfigMap")["rabbitmq-definitions"]["data"]
    assert {i["key"] for i in items} - {"value"} == set(definitions)
    # A group of fewer than three would not outlive a node.
    assert f"target_group_size = {broker['spec']['replicas']}" in "\n".join(said)


def test_each_setting_is_somebody_s_and_means_here_what_it_means_elsewhere() -> None:
    taken = {
        (entry["valueFrom"]["configMapKeyRef"]["key"], entry["name"])
        for name in DEPLOYMENTS
        for container in containers_of(name)
        for entry in container["env"]
        if "valueFrom" in entry
    }

    assert taken == {(key, key) for key in chosen()}
