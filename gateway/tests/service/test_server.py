"""The gateway as gunicorn runs it: processes of its own, told to stop by a signal."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from chassis.testing import tokens
from chassis.testing.waiting import eventually
from gateway.tests.rig import Browser, Echo, serving, unused_port

ROOT = Path(__file__).resolve().parents[3]
POST = b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"


@contextmanager
def running(**settings: str) -> Iterator[tuple[subprocess.Popen[bytes], Browser]]:
    """`python -m gateway serve`, ready to answer; ended after the block."""
    port = unused_port()
    environ = {
        **os.environ,
        "SKILLER_WEB_WORKERS": "2",
        "SKILLER_WEB_THREADS": "2",
        "SKILLER_PUBLIC_KEYS": tokens.public_keys(),
        **settings,
    }
    command = [sys.executable, "-m", "gateway", "serve", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL) as process:
        browser = Browser(port)
        try:
            eventually(lambda: _is_alive(browser), seconds=30)
            yield process, browser
        finally:
            process.kill() if process.poll() is None else None


def _is_alive(browser: Browser) -> bool:
    try:
        return browser.get("/health/live", person=None).status == 200
    except OSError:
        return False


@pytest.fixture
def echo() -> Echo:
    return Echo()


def test_a_request_in_hand_is_answered_before_the_end(echo: Echo) -> None:
    with (
        serving(echo) as port,
        running(SKILLER_UPSTREAMS=f"identity=http://127.0.0.1:{port}") as (process, browser),
        socket.create_connection(("127.0.0.1", browser.port), timeout=20) as client,
        socket.create_connection(("127.0.0.1", browser.port), timeout=20) as idle,
    ):
        client.sendall(POST + b"bo")
        idle.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200 ")

        process.send_signal(signal.SIGTERM)
        eventually(lambda: _refuses(browser.port))
        client.sendall(b"dy")
        answer = b"".join(iter(lambda: client.recv(65536), b""))

        assert answer.startswith(b"HTTP/1.1 200 ") and b"\r\nConnection: close\r\n" in answer
        assert idle.recv(65536) == b""
        assert process.wait(10) == 0
    assert echo.last.body == b"body"


def test_a_crowd_of_slow_clients_keeps_no_process_busy() -> None:
    with running() as (_, browser):
        crowd = [socket.create_connection(("127.0.0.1", browser.port)) for _ in range(100)]
        try:
            for client in crowd[:40]:
                client.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: ")
            for client in crowd[40:80]:
                client.sendall(POST)

            probes = [browser.get("/health/live", person=None).status for _ in range(20)]
        finally:
            for client in crowd:
                client.close()

    assert probes == [200] * 20


def test_the_processes_tell_their_metrics_together(tmp_path: Path) -> None:
    port = unused_port()
    shared = {
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "missing"),
        "SKILLER_METRICS_PORT": str(port),
        "SKILLER_METRICS_ADDRESS": "127.0.0.1",
        "SKILLER_UPSTREAMS": f"identity=http://127.0.0.1:{unused_port()}",
    }
    with running(**shared) as (_, browser):
        for _ in range(20):
            browser.get("/api/v1/members/me")
        told = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text

    assert 'skiller_breaker_open{service="identity"} 1.0' in told
    [taken] = re.findall(r"^skiller_memory_bytes (.+)$", told, re.M)
    # Each process has some tens of megabytes of its own.
    processes = len(list((tmp_path / "missing").glob("counter_*.db")))
    assert processes * 20e6 < float(taken) < processes * 300e6


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False
