"""What `kubectl apply -k deploy/kubernetes` would apply, resolved as far as it uses kustomize.

Resources, folders of resources, a namespace, and files in ConfigMaps: anything else is refused, so
that nothing is tested which kustomize would build otherwise.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from contracts.services import SERVICES, WEB
from tests.architecture.sources import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
Object = Mapping[str, Any]
KNOWN = {"apiVersion", "kind", "namespace", "resources", "configMapGenerator", "generatorOptions"}
NO_NAMESPACE = {"Namespace"}
DEPLOYMENTS = [*SERVICES, *(f"{name}-worker" for name in SERVICES), "gateway", WEB]
COUNTERS = "limits"  # the one Deployment of somebody else's program


@cache
def objects() -> tuple[Object, ...]:
    """Every object, in its namespace."""
    return tuple(build(FOLDER))


def build(folder: Path) -> Iterator[Object]:
    """The objects of one kustomization."""
    said = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))
    assert set(said) <= KNOWN, f"{folder}: not read here: {set(said) - KNOWN}"
    for made in (*_resources(folder, said), *_generated(folder, said)):
        if "namespace" in said and made["kind"] not in NO_NAMESPACE:
            made["metadata"]["namespace"] = said["namespace"]
        yield made


def _resources(folder: Path, said: Object) -> Iterator[Any]:
    for place in said.get("resources", ()):
        path = folder / place
        if path.is_dir():
            yield from build(path)
        else:
            yield from yaml.safe_load_all(path.read_text("utf-8"))


def _generated(folder: Path, said: Object) -> Iterator[Any]:
    for config in said.get("configMapGenerator", ()):
        assert said["generatorOptions"] == {"disableNameSuffixHash": True}
        assert set(config) == {"name", "files"}
        data = {file: (folder / file).read_text("utf-8") for file in config["files"]}
        metadata = {"name": config["name"]}
        yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def of_kind(kind: str) -> dict[str, Object]:
    """The objects of a kind, by name."""
    return {one["metadata"]["name"]: one for one in objects() if one["kind"] == kind}


def pod_of(name: str) -> Object:
    """The pod that a Deployment makes."""
    template: Object = of_kind("Deployment")[name]["spec"]["template"]
    return template


def containers_of(name: str) -> Iterator[Object]:
    """A Deployment's containers, those that run first and end included."""
    spec = pod_of(name)["spec"]
    yield from (*spec.get("initContainers", ()), *spec["containers"])


def labels_of(name: str) -> Mapping[str, str]:
    """Those of a Deployment's pods."""
    labels: Mapping[str, str] = pod_of(name)["metadata"]["labels"]
    return labels


def chosen() -> Mapping[str, str]:
    """The settings that whoever runs it may choose."""
    data: Mapping[str, str] = of_kind("ConfigMap")["settings"]["data"]
    return data


def environ_of(container: Object) -> dict[str, str]:
    """The environment of a container, with what it takes from the settings."""
    return {
        entry["name"]: entry.get("value", chosen().get(entry["name"], ""))
        for entry in container["env"]
    }


def files_of(name: str) -> dict[str, tuple[str, str, str]]:
    """What a Deployment's pods find mounted: path → kind, name and key of where it comes from."""
    spec = pod_of(name)["spec"]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    found = {}
    for mount in spec["containers"][0]["volumeMounts"]:
        for source in volumes[mount["name"]].get("projected", {}).get("sources", ()):
            [(kind, taken)] = source.items()
            for item in taken["items"]:
                place = f"{mount['mountPath']}/{item['path']}"
                found[place] = (kind.capitalize(), taken["name"], item["key"])
    return found


def selects(selector: Object, labels: Mapping[str, str]) -> bool:
    """Whether a label selector chooses what has these labels."""
    wanted = selector.get("matchLabels", {})
    return wanted.items() <= labels.items() and all(
        _fits(expression, labels) for expression in selector.get("matchExpressions", ())
    )


def _fits(expression: Object, labels: Mapping[str, str]) -> bool:
    if expression["operator"] == "Exists":
        return expression["key"] in labels
    assert expression["operator"] == "In", expression
    return labels.get(expression["key"]) in expression["values"]


@cache
def composed(place: str = "docker-compose.yml") -> Mapping[str, Any]:
    """The containers of a file of Compose's, by name."""
    document = yaml.safe_load((ROOT / place).read_text("utf-8"))
    services: Mapping[str, Any] = document["services"]
    return services


def counted() -> Mapping[str, Any]:
    """What the counters are in Compose, and what they add to the gateway."""
    return composed("deploy/compose.limits.yml")
