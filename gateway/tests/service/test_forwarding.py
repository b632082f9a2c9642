"""What reaches a service and what comes back, over HTTP and in-process alike."""

from collections.abc import Iterator

import pytest

from gateway.tests.rig import Browser, Echo, gateway, reached
from gateway.tests.unit.test_routes import PATHS


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture(params=["http", "wsgi"])
def browser(request: pytest.FixtureRequest, echo: Echo) -> Iterator[Browser]:
    with (
        reached(echo, request.param) as upstream,
        gateway({"discussion": upstream, "identity": upstream}) as browser,
    ):
        yield browser


def test_every_path_of_the_design_goes_to_its_service() -> None:
    echoes = {name: Echo(name) for name in {service for _, service in PATHS}}
    upstreams = {}
    for name, echo in echoes.items():
        with reached(echo, "wsgi") as upstream:
            upstreams[name] = upstream

    with gateway(upstreams, member_limit="1000/minute") as browser:
        for path, service in PATHS:
            assert browser.get(f"/api/v1{path}").status == 200
            assert echoes[service].last.target == f"/api/v1{path}"

    assert sum(len(echo.seen) for echo in echoes.values()) == len(PATHS)


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/search?q=c%2b%2B%20x&keyword=caf%C3%A9&a=[1]&b=%2F..%2F",
        "/api/v1/keywords/c%23",
        "/api/v1/keywords/%63%e2%82%ac",
        "/api/v1/search?",
    ],
)
def test_path_and_query_arrive_byte_by_byte(browser: Browser, echo: Echo, target: str) -> None:
    browser.get(target)

    assert echo.last.target == target


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_every_method_arrives(browser: Browser, echo: Echo, method: str) -> None:
    assert browser.ask(method, "/api/v1/questions").status == 200
    assert echo.last.method == method


def test_a_method_that_nobody_uses_is_refused(browser: Browser, echo: Echo) -> None:
    reply = browser.ask("TRACE", "/api/v1/questions")

    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert not echo.seen


def test_body_and_headers_arrive(browser: Browser, echo: Echo) -> None:
    headers = {"Content-Type": "application/json", "Accept-Language": "fr", "If-None-Match": '"x"'}

    browser.ask("POST", "/api/v1/questions", body=b'{"title": "?"}', headers=headers)

    assert echo.last.body == b'{"title": "?"}'
    assert echo.last.headers["content-length"] == "14"
    assert {name.lower(): value for name, value in headers.items()}.items() <= (
        echo.last.headers.items()
    )
    assert echo.last.headers["host"] == "skiller.example"
    assert echo.last.headers["authorization"].startswith("Bearer ")


def test_headers_of_the_hop_stay_on_it(browser: Browser, echo: Echo) -> None:
    headers = {
        "Connection": "close, X-Private",
        "X-Private": "1",
        "Keep-Alive": "300",
        "TE": "trailers",
        "Upgrade": "h2c",
        "Proxy-Authorization": "Basic eA==",
        "Expect": "100-continue",
    }

    browser.get("/api/v1/feed", headers=headers)

    assert not {name.lower() for name in headers} - {"connection"} & echo.last.headers.keys()
    assert "x-private" not in echo.last.headers
    assert echo.last.headers.get("connection") in (None, "close")


def test_an_answers_headers_of_the_hop_stay_inside(browser: Browser, echo: Echo) -> None:
    echo.headers = [("Location", "/x%2f"), ("X-Kept", "1"), ("X-Kept", "2"), ("ETag", '"e"')]

    reply = browser.get("/api/v1/feed")

    assert reply.headers["Location"] == "/x%2f"
    assert reply.headers.get_all("X-Kept") == ["1", "2"]
    assert reply.headers["ETag"] == '"e"'
    assert len(reply.headers.get_all("Date") or []) == 1


def test_forged_forwarding_headers_are_replaced(browser: Browser, echo: Echo) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "for=6.6.6.6",
        "X-Real-IP": "6.6.6.6",
        "X-Client-Address": "6.6.6.6 1 abc",
    }

    browser.get("/api/v1/feed", headers=forged)

    seen = echo.last.headers
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-host"] == "skiller.example"
    assert seen["x-forwarded-proto"] == "http"
    assert not {"x-forwarded-prefix", "forwarded", "x-real-ip", "x-client-address"} & seen.keys()


def test_the_correlation_id_travels_in_and_out(browser: Browser, echo: Echo) -> None:
    reply = browser.get("/api/v1/feed", headers={"X-Correlation-Id": "abc-1"})

    assert reply.headers.get_all("X-Correlation-Id") == ["abc-1"]
    assert echo.last.headers["x-correlation-id"] == "abc-1"


def test_a_correlation_id_is_made_where_none_or_a_bad_one_comes(
    browser: Browser, echo: Echo
) -> None:
    reply = browser.get("/api/v1/feed", headers={"X-Correlation-Id": "<bad>"})

    assert len(reply.headers["X-Correlation-Id"]) == 32
    assert echo.last.headers["x-correlation-id"] == reply.headers["X-Correlation-Id"]


@pytest.mark.parametrize("status", ["201 Created", "304 Not Modified", "404 Not Found", "204 No"])
def test_status_and_body_come_back(browser: Browser, echo: Echo, status: str) -> None:
    echo.status, echo.body = status, [b"", b"ab", b"c"]
    if status[:3] in ("204", "304"):
        echo.body = []

    reply = browser.get("/api/v1/feed")

    assert reply.status == int(status[:3])
    assert reply.body == b"".join(echo.body)


def test_a_large_answer_comes_through_whole(browser: Browser, echo: Echo) -> None:
    echo.body = [bytes([number]) * 700_000 for number in range(5)]

    assert browser.get("/api/v1/members/me/export").body == b"".join(echo.body)


def test_a_large_answer_with_a_length_keeps_it(browser: Browser, echo: Echo) -> None:
    echo.body = [b"x" * 3_000_000]
    echo.headers = [("Content-Length", "3000000")]

    reply = browser.get("/api/v1/members/me/export")

    assert reply.headers["Content-Length"] == "3000000"
    assert len(reply.body) == 3_000_000


@pytest.mark.parametrize(
    "target",
    [
        "/metrics",
        "/api/v1/metrics",
        "/api/v1/health/ready",
        "/api/v1/unknown",
        "/api/v1/projects",
        "/api/v1/members/../../metrics",
        "/api/v1/members/%2e%2e/x",
        "/api/v1//members",
        "/api/v1/members/",
        "/api/openapi/skills.json",
    ],
)
def test_what_is_no_route_is_not_found_and_reaches_nobody(
    browser: Browser, echo: Echo, target: str
) -> None:
    assert browser.get(target).code == "not_found"
    assert not echo.seen


def test_a_target_that_servers_read_differently_is_malformed(browser: Browser, echo: Echo) -> None:
    assert browser.get("/api/v1/members/me#/follow").code == "malformed_request"
    assert not echo.seen


def test_a_service_that_raises_is_unavailable() -> None:
    echo = Echo(failing=True)

    with reached(echo, "wsgi") as upstream, gateway({"discussion": upstream}) as browser:
        reply = browser.get("/api/v1/feed")

    assert (reply.status, reply.code) == (503, "upstream_unavailable")
    assert reply.headers["Retry-After"]
