"""deploy/kubernetes by the published schemas: Kubernetes' own, and those of the operators."""

import gzip
import json
from functools import cache
from typing import Any

import pytest
import yaml

from tests.architecture.kustomized import Object, objects
from tests.architecture.sources import ROOT

validate = pytest.importorskip("kubernetes_validate")
jsonschema = pytest.importorskip("jsonschema")

# The oldest in which all that is used is on without being asked for, and the newest known.
VERSIONS = ("1.30", validate.latest_version())
# The operators' definitions lie beside the project, and are no part of it.
DEFINITIONS = ROOT.parent / "shared" / "data" / "crds"
OPERATORS = {"keda.sh", "postgresql.cnpg.io", "rabbitmq.com"}


def _is_operator_s(one: Object) -> bool:
    return str(one["apiVersion"]).partition("/")[0] in OPERATORS


def _name(one: Object) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("one", [o for o in objects() if not _is_operator_s(o)], ids=_name)
def test_kubernetes_takes_it(one: Object, version: str) -> None:
    validate.validate(one, version, strict=True)


@pytest.mark.parametrize("one", [o for o in objects() if _is_operator_s(o)], ids=_name)
def test_its_operator_takes_it(one: Object) -> None:
    if not DEFINITIONS.exists():
        pytest.skip("the operators' definitions are not in ../shared/data/crds")

    schema = _schemas()[one["apiVersion"], one["kind"]]

    jsonschema.Draft202012Validator(schema).validate(one)


def test_what_is_no_field_is_refused() -> None:
    """Else a field with a slip would pass, and an operator would leave it out without a word."""
    if not DEFINITIONS.exists():
        pytest.skip("the operators' definitions are not in ../shared/data/crds")
    [scaled, *_] = [json.loads(json.dumps(o)) for o in objects() if o["kind"] == "ScaledObject"]
    scaled["spec"]["minReplicas"] = 1

    with pytest.raises(jsonschema.ValidationError, match="minReplicas"):
        jsonschema.Draft202012Validator(_schemas()[scaled["apiVersion"], "ScaledObject"]).validate(
            scaled
        )


@cache
def _schemas() -> dict[tuple[str, str], Any]:
    found = {}
    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in DEFINITIONS.glob("*.yaml.gz"):
        for one in yaml.load_all(gzip.decompress(file.read_bytes()), quick):
            if one:
                group, kind = one["spec"]["group"], one["spec"]["names"]["kind"]
                for version in one["spec"]["versions"]:
                    schema = _closed(version["schema"]["openAPIV3Schema"])
                    # Every object has these; a definition says nothing of them.
                    schema["properties"]["metadata"].pop("additionalProperties", None)
                    found[f"{group}/{version['name']}", kind] = schema
    return found


def _closed(schema: Any) -> Any:
    """The same schema, which takes no field that it does not name, and Kubernetes' own forms."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _closed(value) for key, value in schema.items()}
    if isinstance(made.get("properties"), dict) and made.get("type") == "object":
        is_open = made.get("x-kubernetes-preserve-unknown-fields")
        if not is_open:
            made.setdefault("additionalProperties", False)
    if made.pop("x-kubernetes-int-or-string", False):
        made.pop("type", None)
    if made.pop("nullable", False) and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made
