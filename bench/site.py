"""A whole machine to measure: `python -m standalone` of some checkout, folder and port of its own.

What it spends is told apart: requests, that is everything, PostgreSQL too, but the worker
and the backends that the worker uses; and these, the consumers.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg

from bench.servers import ROOT, Child, children_of, cpu_of, cpu_of_tree, interpreter_of
from chassis.testing.rabbitmq import free_port
from chassis.testing.waiting import eventually
from standalone.data_folder import SUPERUSER, read_password
from standalone.services import SERVICES, database_variable

# A standalone whose children connect to PostgreSQL under their own names, in any release.
PROGRAM = """
import os
from standalone import run
class Child(run.Child):
    def __init__(self, name, arguments, environ, log):
        super().__init__(name, arguments, {**environ, "PGAPPNAME": f"bench-{name}"}, log)
run.Child = Child
run.Standalone(os.environ).run()
"""
OURS = "bench"


@dataclass(frozen=True)
class Cpu:
    """Seconds of CPU: spent so far, or between two moments."""

    requests: float
    consumers: float


class Site:
    """A machine that runs; `folder` is its data folder."""

    def __init__(self, child: Child, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self._child = child
        self._connections: dict[str, psycopg.Connection[Any]] = {}

    def close(self) -> None:
        """Close our connections to its databases."""
        for connection in self._connections.values():
            connection.close()

    def url(self, service: str) -> str:
        """A service's database, as the service itself uses it."""
        urls = json.loads((self.folder / "run" / "databases.json").read_text())
        return str(urls[database_variable(service)])

    def database(self, service: str) -> psycopg.Connection[Any]:
        """A superuser's connection to a service's database; its CPU is not counted."""
        if service not in self._connections:
            parts = urlsplit(self.url(service))
            password = quote(read_password(self.folder / "postgres"), safe="")
            url = parts._replace(netloc=f"{SUPERUSER}:{password}@").geturl()
            self._connections[service] = psycopg.connect(
                url, autocommit=True, application_name=OURS
            )
        return self._connections[service]

    @property
    def pid(self) -> int:
        """The process that started all others."""
        return self._child.pid

    def measure(self) -> "Measure":
        """Begin to measure."""
        return Measure(self)

    def settle(self) -> None:
        """Wait until every event was handled; raises where one failed."""

        def is_quiet() -> bool:
            self._child.check()
            return not any(self.waiting(s.name) for s in SERVICES)

        eventually(is_quiet, seconds=120, every=0.1)
        failed = {s.name: self._count(s.name, "failed_events") for s in SERVICES}
        if any(failed.values()):
            raise RuntimeError(f"events failed: {failed}")

    def waiting(self, service: str) -> int:
        """How many of its events not every listener has handled."""
        return self._count(service, "outbox")

    def _count(self, service: str, table: str) -> int:
        row = self.database(service).execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        return int(row[0])

    def total(self) -> float:
        """Seconds of CPU of all its processes so far, and of what came from them and ended."""
        return cpu_of_tree(self._child.pid)

    def worker(self) -> float:
        """The same of the worker's process alone."""
        pids = children_of(self._child.pid)
        return sum(cpu_of_tree(pid) for pid in pids if "work" in _command_of(pid))

    def backends(self, of: str) -> dict[int, float]:
        """Seconds of CPU by process of PostgreSQL's backends that serve one application."""
        rows = self.database("identity").execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s", [of]
        )
        return {row[0]: cpu_of(row[0]) for row in rows}


class Measure:
    """What a site spends from now on."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._before = self._look()

    def stop(self) -> Cpu:
        """What was spent since it was begun."""
        (total, worker, theirs, ours), (total_0, worker_0, theirs_0, ours_0) = (
            self._look(),
            self._before,
        )
        consumers = worker - worker_0 + _grown(theirs_0, theirs)
        return Cpu(total - total_0 - consumers - _grown(ours_0, ours), consumers)

    def _look(self) -> tuple[float, float, dict[int, float], dict[int, float]]:
        site = self._site
        theirs, ours = site.backends("bench-worker"), site.backends(OURS)
        return site.total(), site.worker(), theirs, ours


@contextmanager
def site(log: Path, checkout: Path = ROOT, **settings: str) -> Iterator[Site]:
    """A standalone of a checkout, started, ended after the block, its data removed.

    Flood guards are out of the way; `settings` go over that.
    """
    with tempfile.TemporaryDirectory(prefix="skiller-bench-", dir="/tmp") as place:
        Path(place).chmod(0o711)  # as root the database has another account
        folder, port = Path(place) / "var", free_port()
        environ = {
            "SKILLER_PORT": str(port),
            "SKILLER_DATA": str(folder),
            "SKILLER_ADDRESS_LIMIT": "1000000/5minutes",
            "SKILLER_MEMBER_LIMIT": "1000000/5minutes",
            "SKILLER_PAGE_LIMIT": "1000000/5minutes",
            **settings,
        }
        interpreter = interpreter_of(checkout)
        with Child(
            ["-c", PROGRAM], log, environ=environ, interpreter=interpreter, cwd=checkout
        ) as child:
            eventually(lambda: _is_ready(child, log), seconds=120, every=0.2)
            found = Site(child, port, folder)
            try:
                yield found
            finally:
                found.close()


def name_of(checkout: Path) -> str:
    """The commit that a checkout shows."""
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    return found.stdout.strip() or checkout.name


def _is_ready(child: Child, log: Path) -> bool:
    child.check()
    return "Ready:" in log.read_text()


def _command_of(pid: int) -> Sequence[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def _grown(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(spent - before.get(pid, 0.0) for pid, spent in after.items())
