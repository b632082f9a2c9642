"""Each service checks each token itself, whoever passed it on."""

import re
import time
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from chassis import auth
from chassis.service import Service
from chassis.settings import Secret
from chassis.testing import tokens
from chassis.testing.forging import FORGED, expired
from chassis.testing.tokens import Person
from gateway.paths import segments_of
from gateway.routes import Table
from standalone.services import SERVICES

ADA = Person("Ada", uuid4())
# One that no stranger may read; the token is refused before any database is asked.
PATHS = {
    "identity": "/api/v1/members/me",
    "social": f"/api/v1/members/{ADA.id}/followers",
    "discussion": "/api/v1/feed",
    "skills": f"/api/v1/members/{ADA.id}/skills",
    "projects": "/api/v1/projects",
    "notifications": "/api/v1/notices",
}


@pytest.fixture(params=SERVICES, ids=lambda service: service.name)
def app(request: pytest.FixtureRequest) -> Flask:
    service: Service = request.param
    url = Secret("postgresql://nobody@127.0.0.1:1/none")
    return service.create_app(service.settings(database_url=url, public_keys=tokens.public_keys()))


def code_of(app: Flask, token: str) -> tuple[int, str]:
    path = PATHS[app.name.rpartition(".")[2]]
    answer = app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.json is not None
    return answer.status_code, answer.json["code"]


@pytest.mark.parametrize("reason", FORGED)
def test_no_service_believes_a_forged_token(app: Flask, reason: str) -> None:
    assert code_of(app, FORGED[reason](ADA)) == (401, "token_invalid")


def test_no_service_takes_an_expired_token(app: Flask) -> None:
    assert code_of(app, expired(ADA)) == (401, "token_expired")


@pytest.mark.parametrize(
    "claims",
    [{"iat": 90, "nbf": 90}, {"header": {"typ": "JWT"}}],
    ids=["a clock ahead", "the previous release"],
)
def test_an_honest_token_is_not_refused(app: Flask, claims: dict[str, Any]) -> None:
    now = int(time.time())
    sent = {name: value if name == "header" else now + value for name, value in claims.items()}

    assert code_of(app, tokens.token_for(ADA, **sent)) == (503, "unavailable")


def test_a_token_for_leaving_opens_what_the_gateway_lets_through_and_nothing_else(
    app: Flask,
) -> None:
    table = Table([app.name.rpartition(".")[2]])
    headers = {"Authorization": f"Bearer {tokens.leaving_token_for(ADA)}"}

    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        route = table.find(segments_of(_path_of(rule)))
        if auth.is_public(view) or route is None:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert auth.is_for_leaving(view) == route.is_for_leaving(method), rule
            if not auth.is_for_leaving(view):
                answer = app.test_client().open(_path_of(rule), method=method, headers=headers)
                assert (answer.status_code, answer.json["code"]) == (403, "leaving_only"), rule


def _path_of(rule: Rule) -> str:
    return re.sub(r"<[^>]*>", str(ADA.id), rule.rule)


def test_a_good_token_gets_as_far_as_the_database(app: Flask) -> None:
    assert code_of(app, tokens.token_for(ADA)) == (503, "unavailable")
