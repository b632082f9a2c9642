"""Outside the API everything is the web client's, with its cookies, or a page that says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gateway.tests.rig import ADA, Browser, Echo, gateway, reached

COOKIE = {"Cookie": "skiller-access=x"}


@contextmanager
def door(web: Echo, service: Echo, **settings: Any) -> Iterator[Browser]:
    with (
        reached(web, "wsgi") as pages,
        reached(service, "wsgi") as discussion,
        gateway({"web": pages, "discussion": discussion}, **settings) as browser,
    ):
        yield browser


@pytest.mark.parametrize(
    "path", ["/", "/find?q=a%20b", "/questions/1", "/questions/", "/join/T", "/static/a.b.css"]
)
def test_pages_are_the_web_client_s_for_strangers_too(path: str) -> None:
    web, service = Echo(), Echo()
    with door(web, service) as browser:
        answer = browser.get(path, person=None)

    assert answer.status == 200
    assert [seen.target for seen in web.seen] == [path]
    assert service.seen == []


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/health/x", "//evil", "/a/../b"])
def test_what_is_of_the_api_or_nobody_s_never_reaches_it(path: str) -> None:
    web = Echo()
    with door(web, Echo()) as browser:
        answer = browser.get(path, person=None)

    assert answer.status == 404
    assert web.seen == []


def test_cookies_reach_pages_and_no_service() -> None:
    web, service = Echo(), Echo()
    with door(web, service) as browser:
        browser.get("/", person=None, headers=COOKIE)
        browser.get("/api/v1/feed", person=ADA, headers=COOKIE)

    assert web.last.headers["cookie"] == "skiller-access=x"
    assert "cookie" not in service.last.headers


def test_a_form_with_a_portrait_may_be_larger_than_others() -> None:
    web, large = Echo(), b"x" * (2 * 1024 * 1024)
    with door(web, Echo()) as browser:
        statuses = [
            browser.ask("POST", path, person=None, body=large).status
            for path in ("/settings/portrait", "/ask")
        ]

    assert statuses == [200, 413]


def test_pages_are_counted_apart_from_what_strangers_ask_of_the_api() -> None:
    with door(Echo(), Echo(), page_limit="3/minute", address_limit="1/minute") as browser:
        statuses = [browser.get("/", person=None).status for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_a_web_client_that_is_away_is_a_page_that_says_so_and_no_reason_for_the_api() -> None:
    web = Echo(failing=True)
    with door(web, Echo()) as browser:
        page = browser.get("/ask", person=None, headers={"X-Correlation-Id": "tell-me"})
        answer = browser.get("/api/v1/feed", person=ADA)

    assert page.status == 503
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"Rien n\xe2\x80\x99est perdu" in page.body
    assert b"tell-me" in page.body
    assert answer.status == 200


def test_without_a_web_client_the_bare_address_leads_to_the_documentation() -> None:
    with reached(Echo(), "wsgi") as service, gateway({"discussion": service}) as browser:
        assert browser.get("/", person=None).headers["Location"] == "/api/docs"
        assert browser.get("/find", person=None).status == 404
