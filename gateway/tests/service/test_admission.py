"""Tokens, limits, bodies: who and what is let in."""

from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from chassis.testing import tokens
from chassis.testing.forging import FORGED, expired
from gateway.tests.rig import ADA, Browser, Echo, Reply, gateway, reached

KIB = 1024
MIB = 1024 * KIB


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def browser(echo: Echo) -> Iterator[Browser]:
    with reached(echo, "wsgi") as upstream, gateway({"identity": upstream}) as browser:
        yield browser


def with_token(browser: Browser, token: str, method: str = "GET", path: str = "members") -> Reply:
    headers = {"Authorization": f"Bearer {token}"}
    return browser.ask(method, f"/api/v1/{path}", person=None, headers=headers)


@pytest.mark.parametrize("reason", FORGED)
def test_a_forged_token_opens_nothing(browser: Browser, echo: Echo, reason: str) -> None:
    reply = with_token(browser, FORGED[reason](ADA))

    assert (reply.status, reply.code) == (401, "token_invalid")
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert not echo.seen


def test_an_expired_token_says_so(browser: Browser, echo: Echo) -> None:
    reply = with_token(browser, expired(ADA))

    assert (reply.status, reply.code) == (401, "token_expired")
    assert not echo.seen


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Bearer", "Bearer "])
def test_without_a_token_only_public_routes_open(
    browser: Browser, echo: Echo, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}

    assert browser.get("/api/v1/members", person=None, headers=headers).code == "token_invalid"
    assert browser.ask("POST", "/api/v1/members", person=None, headers=headers).status == 200
    assert "authorization" not in echo.last.headers
    assert len(echo.seen) == 1


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "members/me/export", None),
        ("DELETE", "members/me", None),
        ("POST", "sessions", None),
        ("GET", "members/me", "leaving_only"),
        ("PATCH", "members/me", "leaving_only"),
        ("GET", "members", "leaving_only"),
    ],
)
def test_a_token_for_leaving_opens_the_ways_out_alone(
    browser: Browser, echo: Echo, method: str, path: str, code: str | None
) -> None:
    reply = with_token(browser, tokens.leaving_token_for(ADA), method, path)

    assert (reply.status, bool(echo.seen)) == ((403, False) if code else (200, True))


def test_a_stale_token_keeps_nobody_from_signing_in(browser: Browser, echo: Echo) -> None:
    stale = tokens.token_for(ADA, exp=1)

    assert with_token(browser, stale, "POST", "sessions").status == 200
    assert "authorization" not in echo.last.headers


def test_a_valid_token_is_passed_on_to_public_routes_too(browser: Browser, echo: Echo) -> None:
    assert with_token(browser, tokens.token_for(ADA), "POST", "sessions").status == 200
    assert "authorization" in echo.last.headers


def test_headers_tell_how_much_is_left() -> None:
    with reached(Echo(), "wsgi") as upstream, gateway({"identity": upstream}) as browser:
        member, stranger = (
            browser.get("/api/v1/members"),
            browser.get("/api/v1/members", person=None),
        )

    assert member.headers["RateLimit-Limit"] == "1500"
    assert member.headers["RateLimit-Remaining"] == "1499"
    assert 0 < int(member.headers["RateLimit-Reset"]) <= 300
    assert stranger.headers["RateLimit-Limit"] == "300"


def test_one_request_too_many_is_refused_and_others_go_on(echo: Echo) -> None:
    with (
        reached(echo, "wsgi") as upstream,
        gateway({"identity": upstream}, member_limit="3/minute") as browser,
    ):
        replies = [browser.get("/api/v1/members") for _ in range(4)]
        stranger = browser.ask("POST", "/api/v1/sessions", person=None)

    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[3].code == "too_many_requests"
    assert 0 < int(replies[3].headers["Retry-After"]) <= 60
    assert replies[3].headers["RateLimit-Remaining"] == "0"
    assert stranger.status == 200
    assert len(echo.seen) == 4


def test_forged_tokens_are_counted_by_address(echo: Echo) -> None:
    with (
        reached(echo, "wsgi") as upstream,
        gateway({"identity": upstream}, address_limit="2/minute") as browser,
    ):
        statuses = [with_token(browser, f"forged {number}").status for number in range(3)]
        unknown = browser.get("/api/v1/unknown", person=None).status
        health = browser.get("/health/live", person=None).status

    assert statuses == [401, 401, 429]
    assert (unknown, health) == (429, 200)


def test_a_forged_forwarding_header_gives_no_second_limit() -> None:
    with (
        reached(Echo(), "wsgi") as upstream,
        gateway({"identity": upstream}, address_limit="2/minute") as browser,
    ):
        statuses = [
            browser.ask(
                "POST",
                "/api/v1/sessions",
                person=None,
                headers={"X-Forwarded-For": f"192.0.2.{number}"},
            ).status
            for number in range(3)
        ]

    assert statuses == [200, 200, 429]


def test_a_page_full_of_portraits_keeps_nobody_from_signing_in(echo: Echo) -> None:
    limits = {"address_limit": "2/minute", "picture_limit": "3/minute"}
    with (
        reached(echo, "wsgi") as upstream,
        gateway({"identity": upstream}, **limits) as browser,
    ):
        pictures = [browser.get("/api/v1/portraits/x", person=None).status for _ in range(4)]
        signed_in = browser.ask("POST", "/api/v1/sessions", person=None).status

    assert pictures == [200, 200, 200, 429]
    assert signed_in == 200


def test_behind_a_trusted_proxy_each_client_has_its_limit() -> None:
    with (
        reached(Echo(), "wsgi") as upstream,
        gateway({"identity": upstream}, address_limit="1/minute", trusted_proxies=1) as browser,
    ):
        statuses = [
            browser.ask(
                "POST", "/api/v1/sessions", person=None, headers={"X-Forwarded-For": address}
            ).status
            for address in ("192.0.2.1", "192.0.2.2", "6.6.6.6, 192.0.2.1")
        ]

    assert statuses == [200, 200, 429]


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("invitations", 64 * KIB, 200),
        ("invitations", 64 * KIB + 1, 413),
        ("invitations", 20 * MIB, 413),
        ("members/me/portrait", 5 * MIB, 200),
        ("members/me/portrait", 5 * MIB + 1, 413),
    ],
)
@pytest.mark.parametrize("is_chunked", [False, True])
def test_bodies_have_a_limit_with_and_without_a_length(
    browser: Browser, echo: Echo, path: str, size: int, status: int, is_chunked: bool
) -> None:
    body: Any = b"x" * size
    if is_chunked:
        body = iter([b"x" * (size // 2), b"x" * (size - size // 2)])

    reply = browser.ask("PUT", f"/api/v1/{path}", body=body)

    assert reply.status == status
    if status == 200:
        assert len(echo.last.body) == size
        assert echo.last.headers["content-length"] == str(size)
        assert "transfer-encoding" not in echo.last.headers
    else:
        assert reply.code == "body_too_large"
        assert not echo.seen


@pytest.mark.parametrize(
    "path",
    [
        "invitations/preview/SECRET-TOKEN",
        "password-resets/SECRET-TOKEN",
        "address-confirmations/SECRET-TOKEN",
    ],
)
def test_tokens_in_paths_stay_out_of_the_log(browser: Browser, path: str) -> None:
    with capture_logs() as lines:
        browser.ask("PUT", f"/api/v1/{path}?t=SECRET-TOKEN")
        browser.get("/join/SECRET-TOKEN")

    routes = [line["route"] for line in lines if line["event"] == "request"]
    assert routes == [f"/{path.rpartition('/')[0]}/*", "unknown"]
    assert "SECRET" not in repr(lines)


def test_the_line_of_what_may_be_an_attack_tells_the_clients_area(browser: Browser) -> None:
    with capture_logs() as lines:
        browser.ask("POST", "/api/v1/sessions", person=None)
        browser.get("/api/v1/members", person=None)
        browser.get("/api/v1/members")

    told = [line.get("client") for line in lines if line["event"] == "request"]
    assert told == ["127.0.0.0/24", "127.0.0.0/24", None]


@pytest.mark.parametrize(
    ("method", "path", "told", "kept"),
    [
        ("POST", "sessions", None, "no-store"),
        ("POST", "sessions/refresh", "private, no-cache", "no-store"),
        ("GET", "members/me", "private, no-cache", "no-store"),
        ("GET", "members/me/export/identity", "private, no-cache", "no-store"),
        ("POST", "invitations", None, "no-store"),
        ("GET", "members", "private, no-cache", "private, no-cache"),
        ("GET", "portraits/x", "public, immutable", "public, immutable"),
    ],
)
def test_nothing_secret_is_kept_by_a_browser(
    browser: Browser, echo: Echo, method: str, path: str, told: str | None, kept: str
) -> None:
    echo.headers += [("Cache-Control", told)] if told else []

    assert browser.ask(method, f"/api/v1/{path}").headers.get_all("Cache-Control") == [kept]
