"""A private Redis on a free port, which tests stop, freeze and start again."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chassis.testing.rabbitmq import free_port
from chassis.testing.waiting import eventually

PROGRAM = shutil.which("redis-server")

needs_redis = pytest.mark.skipif(
    PROGRAM is None and os.environ.get("SKILLER_REQUIRE_TOOLS") != "1",
    reason="redis-server is not installed",
)


class RedisServer:
    """It keeps nothing on disk; what it counted ends with `stop`."""

    def __init__(self, *options: str, certificate: tuple[Path, Path] | None = None) -> None:
        """With a certificate and its key it takes connections over TLS alone."""
        self.port = free_port()
        place = ["--port", str(self.port)]
        if certificate:
            place = ["--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no"]
            place += ["--tls-cert-file", str(certificate[0])]
            place += ["--tls-key-file", str(certificate[1])]
        self._options = [*place, "--bind", "127.0.0.1", "--save", "", *options]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Without a password."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns when somebody listens at the port."""
        assert PROGRAM, "redis-server is not installed"
        self._process = subprocess.Popen([PROGRAM, *self._options], stdout=subprocess.DEVNULL)
        eventually(lambda: is_open(self.port))

    def stop(self) -> None:
        """At once, also when it is frozen."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It still takes connections, and says nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It answers again."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server(
    *options: str, certificate: tuple[Path, Path] | None = None
) -> Iterator[RedisServer]:
    """One that runs; `options` as on its command line."""
    server = RedisServer(*options, certificate=certificate)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def is_open(port: int) -> bool:
    """Whether anybody listens at a port of this machine."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
