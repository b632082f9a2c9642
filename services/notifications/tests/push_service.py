"""A push service for tests, and browsers that receive from it: real HTTP, sealing and signatures.

Only where a connection leads is replaced (`Posting.open_sender`); the endpoints are those of real
push services, and checked as ever.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.notifications.posting import Posting
from services.notifications.pushing.endpoints import bytes_of, text_of
from services.notifications.pushing.sending import Sender

HOST = "fcm.googleapis.com"
Reply = int | tuple[int, Mapping[str, str]]


@dataclass(frozen=True)
class Browser:
    """One that subscribed; it alone opens what is sealed for it."""

    name: str
    host: str = HOST
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def path(self) -> str:
        return f"/fcm/send/{self.name}"

    @property
    def subscription(self) -> dict[str, Any]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": text_of(point), "auth": text_of(self.secret)}
        return {"endpoint": f"https://{self.host}{self.path}", "keys": keys}

    def open(self, sealed: bytes) -> dict[str, Any]:
        opened = http_ece.decrypt(
            sealed, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
        )
        said: dict[str, Any] = json.loads(opened)
        return said


@dataclass(frozen=True)
class Taken:
    """A push as it came, and what its browser read."""

    path: str
    headers: Mapping[str, str]
    said: Mapping[str, Any]


class PushService:
    """Answers each push with the next of `replies`, then with 201."""

    def __init__(self, public_key: str) -> None:
        self.taken: list[Taken] = []
        self.replies: list[Reply] = []
        self.connections = 0
        self._browsers: dict[str, Browser] = {}
        self._public_key = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), bytes_of(public_key)
        )
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    def open_sender(self) -> Sender:
        return Sender(self._connect)

    def browser(self, name: str, **more: Any) -> Browser:
        made = Browser(name, **more)
        self._browsers[made.path] = made
        return made

    def titles(self) -> list[str]:
        return [one.said["title"] for one in self.taken]

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _connect(self, host: str) -> HTTPConnection:
        self.connections += 1
        return HTTPConnection("127.0.0.1", self._server.server_address[1], timeout=5)

    def _take(self, path: str, headers: Mapping[str, str], sealed: bytes) -> Reply:
        kind, _, rest = headers["Authorization"].partition(" ")
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        browser = self._browsers[path]
        claims = jwt.decode(
            said["t"],
            self._public_key,
            algorithms=["ES256"],
            audience=f"https://{browser.host}",
            options={"verify_exp": False, "require": ["exp", "sub"]},
        )
        assert kind == "vapid" and claims["sub"].startswith(("https://", "mailto:"))
        self.taken.append(Taken(path, headers, browser.open(sealed)))
        return self.replies.pop(0) if self.replies else 201

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                sealed = self.rfile.read(int(self.headers["Content-Length"]))
                reply = service._take(self.path, dict(self.headers), sealed)
                status, headers = reply if isinstance(reply, tuple) else (reply, {})
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@contextmanager
def push_service(public_key: str) -> Iterator[PushService]:
    """One on loopback, to which the worker's connections lead."""
    service = PushService(public_key)
    before = Posting.open_sender
    service.start()
    Posting.open_sender = staticmethod(service.open_sender)  # type: ignore[assignment]
    try:
        yield service
    finally:
        Posting.open_sender = before  # type: ignore[method-assign]
        service.stop()
