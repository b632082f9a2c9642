"""Several gateways that count in one Redis: one bound, and what happens when it is away."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from chassis.settings import Secret
from chassis.testing.waiting import eventually
from gateway import breaker
from gateway.tests.redis_server import RedisServer, needs_redis, redis_server
from gateway.tests.rig import Browser, Echo, gateway, reached

pytestmark = needs_redis


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@contextmanager
def gateways(url: str, limit: str = "4/minute") -> Iterator[tuple[Browser, Browser]]:
    """Two of them before the same service, with the same shared counters."""
    settings: dict[str, Any] = {"limits_url": Secret(url), "address_limit": limit}
    with (
        reached(Echo(), "wsgi") as upstream,
        gateway({"identity": upstream}, **settings) as first,
        gateway({"identity": upstream}, **settings) as second,
    ):
        yield first, second


def statuses(*browsers: Browser) -> list[int]:
    """Of one request of a stranger at each, one after the other."""
    return [browser.get("/api/docs", person=None).status for browser in browsers]


def test_two_gateways_keep_one_bound_together(server: RedisServer) -> None:
    with gateways(server.url) as (first, second):
        told = statuses(first, second, first, second, first, second)
        refused = first.get("/api/docs", person=None)

    assert told == [200, 200, 200, 200, 429, 429]
    assert refused.code == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_a_gateway_that_starts_again_counts_on(server: RedisServer) -> None:
    with gateways(server.url) as (first, _):
        assert statuses(*[first] * 4) == [200] * 4

    with gateways(server.url) as (again, _):
        assert statuses(again) == [429]


def test_nothing_stays_on_the_server_without_an_end(server: RedisServer) -> None:
    with gateways(server.url) as (first, second):
        statuses(first, second, first)
        first.get("/api/v1/members")

    keys = ask(server, "KEYS", "*")

    assert len(keys) == 2
    for key in keys:
        [left] = ask(server, "PTTL", key)
        assert 0 < int(left) <= 300_000


def test_each_process_counts_apart_while_it_is_away_and_says_so_once(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "REST_SECONDS", 0.1)
    with gateways(server.url, "9/minute") as (first, second), capture_logs() as lines:
        server.stop()
        # The ninth still has room in each process's own counters.
        assert statuses(*[first] * 9, *[second] * 9) == [200] * 18
        assert statuses(first, second) == [429, 429]
        assert first.get("/health/ready", person=None).json == {"status": "ready"}
        away = told(lines, "shared limits away")

        server.start()
        eventually(lambda: statuses(first) and told(lines, "shared limits back"))
        counted = ask(server, "KEYS", "*")

    assert [line["counting"] for line in away] == ["apart", "apart"]  # one of each process
    assert counted


def test_one_that_says_nothing_is_not_waited_for(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a bound each request would hang until the test's client gives up."""
    with gateways(server.url) as (first, second):
        assert statuses(first) == [200]
        server.freeze()

        assert statuses(first, second, first, second) == [200] * 4
        server.go_on()


def test_a_wrong_password_is_told_without_it_and_shuts_nobody_out() -> None:
    with redis_server("--requirepass", "right-one") as server:
        url = server.url.replace("//", "//:wrong-one@")
        with gateways(url, "9/minute") as (first, _), capture_logs() as lines:
            assert statuses(*[first] * 6) == [200] * 6

    [away] = told(lines, "shared limits away")
    assert "invalid" in away["error"]
    assert "wrong-one" not in repr(lines)


def test_the_right_password_lets_both_count() -> None:
    with redis_server("--requirepass", "right-one") as server:
        url = server.url.replace("//", "//:right-one@")
        with gateways(url, "2/minute") as (first, second):
            assert statuses(first, second, first, second) == [200, 200, 429, 429]


def test_over_tls_its_certificate_is_checked(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    names = ["-subj", "/CN=limits", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-days", "1", "-nodes", *names, "-newkey", "ec"]
    files = ["-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)

    with redis_server(certificate=(certificate, key)) as server:
        url = server.url.replace("redis:", "rediss:")
        with gateways(f"{url}?ssl_ca_certs={certificate}", "2/minute") as (first, second):
            assert statuses(first, second, first) == [200, 200, 429]
        with gateways(url, "9/minute") as (first, _), capture_logs() as lines:
            assert statuses(*[first] * 6) == [200] * 6

    assert "certificate verify failed" in told(lines, "shared limits away")[0]["error"]


def told(lines: list[Any], event: str) -> list[Any]:
    return [line for line in lines if line["event"] == event]


def ask(server: RedisServer, *words: str) -> list[str]:
    """What the server answers to a command, as its plain protocol says it."""
    with closing(socket.create_connection(("127.0.0.1", server.port), 5)) as connection:
        connection.sendall(" ".join(words).encode() + b"\r\n")
        answer = connection.recv(65536).decode()
    return [line.lstrip(":") for line in answer.split("\r\n") if line and line[0] not in "*$"]
