"""What is measured on: a private PostgreSQL, names of our own on the broker, child processes.

Processes are ended by their id, names on the broker are deleted; nothing else is touched.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import pika
import psycopg
from pika.exceptions import AMQPError

from bench.likes import SUBSCRIPTIONS
from chassis import logs
from chassis import settings as chassis_settings
from chassis.messaging.rabbitmq import parameters
from chassis.messaging.rabbitmq_topology import ensure_listeners
from chassis.messaging.topology import Topology
from chassis.settings import LogSettings
from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from standalone.accounts import choose_home, die_with_parent
from standalone.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
LOCAL_BROKER = "amqp://guest:guest@127.0.0.1:5672/%2F"
JOB = "BENCH_JOB"  # the variable that tells a child process what to do
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Machine:
    """What a part measures on; `broker_url` may lead nowhere."""

    server: Server
    broker_url: str
    folder: Path  # for the logs of child processes
    beside: Path | None = None  # another checkout, which api and growth measure as well

    def versions(self) -> tuple[str, str]:
        """Of PostgreSQL and of RabbitMQ ("none" where none answers)."""
        with psycopg.connect(self.server.admin_url) as connection:
            postgres = connection.info.parameter_status("server_version") or "unknown"
        try:
            with pika.BlockingConnection(parameters(self.broker_url)) as broker:
                # pika tells what the server said of itself only inside.
                return postgres, str(broker._impl.server_properties["version"])
        except (AMQPError, OSError):
            return postgres, "none"


@contextmanager
def machine(beside: Path | None = None) -> Iterator[Machine]:
    """A PostgreSQL that waits for its disk, as a real one does, removed after the block."""
    environ = chassis_settings.environment()
    folder = Path(tempfile.mkdtemp(prefix="skiller-bench-", dir="/tmp"))
    try:
        folder.chmod(0o711)  # as root the server has another account
        home = choose_home(folder, folder / "data", environ, system=folder / "system")
        settings = {"track_commit_timestamp": "on"}
        data = home.data / "postgres"
        with Postgres(home.binaries, data, run_as=home.account, settings=settings) as postgres:
            broker_url = environ.get("SKILLER_TEST_BROKER_URL") or LOCAL_BROKER
            yield Machine(Server(postgres.admin_url()), broker_url, folder, beside)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def broker(machine: Machine) -> Iterator[Topology]:
    """Queues of our own, declared, and deleted after the block."""
    topology = Topology(SUBSCRIPTIONS, f"bench-{uuid4().hex[:8]}.")
    with pika.BlockingConnection(parameters(machine.broker_url)) as connection:
        ensure_listeners(connection, topology)
    try:
        yield topology
    finally:
        # A connection of its own: an idle one may have been dropped meanwhile.
        with open_channel(machine.broker_url) as channel:
            topology.delete(channel)


@contextmanager
def open_channel(url: str) -> Iterator[Any]:
    """A channel for a moment."""
    with pika.BlockingConnection(parameters(url)) as connection:
        yield connection.channel()


def depth(url: str, queue: str) -> int:
    """How many messages are ready in a queue."""
    with open_channel(url) as channel:
        count: int = channel.queue_declare(queue, passive=True).method.message_count
    return count


class Child:
    """A Python program in a process of its own; as a context manager it ends with the block."""

    def __init__(
        self,
        arguments: list[str],
        log: Path,
        *,
        job: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
        interpreter: str = sys.executable,
        cwd: Path = ROOT,
    ) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [interpreter, *arguments],
                cwd=cwd,
                env={
                    **chassis_settings.environment(),
                    JOB: json.dumps(job or {}),
                    **(environ or {}),
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def check(self) -> None:
        """Raise with its last words when it has ended by itself."""
        if self._process.poll() is not None:
            words = self._log.read_text(errors="replace").strip().splitlines()[-1:]
            raise RuntimeError(f"{self._log.stem} ended ({self._process.returncode}): {words}")

    def wait(self, seconds: float) -> None:
        """Wait for its end; raises with its last words where it failed."""
        if self._process.wait(seconds):
            self.check()

    def cpu_seconds(self) -> float:
        """CPU time used so far by the process and all that came from it."""
        return cpu_of_tree(self.pid)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)  # the group that we made for it
                self._process.wait(10)


def interpreter_of(checkout: Path) -> str:
    """The Python of a checkout's environment, ours where it has none."""
    python = checkout / ".venv" / "bin" / "python"
    return str(python) if python.exists() else sys.executable


def job() -> Any:
    """What this child process is to do; sets its log up as a container's."""
    logs.configure(LogSettings(log_format="json"), process="bench")
    return json.loads(chassis_settings.environment()[JOB])


def wait_for_count(url: str, table: str, count: int, child: Child, seconds: float) -> int:
    """Wait until a table has so many rows; returns how many it has."""
    with psycopg.connect(url, autocommit=True) as connection:

        def look() -> int:
            child.check()
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert row and row[0] >= count, f"{table} has {row and row[0]} rows of {count}"
            return int(row[0])

        return eventually(look, seconds=seconds, every=0.05)


def cpu_of_tree(pid: int) -> float:
    """Seconds of CPU of a process and all that came from it, those that ended too."""
    return cpu_of(pid) + sum(cpu_of_tree(child) for child in children_of(pid))


def cpu_of(pid: int) -> float:
    """Seconds of CPU of one process, and of its children that ended; 0 where it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # The name, the second field, may hold blanks; fields 14 to 17 are the times.
    fields = stat.rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / TICK


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that have not ended."""
    children: list[int] = []
    for file in Path(f"/proc/{pid}").glob("task/*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            children += map(int, file.read_text().split())
    return children
