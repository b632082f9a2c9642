"""What the gateway answers itself: documentation, keys, health, policies."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import schemathesis

from chassis import metrics
from chassis.testing import tokens
from chassis.testing.waiting import eventually
from gateway import docs
from gateway.tests.rig import Browser, Echo, gateway, over_http, reached, unused_port

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def telling(service: str, **schemas: Any) -> Echo:
    """A service that tells its document."""
    name = next(iter(schemas))
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    answers = {"200": {"description": "OK", "content": content}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": service, "version": "1"},
        "paths": {f"/api/v1/{service}": {"get": {"responses": answers}}},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }
    return Echo(service, body=[json.dumps(document).encode()])


@pytest.fixture
def browser() -> Iterator[Browser]:
    first = telling("identity", Member={"type": "string"})
    second = telling("social", Member={"type": "number"})
    with (
        reached(first, "http") as identity,
        reached(second, "wsgi") as social,
        over_http(f"http://127.0.0.1:{unused_port()}") as skills,
        gateway({"identity": identity, "social": social, "skills": skills}) as browser,
    ):
        yield browser


def test_the_merged_document_is_valid_and_names_who_is_missing(browser: Browser) -> None:
    document = browser.get("/api/openapi.json", person=None).json

    schemathesis.openapi.from_dict(document).validate()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {"/api/v1/identity", "/api/v1/social"}
    assert set(document["components"]["schemas"]) == {"identity.Member", "social.Member"}
    assert document["x-unavailable"] == ["skills"]


def test_services_are_not_asked_for_each_reader() -> None:
    echo = telling("identity", Member={"type": "string"})
    with reached(echo, "wsgi") as upstream, gateway({"identity": upstream}) as browser:
        first, second = (browser.get("/api/openapi.json", person=None) for _ in range(2))
        tag = {"If-None-Match": first.headers["ETag"]}
        third = browser.get("/api/openapi.json", person=None, headers=tag)

    assert first.body == second.body
    assert third.status == 304
    assert len(echo.seen) == 1


@pytest.mark.parametrize("is_known", [False, True])
def test_a_slow_service_holds_up_one_reader_of_the_document(
    monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    asked, going_on = threading.Event(), threading.Event()
    going_on.set()

    def slow(_: dict[str, Any], start: Any) -> list[bytes]:
        asked.set()
        going_on.wait(10)
        start("503 Service Unavailable", [("Content-Length", "0")])
        return []

    monkeypatch.setattr(docs, "RETRY_SECONDS", 0.0)
    with reached(slow, "wsgi") as service, gateway({"identity": service}) as browser:
        if is_known:
            browser.get("/api/openapi.json")
        asked.clear()
        going_on.clear()
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(browser.get, "/api/openapi.json")
            asked.wait(10)
            others = {browser.get("/api/openapi.json").status for _ in range(10)}
            assert not asking.done()
            going_on.set()

    assert others == {200 if is_known else 503}
    assert asking.result().status == 200


def test_a_services_own_document_is_forwarded_to_everybody(browser: Browser) -> None:
    assert browser.get("/api/openapi/social.json", person=None).json["info"]["title"] == "social"


def test_the_page_loads_nothing_from_other_hosts(browser: Browser) -> None:
    page = browser.get("/api/docs", person=None)
    text = page.body.decode()
    links = re.findall(r'(?:src|href)="([^"]+)"', text)

    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in page.headers["Content-Security-Policy"]
    assert not re.findall(r"<script(?![^>]*src=)", text)
    assert len(links) == 5
    for link in links:
        assert link.startswith("/api/")
        assert browser.get(link, person=None).status == 200


def test_the_pages_script_names_no_other_host(browser: Browser) -> None:
    script = browser.get("/api/docs/initializer.js", person=None)

    assert script.headers["Content-Type"].startswith("text/javascript")
    assert b"//" not in script.body and b"validatorUrl: null" in script.body


def test_only_the_pages_own_files_are_served(browser: Browser) -> None:
    for name in ("oauth2-redirect.html", "..%2f__init__.py", "VERSION"):
        assert browser.get(f"/api/docs/{name}", person=None).code == "not_found"


def test_the_root_leads_to_the_page(browser: Browser) -> None:
    reply = browser.get("/", person=None)

    assert (reply.status, reply.headers["Location"]) == (302, "/api/docs")


def test_the_public_keys_are_told_and_no_private_one(browser: Browser) -> None:
    told = browser.get("/api/v1/.well-known/jwks.json", person=None).json

    assert told == json.loads(tokens.public_keys())
    assert all("d" not in key for key in told["keys"])


def test_it_is_ready_while_services_are_down(browser: Browser) -> None:
    assert browser.get("/health/live", person=None).json == {"status": "alive"}
    assert browser.get("/health/ready", person=None).json == {"status": "ready"}


@pytest.mark.parametrize(
    "target",
    ["/api/v1/members", "/api/v1/unknown", "/health/live", "/api/v1/skills", "/api/openapi.json"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "TRACE"])
def test_every_answer_is_secured(browser: Browser, target: str, method: str) -> None:
    reply = browser.ask(method, target)

    for name, value in SECURITY.items():
        assert reply.headers.get_all(name) == [value]
    assert reply.headers.get_all("Content-Security-Policy") == [API_POLICY]
    assert len(reply.headers.get_all("X-Correlation-Id") or []) == 1
    assert "Strict-Transport-Security" not in reply.headers


def test_hsts_is_said_where_it_is_set() -> None:
    with gateway({}, hsts_seconds=60) as browser:
        reply = browser.get("/health/live")

    assert reply.headers["Strict-Transport-Security"] == "max-age=60; includeSubDomains"


PREFLIGHT = {
    "Origin": "https://app.example",
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization",
}


def test_pages_of_allowed_origins_may_call() -> None:
    echo = Echo()
    with (
        reached(echo, "wsgi") as upstream,
        gateway({"identity": upstream}, cors_origins="https://app.example") as browser,
    ):
        asked = browser.ask("OPTIONS", "/api/v1/members", person=None, headers=PREFLIGHT)
        assert not echo.seen
        called = browser.get("/api/v1/members", headers={"Origin": "https://app.example"})
        refused = browser.get("/api/v1/members", headers={"Origin": "https://evil.example"})

    assert asked.status == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "PUT" in asked.headers["Access-Control-Allow-Methods"]
    allowed = set(asked.headers["Access-Control-Allow-Headers"].split(", "))
    # What operations of the document take beside what every browser may send.
    assert {"Authorization", "Content-Type", "Idempotency-Key", "If-Match"} <= allowed
    assert called.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "RateLimit-Remaining" in called.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert called.headers["Vary"] == refused.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in called.headers


@pytest.mark.parametrize("path", ["openapi.json", "docs", "v1/.well-known/jwks.json"])
def test_pages_may_ask_for_what_the_gateway_answers_itself_with_any_header(path: str) -> None:
    with gateway({}, cors_origins=PREFLIGHT["Origin"]) as browser:
        asked = browser.ask("OPTIONS", f"/api/{path}", person=None, headers=PREFLIGHT)

    assert asked.status == 204
    assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["//api/docs", "/api//docs", "/api/docs/", "/%2Fapi/docs", "/./"])
def test_what_looks_like_a_page_of_ours_is_not_one(browser: Browser, path: str) -> None:
    assert browser.get(path).code == "not_found"


def test_by_default_no_other_origin_may_call(browser: Browser) -> None:
    asked = browser.ask("OPTIONS", "/api/v1/members", person=None, headers=PREFLIGHT)

    assert asked.status == 401
    assert not [name for name in asked.headers if name.startswith("Access-Control")]


def test_metrics_are_served_apart_and_not_on_the_public_port(browser: Browser) -> None:
    port = unused_port()
    metrics.serve(port, "127.0.0.1")
    browser.get("/api/v1/members")

    told = eventually(lambda: Browser(port).get("/metrics", person=None)).body.decode()

    assert 'route="/members",service="gateway",status="200"' in told
    assert browser.get("/metrics").code == "not_found"
    metrics.serve(port, "127.0.0.1")  # a second worker leaves the port to the first
