"""Skiller in containers: what Docker Compose runs in this folder."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from backup.errors import BackupError
from backup.place import DUMP, HAS_TABLES, RESTORE
from chassis.service import ROOT
from contracts.services import SERVICES

COMPOSE = ("docker", "compose")
LEDGER = "/skiller/var/erasures/ledger"


class Containers:
    """A `Place`."""

    name = "containers"
    root = ROOT

    def __init__(self, compose: Sequence[str] = COMPOSE) -> None:
        self._compose = [*compose]
        self._do_workers_run = True

    @property
    def keys(self) -> Sequence[Path]:
        return [ROOT / ".env", ROOT / "deploy" / "secrets"]

    def settings(self) -> str:
        """All of them are in .env."""
        return ""

    def dump(self, service: str, file: Path) -> None:
        command = ["pg_dump", "-U", "postgres", *DUMP]
        with file.open("wb") as output:
            self._run("exec", "-T", "postgres", *command, service, output=output)

    def query(self, service: str, statement: str) -> Sequence[str]:
        command = ["psql", "-U", "postgres", "-At", "-d", service, "-c", statement]
        return self._run("exec", "-T", "postgres", *command).splitlines()

    def ledger(self) -> str:
        command = f"cat {LEDGER} 2>/dev/null || true"
        return self._run("exec", "-T", "identity-worker", "sh", "-c", command)

    def prepare(self) -> None:
        self._run("build", "--quiet")
        self._run("up", "--detach", "--wait", "postgres")
        self._run("up", "databases")
        for service in SERVICES:
            if self.query(service, HAS_TABLES):
                raise BackupError(
                    f"The database of {service} is not empty: `docker compose down -v` first,"
                    " which deletes all of them"
                )
        self._do_workers_run = False

    def restore(self, service: str, file: Path) -> None:
        command = ["pg_restore", "-U", "postgres", f"--role={service}", *RESTORE, "-d", service]
        with file.open("rb") as dump:
            self._run("exec", "-T", "postgres", *command, given=dump)

    def migrate(self) -> None:
        for service in SERVICES:
            self._run("run", "--rm", "--no-deps", "-T", f"{service}-worker", "migrate")

    def purge_queues(self) -> None:
        self._run("up", "--detach", "--wait", "rabbitmq")
        for service in SERVICES:
            command = ["rabbitmqctl", "purge_queue", f"{service}.events"]
            self._run("exec", "-T", "rabbitmq", *command)

    def act(self, service: str, *verb: str, said: str = "") -> str:
        worker = f"{service}-worker"
        if self._do_workers_run:
            return self._run("exec", "-T", worker, "skiller", *verb, said=said)
        return self._run("run", "--rm", "--no-deps", "-T", worker, *verb, said=said)

    def start_workers(self) -> None:
        self._run("up", "--detach", "--wait", *(f"{service}-worker" for service in SERVICES))
        self._do_workers_run = True

    def finish(self) -> str:
        self._run("up", "--detach", "--wait")
        return "Skiller runs."

    def _run(
        self,
        *arguments: str,
        said: str | None = None,
        given: BinaryIO | None = None,
        output: BinaryIO | None = None,
    ) -> str:
        """What it prints; it reads `said`, or the file `given`, and writes into `output`."""
        stdin: dict[str, Any] = {"stdin": given or subprocess.DEVNULL}
        if said is not None:
            stdin = {"input": said.encode()}
        try:
            done = subprocess.run(
                [*self._compose, *arguments],
                cwd=ROOT,
                stdout=output or subprocess.PIPE,
                stderr=subprocess.PIPE,
                **stdin,
            )
        except OSError as error:
            raise BackupError(f"{self._compose[0]} does not run: {error.strerror}") from error
        if done.returncode:
            words = " ".join(done.stderr.decode(errors="replace").split())
            raise BackupError(f"docker compose {' '.join(arguments[:5])}: {words[-300:]}")
        return done.stdout.decode() if done.stdout else ""
