"""deploy/kubernetes' network policies let through what is needed, and no more than Compose does."""

from collections.abc import Iterator, Mapping
from functools import cache

from contracts.services import SERVICES, WEB
from tests.architecture.kustomized import (
    COUNTERS,
    DEPLOYMENTS,
    Object,
    composed,
    containers_of,
    counted,
    environ_of,
    labels_of,
    of_kind,
    pod_of,
    selects,
)

WORKERS = [f"{name}-worker" for name in SERVICES]
DATABASES = [f"{name}-db" for name in SERVICES]
PODS = [*DEPLOYMENTS, COUNTERS, *DATABASES, "rabbitmq"]
# Between the nodes of one: PostgreSQL's replication and state; Erlang's names, links and tools.
AMONG_THEMSELVES = {**{name: {5432, 8000} for name in DATABASES}, "rabbitmq": {4369, 25672, 35672}}
MAIL, HTTPS = {25, 465, 587}, {443}


def test_whoever_needs_another_reaches_it() -> None:
    needed = {
        *(("gateway", name, 8000) for name in (*SERVICES, WEB)),
        (WEB, "gateway", 8000),
        ("gateway", COUNTERS, 6379),
        *((name, f"{name}-db", 5432) for name in SERVICES),
        *((f"{name}-worker", f"{name}-db", 5432) for name in SERVICES),
        *((name, "rabbitmq", 5672) for name in WORKERS),
        *((name, name, port) for name, ports in AMONG_THEMSELVES.items() for port in ports),
    }

    assert needed <= _allowed()


def test_nobody_reaches_more_than_in_compose() -> None:
    for source, target, port in _allowed():
        if source == target or {source, target} <= set(DATABASES):
            assert port in AMONG_THEMSELVES[source]
        else:
            shared = _networks(source) & _networks(target)
            assert shared, f"{source} reaches {target} at {port}"


def test_only_the_gateway_is_reached_by_what_serves_the_ingress() -> None:
    assert {(pod, port) for pod, port in _reached_from("ingress")} == {("gateway", 8000)}
    assert set(_reached_from("keda")) == {("rabbitmq", 5672)}
    assert {pod for pod, _ in _reached_from("cnpg-system")} == set(DATABASES)
    assert set(_reached_from("rabbitmq-system")) == {("rabbitmq", 15672)}
    metrics = {(name, _metrics_port(name)) for name in DEPLOYMENTS}
    others = {("rabbitmq", 15692), *((name, 9187) for name in DATABASES)}
    assert set(_reached_from("monitoring")) == metrics | others


def test_only_who_mails_has_a_way_out() -> None:
    ways = {name: _ways_out(name) for name in DEPLOYMENTS}

    assert {name for name, ports in ways.items() if ports} == {
        name for name in DEPLOYMENTS if "mail" in composed()[name]["networks"]
    }
    assert ways["identity-worker"] == MAIL
    assert ways["notifications-worker"] == MAIL | HTTPS


def test_everybody_of_ours_reaches_a_collector_of_traces() -> None:
    to = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    for name in DEPLOYMENTS:
        rules = [rule for policy in _policies(name) for rule in policy.get("egress", ())]
        assert {"to": to, "ports": [{"port": 4318}]} in rules


def test_everybody_may_look_names_up_and_all_else_begins_closed() -> None:
    for pod in PODS:
        policies = list(_policies(pod))
        assert {"Ingress", "Egress"} <= {t for p in policies for t in p["policyTypes"]}
        rules = [rule for policy in policies for rule in policy.get("egress", ())]
        assert any({"port": 53, "protocol": "UDP"} in rule["ports"] for rule in rules)
    closed = of_kind("NetworkPolicy")["nothing-else"]["spec"]
    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@cache
def _allowed() -> frozenset[tuple[str, str, int]]:
    """Source, target and port of all that both ends' policies let through."""
    return frozenset(
        (source, target, port)
        for source in PODS
        for target in PODS
        for port in _ports("egress", "to", source, _labels(target))
        & _ports("ingress", "from", target, _labels(source))
    )


def _ports(way: str, ends: str, pod: str, other: Mapping[str, str]) -> set[int]:
    """Those at which the pod's own policies let the pod of such labels through."""
    return {
        int(port["port"])
        for policy in _policies(pod)
        for rule in policy.get(way, ())
        for end in rule[ends]
        if set(end) == {"podSelector"} and selects(end["podSelector"], other)
        for port in rule["ports"]
    }


def _reached_from(namespace: str) -> Iterator[tuple[str, int]]:
    wanted = {"kubernetes.io/metadata.name": namespace}
    for pod in PODS:
        for policy in _policies(pod):
            for rule in policy.get("ingress", ()):
                if {"namespaceSelector": {"matchLabels": wanted}} in rule["from"]:
                    yield from ((pod, int(port["port"])) for port in rule["ports"])


def _ways_out(pod: str) -> set[int]:
    return {
        int(port["port"])
        for policy in _policies(pod)
        for rule in policy.get("egress", ())
        if any("ipBlock" in end for end in rule["to"])
        for port in rule["ports"]
    }


def _policies(pod: str) -> Iterator[Object]:
    for policy in of_kind("NetworkPolicy").values():
        if selects(policy["spec"]["podSelector"], _labels(pod)):
            yield policy["spec"]


def _labels(pod: str) -> Mapping[str, str]:
    """As Deployments and operators label the pods that they make."""
    if pod in DATABASES:
        return {"cnpg.io/cluster": pod}
    return {"app.kubernetes.io/name": pod} if pod == "rabbitmq" else labels_of(pod)


def _networks(pod: str) -> set[str]:
    name = "postgres" if pod in DATABASES else pod
    parts = (part[name] for part in (composed(), counted()) if name in part)
    return {network for part in parts for network in part["networks"]}


def _metrics_port(deployment: str) -> int:
    [*_, container] = containers_of(deployment)
    told = environ_of(container).get("SKILLER_METRICS_PORT")
    return int(told or pod_of(deployment)["metadata"]["annotations"]["prometheus.io/port"])
