"""Every path that a service tells is the gateway's way to that service."""

import re
from typing import Any

import pytest

from chassis.service import Service
from gateway.config import SERVICES as DEPLOYABLE
from gateway.paths import segments_of
from gateway.routes import TABLE, Route, Table
from standalone.services import SERVICES
from tests.architecture.sources import openapi, operations

ID = "0190f000-0000-7000-8000-000000000001"

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def test_a_route_has_an_operation_unless_it_is_planned() -> None:
    reached = {_route(path).pattern for service in SERVICES for _, path in operations(service)}

    assert reached == {route.pattern for route in TABLE if not route.planned}


@each_service
def test_the_gateway_knows_the_service(service: Service) -> None:
    assert service.name in DEPLOYABLE


@each_service
def test_every_path_leads_to_its_service(service: Service) -> None:
    astray = {path for _, path in operations(service) if _owner(path) != service.name}

    assert not astray


@each_service
def test_every_path_is_recognised_by_its_own_pattern(service: Service) -> None:
    """`/members/*` would also match a path of two segments that another service forgot."""
    patterns = {route.pattern for route in TABLE if route.service == service.name}
    told = {
        re.sub(r"\{[^}]*\}", "*", path.removeprefix("/api/v1")) for _, path in operations(service)
    }

    assert all(_matches(path, patterns) for path in told)


@each_service
def test_strangers_pass_where_the_service_lets_them_and_nowhere_else(service: Service) -> None:
    differing = {
        f"{method} {path}"
        for (method, path), operation in operations(service).items()
        if (operation.get("security") == []) != _route(path).is_public(method)
    }

    assert not differing


# Ten thousand values of the longest would be 100 MB: a table is bounded as a file is, at 10 MB.
TOO_LONG = {"POST /api/v1/projects/{project_id}/benchmarks/{benchmark_id}/versions"}


@each_service
def test_the_longest_body_that_a_service_takes_passes(service: Service) -> None:
    """In its longest spelling: JSON may write one letter as two escapes of six bytes."""
    too_long = {
        f"{method} {path}"
        for (method, path), operation in operations(service).items()
        for told in [operation.get("requestBody", {}).get("content", {}).get("application/json")]
        if told and _longest(told["schema"], openapi(service)) > _route(path).body_limit
    }

    assert too_long <= TOO_LONG


def _longest(schema: dict[str, Any], document: dict[str, Any]) -> int:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _longest(document["components"]["schemas"][name], document)
    properties = schema.get("properties", {})
    if properties:
        return sum(len(name) + 6 + _longest(of, document) for name, of in properties.items())
    if "items" in schema:
        return int(schema.get("maxItems", 100)) * (_longest(schema["items"], document) + 2)
    # Addresses and enumerations tell no length, and have less.
    return 12 * int(schema.get("maxLength", 320))


def _matches(path: str, patterns: set[str]) -> bool:
    return path in patterns or re.sub(r"/(me|current)(?=/|$)", "/*", path) in patterns


def _route(path: str) -> Route:
    example = re.sub(r"\{[^}]*\}", ID, path)
    route = Table(DEPLOYABLE).find(segments_of(example))
    assert route is not None, f"{path} does not exist for the gateway"
    return route


def _owner(path: str) -> str:
    return _route(path).service
