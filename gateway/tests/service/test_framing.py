"""What is no proper HTTP/1.1 request ends its connection, so two readers never disagree."""

import http.client
import json
import re
import socket
from collections.abc import Iterator

import pytest

from gateway.tests.rig import Echo, gateway, reached

POST = b"POST /api/v1/sessions HTTP/1.1\r\nHost: skiller.example\r\n"
GET = b"GET /api/v1/sessions HTTP/1.1\r\nHost: skiller.example\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED = b"GET /health/live HTTP/1.1\r\nHost: smuggled.example\r\n\r\n"

REFUSED = {
    "no host": b"GET /api/docs HTTP/1.1\r\nConnection: close\r\n\r\n",
    "an empty host": b"GET /api/docs HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
    "an odd host": b'GET /api/docs HTTP/1.1\r\nHost: a b/"<x>\r\nConnection: close\r\n\r\n',
    "two hosts in one": b"GET /api/docs HTTP/1.1\r\nHost: a, b\r\nConnection: close\r\n\r\n",
    "length and chunks": POST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks and length": POST + CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "the same length twice": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a list of lengths": POST + b"Content-Length: 2, 2\r\n\r\n{}",
    "a signed length": POST + b"Content-Length: +2\r\n\r\n{}",
    "a negative length": POST + b"Content-Length: -2\r\n\r\n{}",
    "a length in hexadecimal": POST + b"Content-Length: 0x2\r\n\r\n{}",
    "a length with an underscore": POST + b"Content-Length: 1_0\r\n\r\n{}",
    "an empty length": POST + b"Content-Length:\r\n\r\n{}",
    "a superscript length": POST + b"Content-Length: \xb2\r\n\r\n{}",
    "a space before the colon": POST + b"Content-Length : 2\r\n\r\n{}",
    "a tab before the colon": POST + b"Content-Length\t: 2\r\n\r\n{}",
    "a folded header": POST + b"X-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\n{}",
    "a folded coding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a space before a header": POST + b" X-A: 1\r\n\r\n",
    "no colon": POST + b"X-A\r\n\r\n",
    "no name": POST + b": 1\r\n\r\n",
    "chunks twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunks in two headers": POST + CHUNKED + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks before identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks not last": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "gzip without chunks": POST + b"Transfer-Encoding: gzip\r\n\r\n",
    "chunks in HTTP/1.0": POST.replace(b"/1.1", b"/1.0") + CHUNKED + b"\r\n0\r\n\r\n",
    "LF alone after the line": GET.replace(b"\r\n", b"\n") + b"\n",
    "LF alone after a header": GET + b"X-A: 1\nX-B: 2\r\n\r\n",
    "LF alone after all headers": GET[:-2] + b"\n\n",
    "CR alone in a header": GET + b"X-A: 1\rX-B: 2\r\n\r\n",
    "NUL in a header": GET + b"X-A: 1\x00\r\n\r\n",
    "NUL in a name": GET + b"X\x00A: 1\r\n\r\n",
    "two hosts": GET + b"Host: other.example\r\n\r\n",
    "two types": POST + b"Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n\r\n",
    "two spaces in the line": b"GET  /api/docs HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tab in the line": b"GET\t/api/docs HTTP/1.1\r\nHost: a\r\n\r\n",
    "an end after the version": b"GET /api/docs HTTP/1.1 \r\nHost: a\r\n\r\n",
    "no version": b"GET /api/docs\r\nHost: a\r\n\r\n",
    "HTTP/2.0 in plain words": b"GET /api/docs HTTP/2.0\r\nHost: a\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method in small letters": b"get /api/docs HTTP/1.1\r\nHost: a\r\n\r\n",
    "a raw byte in the target": b"GET /api/docs\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target without a slash": b"GET api/docs HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
    "the PROXY protocol": b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + GET + b"\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "two empty lines first": b"\r\n\r\n" + GET + b"\r\n",
    "a chunk with a sign": POST + CHUNKED + b"\r\n+2\r\n{}\r\n0\r\n\r\n",
    "a chunk in 0x": POST + CHUNKED + b"\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "a chunk without size": POST + CHUNKED + b"\r\n\r\n{}\r\n0\r\n\r\n",
    "a chunk longer than told": POST + CHUNKED + b"\r\n1\r\n{}\r\n0\r\n\r\n",
    "LF alone after a chunk's size": POST + CHUNKED + b"\r\n2\n{}\r\n0\r\n\r\n",
    "CR alone in an extension": POST + CHUNKED + b"\r\n2;a\rb\r\n{}\r\n0\r\n\r\n",
    "LF alone at the chunks' end": POST + CHUNKED + b"\r\n2\r\n{}\r\n0\n\n",
    "a length as a trailer": POST + CHUNKED + b"\r\n0\r\nContent-Length: 5\r\n\r\n",
    "a folded trailer": POST + CHUNKED + b"\r\n0\r\nX-A: 1\r\n 2\r\n\r\n",
}
UNKNOWN = {
    "xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding with a parameter": POST + b"Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n",
    "a quoted coding": POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "a vertical tab in the coding": POST + b"Transfer-Encoding: x chunked\r\n\r\n0\r\n\r\n",
}
TAKEN = {
    "chunks": POST + CHUNKED + b"\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks with extensions and trailers": POST
    + CHUNKED
    + b'\r\n2;a=b;c="d"\r\n{}\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n',
    "chunks in capitals": POST + b"Transfer-Encoding: CHUNKED\r\n\r\n02\r\n{}\r\n000\r\n\r\n",
    "a length with zeros": POST + b"Content-Length: 0002\r\n\r\n{}",
    "a numbered host": POST.replace(b"skiller.example", b"[::1]:8080")
    + b"Content-Length: 2\r\n\r\n{}",
    "an empty line first": b"\r\n" + POST + b"Content-Length: 2\r\n\r\n{}",
}


@pytest.fixture(scope="module")
def echo() -> Echo:
    return Echo()


@pytest.fixture(scope="module")
def port(echo: Echo) -> Iterator[int]:
    limit = "100000/5minutes"
    with (
        reached(echo, "wsgi") as service,
        gateway({"identity": service}, address_limit=limit) as browser,
    ):
        yield browser.port


@pytest.fixture(autouse=True)
def _no_memory(echo: Echo) -> None:
    echo.seen.clear()


def said_to(port: int, *pieces: bytes) -> list[int]:
    """The statuses of all answers, until the server closes the connection, which it must."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        for piece in pieces:
            client.sendall(piece)
        heard = b"".join(iter(lambda: client.recv(65536), b""))
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", heard)]


@pytest.mark.parametrize("name", REFUSED)
def test_an_odd_request_is_400_and_the_last(port: int, echo: Echo, name: str) -> None:
    assert said_to(port, REFUSED[name] + SMUGGLED) == [400]
    assert not echo.seen


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_coding_is_501_and_the_last(port: int, echo: Echo, name: str) -> None:
    assert said_to(port, UNKNOWN[name] + SMUGGLED) == [501]
    assert not echo.seen


@pytest.mark.parametrize("name", TAKEN)
def test_a_proper_request_passes_and_the_next_one_too(port: int, echo: Echo, name: str) -> None:
    following = SMUGGLED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")

    assert said_to(port, TAKEN[name] + following) == [200, 200]
    assert [seen.body for seen in echo.seen] == [b"{}"]


@pytest.mark.parametrize("name", TAKEN)
def test_a_request_may_come_byte_by_byte(port: int, echo: Echo, name: str) -> None:
    pieces = [
        bytes([byte]) for byte in TAKEN[name].replace(b"\r\nHost", b"\r\nConnection: close\r\nHost")
    ]

    assert said_to(port, *pieces) == [200]
    assert [seen.body for seen in echo.seen] == [b"{}"]


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nX A: 1\r\n\r\n", 400, "malformed_request"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "target_too_long"),
        (GET + b"Expect: the worst\r\n\r\n", 417, "expectation_failed"),
        (GET + b"Cookie: " + b"a" * 9000 + b"\r\n\r\n", 431, "head_too_large"),
        (GET + b"X-A: 1\r\n" * 101 + b"\r\n", 431, "head_too_large"),
        (GET + b"X-A: 1" * 9000, 431, "head_too_large"),
        (UNKNOWN["xchunked"], 501, "not_implemented"),
    ],
    ids=["400", "414", "417", "431 field", "431 fields", "431 endless", "501"],
)
def test_what_the_server_refuses_itself_is_a_problem(
    port: int, raw: bytes, status: int, code: str
) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(raw)
        response = http.client.HTTPResponse(client)
        response.begin()
        problem = json.loads(response.read())

    assert (response.status, problem["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-Correlation-Id"] == problem["correlation_id"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Connection"] == "close"
    assert "Server" not in response.headers


@pytest.mark.parametrize(
    ("path", "length", "answers"),
    [("sessions", 4, [100, 200]), ("sessions", 65537, [413]), ("members", 4, [401])],
)
def test_a_body_is_asked_for_only_when_it_will_be_read(
    port: int, echo: Echo, path: str, length: int, answers: list[int]
) -> None:
    method = "POST" if path == "sessions" else "GET"
    head = f"{method} /api/v1/{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    head += f"Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(head.encode())
        heard = client.recv(65536)
        if heard.startswith(b"HTTP/1.1 100 "):
            client.sendall(b"body")
        heard += b"".join(iter(lambda: client.recv(65536), b""))

    assert [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", heard)] == answers
    assert [seen.body for seen in echo.seen] == ([b"body"] if 200 in answers else [])


def test_a_body_in_time_needs_no_asking(port: int, echo: Echo) -> None:
    head = POST + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"

    assert said_to(port, head + b"body") == [200]
    assert echo.last.body == b"body"
