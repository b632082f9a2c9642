"""A gateway for tests: real servers on loopback, and services that tell what reached them."""

import http.client
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from gunicorn.config import Config
from werkzeug.serving import make_server

from chassis.testing import tokens
from chassis.testing.tokens import Person
from gateway.app import create_app
from gateway.config import Settings
from gateway.loop import Loop
from gateway.upstream import Headers, Upstream
from gateway.upstream_http import HttpUpstream
from gateway.upstream_wsgi import WsgiUpstream

ADA = Person("Ada", UUID("0190f000-0000-7000-8000-000000000001"))


@dataclass
class Seen:
    """A request as a service saw it."""

    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Echo:
    """A service that answers what it is told to, and keeps what it saw."""

    name: str = "echo"
    status: str = "200 OK"
    headers: Headers = field(default_factory=lambda: [("Content-Type", "application/json")])
    body: list[bytes] = field(default_factory=lambda: [b'{"from": "echo"}'])
    seen: list[Seen] = field(default_factory=list)
    failing: bool = False

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        headers = {
            key[5:].replace("_", "-").lower(): str(value)
            for key, value in environ.items()
            if key.startswith("HTTP_")
        }
        for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if environ.get(key):
                headers[key.replace("_", "-").lower()] = environ[key]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.seen.append(Seen(environ["REQUEST_METHOD"], environ["RAW_URI"], headers, body))
        if self.failing:
            raise RuntimeError("failing on purpose")
        start(self.status, self.headers)
        return self.body

    @property
    def last(self) -> Seen:
        return self.seen[-1]


@dataclass
class Reply:
    """What a client got."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        assert self.headers["Content-Type"] == "application/problem+json", self
        return str(self.json["code"])


@dataclass
class Browser:
    """A client that sends exactly what it is told to."""

    port: int

    def ask(
        self,
        method: str,
        target: str,
        *,
        person: Person | None = ADA,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Reply:
        """`body` may be an iterable of bytes, which is then sent chunked, without a length."""
        sent = {"Host": "skiller.example", **(headers or {})}
        if person is not None:
            sent.setdefault("Authorization", f"Bearer {tokens.token_for(person)}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, target, body=body, headers=sent)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, target: str, **options: Any) -> Reply:
        return self.ask("GET", target, **options)


@contextmanager
def serving(app: Any, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Serve a WSGI application, on a free port unless one is given."""
    server = make_server(host, port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def reached(app: Any, kind: str) -> Iterator[Upstream]:
    """The application as an upstream: `wsgi` in this process, `http` over loopback."""
    if kind == "wsgi":
        yield WsgiUpstream(app)
        return
    with serving(app) as port, over_http(f"http://127.0.0.1:{port}") as upstream:
        yield upstream


@contextmanager
def over_http(url: str, **options: Any) -> Iterator[HttpUpstream]:
    upstream = HttpUpstream(url, **options)
    try:
        yield upstream
    finally:
        upstream.close()


@contextmanager
def gateway(upstreams: Mapping[str, Upstream], **settings: Any) -> Iterator[Browser]:
    """A gateway before the given services, served on loopback as gunicorn's worker serves it."""
    with looping(gateway_app(upstreams, **settings)) as port:
        yield Browser(port)


@contextmanager
def looping(app: Any, *, most_of_one: int = 0, **options: Any) -> Iterator[int]:
    """Serve an application with the gateway's own loop; `options` are gunicorn's settings."""
    config = Config()
    for name, value in {"threads": 8, "forwarded_allow_ips": "", **options}.items():
        config.set(name, value)
    stopped = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    loop = Loop(app, [listener], config, most_of_one=most_of_one)
    work = (lambda: not stopped.is_set()), (lambda: None)
    thread = threading.Thread(target=loop.serve, args=work, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        stopped.set()
        os.write(loop.bell, b".")
        thread.join()


def gateway_app(upstreams: Mapping[str, Upstream], **settings: Any) -> Flask:
    return create_app(Settings(public_keys=tokens.public_keys(), **settings), upstreams)


class Scripted:
    """A raw server that plays one answer per request: None closes the connection instead."""

    def __init__(self, answers: tuple[bytes | None, ...]) -> None:
        self._script = list(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self.connections:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            while request := _read_request(connection):
                self.requests.append(request)
                answer = self._script.pop(0) if self._script else None
                if answer is None:
                    return
                connection.sendall(answer)
                if b"Connection: close" in answer:
                    return


@contextmanager
def scripted(*answers: bytes | None) -> Iterator[Scripted]:
    with closing(Scripted(answers)) as server:
        yield server


def _read_request(connection: socket.socket) -> bytes:
    request = b""
    with suppress(OSError):
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return b""
            request += piece
    return request


def unused_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def http_answer(body: bytes = b"{}", extra: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return (head + extra + "\r\n").encode() + body
