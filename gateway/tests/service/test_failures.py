"""Services that are down, slow, restarted or somewhere else."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from chassis.testing.tokens import Person
from chassis.testing.waiting import eventually
from gateway import breaker
from gateway.tests.rig import (
    Browser,
    Echo,
    gateway,
    http_answer,
    over_http,
    reached,
    scripted,
    serving,
    unused_port,
)
from gateway.upstream import UpstreamRequest

GRACE = Person("Grace", uuid4())


@contextmanager
def before(port: int, **options: Any) -> Iterator[Browser]:
    """A gateway whose discussion service is at `port`."""
    with (
        over_http(f"http://127.0.0.1:{port}", **options) as upstream,
        gateway({"discussion": upstream}) as browser,
    ):
        yield browser


def test_a_service_that_is_down_leaves_the_others_alone() -> None:
    with (
        over_http(f"http://127.0.0.1:{unused_port()}") as down,
        reached(Echo(), "http") as up,
        gateway({"discussion": down, "identity": up}) as browser,
    ):
        refused = [browser.get("/api/v1/feed") for _ in range(breaker.FAILURES + 2)]
        served = browser.get("/api/v1/members")

    assert {(reply.status, reply.code) for reply in refused} == {(503, "upstream_unavailable")}
    assert all(1 <= int(reply.headers["Retry-After"]) <= 5 for reply in refused)
    assert served.status == 200


def test_the_breaker_spares_a_failing_service_and_lets_it_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breaker, "REST_SECONDS", 0.2)
    echo = Echo(failing=True)
    with reached(echo, "wsgi") as upstream, gateway({"discussion": upstream}) as browser:
        for _ in range(breaker.FAILURES):
            browser.get("/api/v1/feed", person=Person("Somebody", uuid4()))
        asked = len(echo.seen)
        monkeypatch.setattr(breaker, "REST_SECONDS", 60.0)
        assert browser.get("/api/v1/feed").code == "upstream_unavailable"
        assert len(echo.seen) == asked

        echo.failing = False

        eventually(lambda: browser.get("/api/v1/feed").status == 200)
        assert browser.get("/api/v1/feed").status == 200


def test_a_service_that_answers_errors_does_not_open_the_breaker() -> None:
    echo = Echo(status="503 Service Unavailable")
    with reached(echo, "http") as upstream, gateway({"discussion": upstream}) as browser:
        for _ in range(breaker.FAILURES * 2):
            browser.get("/api/v1/feed")

    assert len(echo.seen) == breaker.FAILURES * 2


def test_a_slow_service_is_a_time_out_and_not_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with before(listener.getsockname()[1], read_seconds=0.2) as browser:
            started = time.monotonic()
            reply = browser.get("/api/v1/feed")

        assert (reply.status, reply.code) == (504, "upstream_timeout")
        assert time.monotonic() - started < 2
        listener.settimeout(0.2)
        first, _ = listener.accept()
        first.close()
        with pytest.raises(TimeoutError):
            listener.accept()


def test_connections_are_kept() -> None:
    with scripted(http_answer(), http_answer()) as server, before(server.port) as browser:
        assert [browser.get("/api/v1/feed").status for _ in range(2)] == [200, 200]

        assert len(server.requests) == 2
        assert len(server.connections) == 1


@pytest.mark.parametrize(
    ("method", "headers", "status", "requests"),
    [
        ("GET", {}, 200, 3),
        ("PUT", {}, 200, 3),
        ("DELETE", {}, 200, 3),
        ("POST", {}, 503, 2),
        ("PATCH", {}, 503, 2),
        ("POST", {"Idempotency-Key": "k"}, 200, 3),
    ],
)
def test_a_broken_connection_is_tried_once_more_where_that_is_harmless(
    method: str, headers: dict[str, str], status: int, requests: int
) -> None:
    with scripted(http_answer(), None, http_answer()) as server, before(server.port) as browser:
        assert browser.get("/api/v1/feed").status == 200

        reply = browser.ask(method, "/api/v1/questions", headers=headers)

        assert reply.status == status
        assert len(server.requests) == requests


def test_there_is_one_second_try_and_no_third() -> None:
    with scripted(None, None, http_answer()) as server, before(server.port) as browser:
        assert browser.get("/api/v1/feed").code == "upstream_unavailable"

    assert len(server.requests) == 2


def test_a_kept_connection_that_was_closed_meanwhile_costs_no_request() -> None:
    with scripted(http_answer(), http_answer()) as server, before(server.port) as browser:
        browser.get("/api/v1/feed")
        server.connections[0].shutdown(socket.SHUT_RDWR)

        assert browser.ask("POST", "/api/v1/questions", body=b"{}").status == 200
        assert len(server.connections) == 2


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf"
    with scripted(half) as server, before(server.port) as browser:
        assert browser.ask("POST", "/api/v1/questions").code == "upstream_unavailable"


LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\nConnection: close\r\n\r\n"


def test_a_large_answer_that_never_begins_is_no_answer() -> None:
    with scripted(LARGE) as server, before(server.port) as browser:
        assert browser.ask("POST", "/api/v1/questions").code == "upstream_unavailable"


def test_a_large_answer_that_breaks_off_never_looks_whole() -> None:
    """Or the client would take the next answer for the rest of this one."""
    with (
        scripted(LARGE + b"x" * 2_000_000) as server,
        over_http(f"http://127.0.0.1:{server.port}") as upstream,
    ):
        answer = upstream.send(UpstreamRequest("GET", "/", [("Host", "h")]))

        with pytest.raises(http.client.IncompleteRead):
            list(answer.body)


def test_a_dead_address_beside_a_living_one_is_not_noticed() -> None:
    echo = Echo()
    with (
        serving(echo) as port,
        # Nothing listens on 127.0.0.2.
        over_http(
            f"http://discussion:{port}", resolve=lambda *_: ["127.0.0.2", "127.0.0.1"]
        ) as upstream,
        gateway({"discussion": upstream}) as browser,
    ):
        statuses = [browser.ask("POST", "/api/v1/questions").status for _ in range(4)]

    assert statuses == [200] * 4
    assert len(echo.seen) == 4


def test_requests_go_round_all_addresses_and_new_ones_are_found() -> None:
    first, second = Echo(), Echo()
    addresses = ["127.0.0.1"]
    with (
        serving(first) as port,
        serving(second, "127.0.0.3", port),
        over_http(
            f"http://discussion:{port}", resolve=lambda *_: list(addresses), resolve_seconds=0.05
        ) as upstream,
        gateway({"discussion": upstream}) as browser,
    ):
        for _ in range(4):
            browser.get("/api/v1/feed")
        assert (len(first.seen), len(second.seen)) == (4, 0)

        addresses.append("127.0.0.3")

        eventually(lambda: browser.get("/api/v1/feed").status == 200 and second.seen)
        first.seen.clear()
        second.seen.clear()
        for _ in range(10):
            browser.get("/api/v1/feed")
        assert (len(first.seen), len(second.seen)) == (5, 5)


def test_a_name_that_does_not_exist_is_an_unavailable_service() -> None:
    def resolve(*_: Any) -> list[str]:
        raise socket.gaierror("unknown")

    with (
        over_http("http://discussion:8000", resolve=resolve) as upstream,
        gateway({"discussion": upstream}) as browser,
    ):
        assert browser.get("/api/v1/feed").code == "upstream_unavailable"


def test_a_service_may_be_reached_by_a_real_name() -> None:
    with (
        serving(Echo()) as port,
        over_http(f"http://localhost:{port}") as upstream,
        gateway({"discussion": upstream}) as browser,
    ):
        assert browser.get("/api/v1/feed").status == 200


@pytest.mark.parametrize("kind", ["http", "wsgi"])
def test_slow_answers_of_one_member_leave_another_served(kind: str) -> None:
    going_on = threading.Event()

    def service(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["RAW_URI"].endswith("slow"):
            going_on.wait(10)
        start("200 OK", [("Content-Length", "0")])
        return []

    with (
        reached(service, kind) as upstream,
        gateway({"discussion": upstream}) as browser,
        ThreadPoolExecutor(40) as pool,
    ):
        slow = [pool.submit(browser.get, "/api/v1/feed?slow") for _ in range(40)]
        grace = [browser.get("/api/v1/feed", person=GRACE).status for _ in range(10)]
        waiting = sum(not answer.done() for answer in slow)
        going_on.set()

    assert grace == [200] * 10
    assert waiting == 40
    assert {answer.result().status for answer in slow} == {200}


def test_what_one_member_waits_for_in_vain_is_no_others_failure() -> None:
    def service(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["RAW_URI"].endswith("slow"):
            threading.Event().wait(0.4)
        start("200 OK", [("Content-Length", "0")])
        return []

    with serving(service) as port, before(port, read_seconds=0.1) as browser:
        slow = {browser.get("/api/v1/feed?slow").status for _ in range(breaker.FAILURES * 2)}
        # On a busy machine a tenth of a second may be too little for her, too.
        eventually(lambda: browser.get("/api/v1/feed", person=GRACE).status == 200)

    assert slow == {504}
