"""A private RabbitMQ node on free ports, which tests stop, kill and start again.

It shares nothing with a broker that runs on the machine: own name, own epmd, own
folders, own cookie, the loopback interface alone.
"""

import ctypes
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pika
from pika.exceptions import AMQPError

from chassis.testing.waiting import eventually

# Not Debian's /usr/sbin/rabbitmq-server, which changes the user.
PROGRAMS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/rabbitmq/sbin/rabbitmq-server")
START_SECONDS = 60.0
LIMIT = "limit"  # the name of the one policy


def find_program() -> str | None:
    """The server's own start script, where one is installed."""
    found = next((path for path in PROGRAMS if os.access(path, os.X_OK)), None)
    return found or shutil.which("rabbitmq-server")


def answers(url: str) -> bool:
    """Whether a broker lets us in at this address."""
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.stack_timeout = 3
    parameters.connection_attempts = 1
    try:
        pika.BlockingConnection(parameters).close()
    except (AMQPError, OSError):
        return False
    return True


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on at the moment.

    Below those that the kernel gives to outgoing connections: one of these could take
    the port of a server that is stopped for a while.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def _die_with_parent() -> None:
    """Let the kernel end the child when the test run is killed; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG


class Node:
    """One node with its data in a folder of its own; data outlive `stop` and `kill`."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="skiller-rabbitmq-"))
        self._port, self._epmd_port, dist_port = free_port(), free_port(), free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        enabled_plugins = self._folder / "enabled_plugins"
        enabled_plugins.write_text("[].\n")
        configuration = self._folder / "rabbitmq.conf"
        configuration.write_text(f"listeners.tcp.local = 127.0.0.1:{self._port}\n")
        self._environ = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self._folder),  # the cookie is made here
            "RABBITMQ_NODENAME": f"skiller-test-{self._port}@localhost",
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_CONFIG_FILE": str(configuration),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "none.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(enabled_plugins),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # Makes the script become the server, so that our child is what signals reach.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._port}/%2F"

    def start(self) -> None:
        """Start the node and wait until it answers."""
        if self._epmd is None:
            self._epmd = self._launch("epmd", "-port", str(self._epmd_port))
        self._server = self._launch(self._program)
        eventually(self._is_up, seconds=START_SECONDS, every=0.1)

    def load(self, definitions: Mapping[str, Any]) -> None:
        """Give the running node a definitions file, as it would load one at its start."""
        file = self._folder / "definitions.json"
        file.write_text(json.dumps(definitions))
        self._control("import_definitions", str(file))

    def limit(self, queue: str, most: int) -> None:
        """Let a queue take no more than so many messages, until `unlimit`."""
        pattern = f"^{re.escape(queue)}$"
        self._control(
            "set_policy", "--apply-to", "queues", LIMIT, pattern, f'{{"max-length":{most}}}'
        )

    def unlimit(self) -> None:
        """Let the limited queue take all again."""
        self._control("clear_policy", LIMIT)

    def _control(self, *arguments: str) -> None:
        tool = Path(self._program).with_name("rabbitmqctl")
        command = [str(tool), *arguments]
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

    def url_of(self, user: str, password: str) -> str:
        return f"amqp://{user}:{password}@127.0.0.1:{self._port}/%2F"

    def stop(self) -> None:
        """End the node in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the node without a word, as a power cut would."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """End everything and remove the folder."""
        self.kill()
        if self._epmd is not None:
            self._epmd.terminate()
            self._epmd.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _launch(self, *command: str) -> subprocess.Popen[bytes]:
        with (self._folder / "output").open("ab") as output:
            return subprocess.Popen(
                command,
                env=self._environ,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def _end(self, means: signal.Signals) -> None:
        if self._server is not None:
            self._server.send_signal(means)
            self._server.wait(30)
            self._server = None

    def _is_up(self) -> bool:
        assert self._server is not None
        if self._server.poll() is not None:
            raise RuntimeError((self._folder / "output").read_text(errors="replace")[-2000:])
        return answers(self.url)
