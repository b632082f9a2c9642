"""Every process of Skiller on RabbitMQ: each service's web and worker, gateway and pages."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pika
import requests

from chassis.messaging.topology import Topology, read_subscriptions
from chassis.testing import tokens
from chassis.testing.rabbitmq import free_port
from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from contracts.services import WEB
from standalone.run import MEMORY
from standalone.services import SERVICES

ROOT = Path(__file__).resolve().parents[2]


class Cluster:
    """All processes; `start` and `kill` name one as `skills` or `skills-worker`.

    The pages, `web`, are started by those who read them. `tree` holds the code that runs, where
    it is not this; `settings` are the processes' beside what they need here.
    """

    def __init__(
        self,
        urls: Mapping[str, str],
        broker_url: str,
        folder: Path,
        tree: Path = ROOT,
        **settings: str,
    ) -> None:
        self.urls = urls
        self.tree = tree
        self.settings = settings
        self.namespace = f"system-{uuid4().hex[:8]}."
        self.broker_url = broker_url
        self.folder = folder
        self.ports = {name: free_port() for name in (*urls, "gateway", WEB)}
        self.doors = self.ports  # where the gateway finds each
        self.metrics_ports = {name: free_port() for name in (*urls, "gateway")}  # workers' and its
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def beside(self, urls: Mapping[str, str], folder: Path) -> "Cluster":
        """Processes of this code, where those of another tree are: behind the same door."""
        other = Cluster(urls, self.broker_url, folder, **self.settings)
        other.namespace, other.url = self.namespace, self.url
        other.ports["gateway"] = self.ports["gateway"]
        other.doors = other.ports | {name: self.doors[name] for name in self.urls}
        return other

    def start(self, name: str, *through: str) -> None:
        """Start one process; its output goes to a file of its name.

        `through` is a module that runs the one that is named after it.
        """
        service, _, is_worker = name.partition("-")
        module = f"services.{service}" if service in self.urls else service
        verb = ["work"] if is_worker else ["serve", "--bind", f"127.0.0.1:{self.ports[service]}"]
        arguments = ["-m", *through, module, *verb]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.tree,
                env=self._environ(service),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_all(self) -> None:
        """Start everything and wait until the gateway reaches every service."""
        for name in self.urls:
            self.start(name)
            self.start(f"{name}-worker")
        self.start("gateway")
        eventually(self._is_complete, seconds=60, every=0.2)

    def wait_for(self, name: str) -> None:
        """Wait until a web process, or the gateway, is ready."""
        eventually(lambda: _is_ready(self.ports[name]), seconds=60, every=0.1)

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a process and all that it started, by its session."""
        process = self.running.pop(name)
        os.killpg(process.pid, how)
        process.wait(30)

    def stop(self) -> None:
        """End everything and remove what was declared on the broker."""
        ending = list(self.running.values())
        self.running.clear()
        for process in ending:
            os.killpg(process.pid, signal.SIGTERM)
        for process in ending:
            process.wait(30)
        with pika.BlockingConnection(pika.URLParameters(self.broker_url)) as connection:
            Topology(read_subscriptions(), self.namespace).delete(connection.channel())

    def command(self, service: str, *arguments: str) -> str:
        """Run an operator's command and return what it prints."""
        done = self.attempt(service, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def attempt(self, service: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's command, which may fail."""
        return subprocess.run(
            [sys.executable, "-m", f"services.{service}", *arguments],
            cwd=self.tree,
            env=self._environ(service),
            capture_output=True,
            text=True,
            timeout=60,
        )

    def _environ(self, service: str) -> dict[str, str]:
        environ = {
            **os.environ,
            **MEMORY,
            "SKILLER_PUBLIC_KEYS": tokens.public_keys(),
            "SKILLER_PUBLIC_URL": self.url,
            "SKILLER_SIGNING_KEY": tokens.private_pem(),
            "SKILLER_API_URL": self.url,
            "SKILLER_WEB_SECRET": "of-tests-alone-too-and-long-enough",
            "SKILLER_LINK_SECRET": "of-tests-alone-and-long-enough-for-us",
            "SKILLER_BROKER_URL": self.broker_url,
            "SKILLER_BROKER_NAMESPACE": self.namespace,
            "SKILLER_ADDRESS_CONNECTIONS": "0",  # all clients of a test have one address
            "SKILLER_ADDRESS_LIMIT": "100000/minute",
            "SKILLER_MEMBER_LIMIT": "100000/minute",
            "SKILLER_WEB_WORKERS": "1",
            "SKILLER_METRICS_ADDRESS": "127.0.0.1",
            "SKILLER_METRICS_PORT": str(self.metrics_ports.get(service, 0)),
            "SKILLER_HEARTBEAT_FILE": str(self.folder / f"{service}.heartbeat"),
        }
        if service in self.urls:
            environ["SKILLER_DATABASE_URL"] = self.urls[service]
        # The pages are this release's: the gateway of an earlier one would not know them.
        upstreams = (*self.urls, WEB) if self.tree == ROOT else self.urls
        environ["SKILLER_UPSTREAMS"] = ",".join(
            f"{name}=http://127.0.0.1:{self.doors[name]}" for name in upstreams
        )
        return environ | self.settings

    def _is_complete(self) -> bool:
        ended = [name for name, process in self.running.items() if process.poll() is not None]
        if ended:
            log = (self.folder / f"{ended[0]}.log").read_text()
            raise RuntimeError(f"{ended[0]} ended:\n{log[-2000:]}")
        return all(_is_ready(self.ports[name]) for name in (*self.urls, "gateway"))


@contextmanager
def cluster(server: Server, broker_url: str, folder: Path) -> Iterator[Cluster]:
    """A complete Skiller with fresh databases, stopped at the end."""
    with ExitStack() as stack:
        urls = {s.name: stack.enter_context(server.database(s)) for s in SERVICES}
        skiller = Cluster(urls, broker_url, folder)
        stack.callback(skiller.stop)
        skiller.start_all()
        yield skiller


def _is_ready(port: int) -> bool:
    try:
        url = f"http://127.0.0.1:{port}/health/ready"
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False
