"""Clients that send or read slowly wait alone: they hold no thread, and not for ever."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from chassis.testing.waiting import eventually
from gateway import connection, crowd
from gateway.tests.rig import Browser, Echo, gateway, gateway_app, looping, reached

MIB = 1024 * 1024
ANSWER = 8 * MIB  # more than the kernel keeps of it
HALF_A_HEAD = b"GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: "
POST = b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\n"
HALF_A_BODY = POST + b"Content-Length: 500\r\n\r\n{"
HALF_A_LONG_BODY = POST + b"Content-Length: 65000\r\n\r\n{"
HALF_THE_CHUNKS = POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"
ASKING_FIRST = POST + b"Expect: 100-continue\r\nContent-Length: 500\r\n\r\n"
UNREAD = b"GET /api/v1/portraits/x HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def echo() -> Echo:
    return Echo(body=[b"x" * ANSWER])


@pytest.fixture
def browser(echo: Echo) -> Iterator[Browser]:
    with reached(echo, "http") as service, gateway({"identity": service}) as browser:
        yield browser


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connection, "GRACE_SECONDS", 0.5)


def said_to(port: int, beginning: bytes, *, then: bytes = b"") -> bytes:
    """Everything that the server says before it closes; `then` is sent every 0.1 s."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(beginning)
        client.settimeout(0.1)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                piece = client.recv(65536)
            except TimeoutError:
                client.sendall(then)
                continue
            if not piece:
                return heard
            heard += piece
    raise AssertionError(f"never closed: {heard!r}")


@pytest.mark.parametrize(
    "beginning",
    [b"", HALF_A_HEAD, HALF_A_BODY, HALF_A_LONG_BODY, HALF_THE_CHUNKS, ASKING_FIRST, UNREAD],
    ids=["silent", "head", "body", "long body", "chunks", "expecting", "reading"],
)
def test_a_crowd_of_slow_clients_keeps_nobody_waiting(browser: Browser, beginning: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(reader(browser.port)).sendall(beginning)
        browser.get("/health/live")

        started = time.monotonic()
        statuses = {browser.get("/health/live").status for _ in range(20)}
        seconds = time.monotonic() - started

    assert statuses == {200}
    assert seconds < 1


@pytest.mark.parametrize(
    ("beginning", "then"),
    [
        (HALF_A_HEAD, b"a"),
        (HALF_A_BODY, b"a"),
        (HALF_THE_CHUNKS, b""),
        (HALF_A_LONG_BODY, b"a" * 64),
    ],
    ids=["head", "body", "chunks", "long body"],
)
@pytest.mark.usefixtures("_impatient")
def test_a_request_that_takes_too_long_is_told_so(
    browser: Browser, echo: Echo, beginning: bytes, then: bytes
) -> None:
    head, _, body = said_to(browser.port, beginning, then=then).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nContent-Type: application/problem+json\r\n" in head
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in head
    problem = json.loads(body)
    assert problem["code"] == "request_timeout" and problem["correlation_id"]
    assert not echo.seen


@pytest.mark.usefixtures("_impatient")
def test_a_client_that_says_nothing_is_left_without_a_word(browser: Browser) -> None:
    assert said_to(browser.port, b"") == b""


@pytest.mark.usefixtures("_impatient")
def test_an_answer_that_nobody_reads_is_cut(browser: Browser) -> None:
    with reader(browser.port) as client:
        client.sendall(UNREAD)

        eventually(lambda: _is_reset(client))


@pytest.mark.usefixtures("_impatient")
def test_a_large_body_may_take_its_time(
    browser: Browser, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SLOWEST", 1024)
    head = POST + b"Content-Length: 2000\r\nConnection: close\r\n\r\n"

    heard = said_to(browser.port, head, then=b"x" * 200)

    assert heard.startswith(b"HTTP/1.1 200 ")
    assert echo.last.body == b"x" * 2000


def test_what_is_left_unread_does_not_fill_the_memory(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "MOST_UNSENT", 8 * MIB)
    with ExitStack() as stack:
        clients = [stack.enter_context(reader(browser.port)) for _ in range(8)]
        for client in clients:
            client.sendall(UNREAD)

        # Each leaves 4 MiB or more unread, so of eight at most two may stay.
        cut: set[socket.socket] = set()
        eventually(lambda: cut.update(filter(_is_reset, clients)) or len(cut) >= 6, seconds=5)


def test_one_address_has_a_part_of_the_connections_only() -> None:
    with (
        reached(Echo(), "wsgi") as service,
        looping(gateway_app({"identity": service}), most_of_one=10) as port,
        ExitStack() as stack,
    ):
        silent = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(30)
        ]
        served = Browser(port).get("/api/v1/members")

        assert served.status == 200
        eventually(lambda: [_is_ended(client) for client in silent] == [True] * 21 + [False] * 9)


def test_a_full_house_makes_room_for_the_next_one() -> None:
    with (
        reached(Echo(), "wsgi") as service,
        looping(gateway_app({"identity": service}), worker_connections=10) as port,
        ExitStack() as stack,
    ):
        for _ in range(30):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))

        assert Browser(port).get("/api/v1/members").status == 200


def reader(port: int) -> socket.socket:
    """A client whose kernel keeps little of what it does not read."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    return client


def _is_ended(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False


def _is_reset(client: socket.socket) -> bool:
    client.setblocking(False)
    return client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
