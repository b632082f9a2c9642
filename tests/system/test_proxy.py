"""The proxy of deploy/compose.tls.yml before a gateway, where nginx is installed."""

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chassis.testing.waiting import eventually
from gateway.tests.rig import Echo, Reply, gateway, reached, unused_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    NGINX is None and os.environ.get("SKILLER_REQUIRE_TOOLS") != "1",
    reason="nginx is not installed",
)


@dataclass
class Front:
    """The proxy, and the service behind the gateway behind it."""

    port: int
    plain_port: int
    echo: Echo
    context: ssl.SSLContext

    def connect(self) -> http.client.HTTPSConnection:
        """A new connection, over TLS."""
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=self.context)

    def ask(self, method: str, target: str, **options: Any) -> Reply:
        """One request on a connection of its own."""
        with closing(self.connect()) as connection:
            return reply_to(connection, method, target, **options)


def reply_to(connection: Any, method: str, target: str, **options: Any) -> Reply:
    """What the server answers."""
    connection.request(method, target, **options)
    response = connection.getresponse()
    return Reply(response.status, response.headers, response.read())


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    echo = Echo()
    with (
        tempfile.TemporaryDirectory(prefix="skiller-", dir="/tmp") as folder,
        reached(echo, "wsgi") as service,
        gateway({"identity": service, "social": service}, trusted_proxies=1) as browser,
        nginx(Path(folder), browser.port) as (port, plain_port, certificate),
    ):
        context = ssl.create_default_context(cafile=str(certificate))
        context.check_hostname = False
        yield Front(port, plain_port, echo, context)


@contextmanager
def nginx(folder: Path, gateway_port: int) -> Iterator[tuple[int, int, Path]]:
    """The repository's own configuration, with this machine's paths and ports."""
    folder.chmod(0o711)  # it serves as nobody
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-days", "1", "-nodes", "-x509"]
    command = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", *subject]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    port, plain_port = unused_port(), unused_port()
    text = (ROOT / "deploy/nginx/nginx.conf").read_text()
    for told, here in {
        "/tmp/": f"{folder}/",
        "/run/secrets/tls_certificate": str(certificate),
        "/run/secrets/tls_key": str(key),
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "set $gateway gateway;": "set $gateway 127.0.0.1;",
        "http://$gateway:8000": f"http://$gateway:{gateway_port}",
    }.items():
        assert told in text
        text = text.replace(told, here)
    text = re.sub(r" *listen \[::\].*\n", "", text)
    if _version() < (1, 25):
        text = text.replace("http2 on;", "")
    config = folder / "nginx.conf"
    config.write_text(text)
    command = [str(NGINX), "-e", "stderr", "-c", str(config), "-g", "daemon off;"]
    checked = subprocess.run([*command, "-t", "-q"], capture_output=True, text=True)
    assert not checked.stderr, checked.stderr
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: _listens(port))
            yield port, plain_port, certificate
        finally:
            process.send_signal(signal.SIGQUIT)


def _version() -> tuple[int, int]:
    told = subprocess.run([str(NGINX), "-v"], capture_output=True, text=True).stderr
    found = re.search(r"nginx/(\d+)\.(\d+)", told)
    assert found, told
    return int(found[1]), int(found[2])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_request_passes_as_it_came_and_its_client_is_told(front: Front) -> None:
    target = "/api/v1/invitations/preview/a%5Bb[c]%c3%a9?q=%C3%A9"
    headers = {"Host": "skiller.example", "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=x"}

    assert front.ask("GET", target, headers=headers).status == 200

    seen = front.echo.last
    assert seen.target == target
    assert seen.headers["x-forwarded-for"] == "127.0.0.1"
    assert seen.headers["x-forwarded-proto"] == "https"
    assert seen.headers["x-forwarded-host"] == seen.headers["host"] == "skiller.example"


def test_plain_http_leads_to_tls(front: Front) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", front.plain_port, timeout=20)
    with closing(plain) as connection:
        reply = reply_to(
            connection, "POST", "/api/v1/sessions?x=1", headers={"Host": "skiller.example"}
        )

    assert reply.status == 308
    assert reply.headers["Location"] == "https://skiller.example/api/v1/sessions?x=1"


def test_what_the_proxy_refuses_is_a_problem(front: Front) -> None:
    reply = front.ask("POST", "/api/v1/sessions", headers={"Content-Length": str(6 << 20)})

    assert (reply.status, reply.code) == (413, "body_too_large")


def test_slow_clients_never_reach_the_gateway(front: Front) -> None:
    asked = len(front.echo.seen)
    with ExitStack() as stack:
        for _ in range(40):
            connection = stack.enter_context(closing(front.connect()))
            connection.putrequest("POST", "/api/v1/sessions")
            connection.putheader("Content-Length", "500")
            connection.endheaders(b"{")

        assert front.ask("POST", "/api/v1/sessions", body=b"{}").status == 200

    assert len(front.echo.seen) == asked + 1
