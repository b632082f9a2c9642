"""Skiller on one machine: its own PostgreSQL, which runs already, or is started for this alone."""

import io
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing, redirect_stdout
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

import click
from sqlalchemy import text

from backup.errors import BackupError
from backup.place import DUMP, HAS_TABLES, RESTORE
from chassis import migrations, settings
from chassis.cli import command_line
from chassis.database import Database
from services.identity.commands import erase_again
from standalone.accounts import choose_home
from standalone.binaries import CHILD_ENVIRON
from standalone.children import ROOT, Child
from standalone.errors import StandaloneError
from standalone.postgres import Postgres
from standalone.run import (
    LEDGER,
    Settings,
    make_databases,
    make_folders,
    own_settings,
    ready_file,
    worker_child,
)
from standalone.services import SERVICES, database_variable

START_SECONDS = 60.0


class OneMachine:
    """A `Place`; as a context manager it ends what it started."""

    name = "one machine"

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {k: v for k, v in environ.items() if k != "SKILLER_DATABASE_URL"}
        self._settings = settings.read(Settings, self._environ)
        self._home = choose_home(ROOT, self._settings.data, self._environ)
        self._stack = ExitStack()
        self._urls: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    @property
    def root(self) -> Path:
        return self._settings.data

    @property
    def keys(self) -> Sequence[Path]:
        return [self.root / "keys"]

    def settings(self) -> str:
        own = {k: v for k, v in self._environ.items() if k.startswith(settings.PREFIX)}
        return "".join(f"{name}={value}\n" for name, value in sorted(own.items()))

    def dump(self, service: str, file: Path) -> None:
        self._run("pg_dump", *DUMP, f"--file={file}", service=service)

    def query(self, service: str, statement: str) -> Sequence[str]:
        with (
            closing(Database(self._url(service), pool_size=1)) as database,
            database.transaction() as session,
        ):
            return [str(row[0]) for row in session.execute(text(statement))]

    def ledger(self) -> str:
        file = self.root / LEDGER
        return file.read_text("utf-8") if file.exists() else ""

    def prepare(self) -> None:
        self._start_server()
        for service in SERVICES:
            if self.query(service.name, HAS_TABLES):
                raise BackupError(
                    f"{self.root} holds a Skiller: move {self._home.data / 'postgres'} away first,"
                    " or choose another SKILLER_DATA"
                )

    def restore(self, service: str, file: Path) -> None:
        self._run("pg_restore", *RESTORE, str(file), service=service)

    def migrate(self) -> None:
        for service in SERVICES:
            folder = service.folder / "migrations"
            migrations.migrate(self._url(service.name), folder, service.seed)

    def purge_queues(self) -> None:
        """Nothing is on its way between the databases of one machine."""

    def act(self, service: str, *verb: str, said: str = "") -> str:
        [known] = [one for one in SERVICES if one.name == service]
        group = command_line(known)
        group.add_command(erase_again)
        own = own_settings(self._settings, self._environ)
        settings.set_environment({**own, "SKILLER_DATABASE_URL": self._url(service)})
        printed, stdin = io.StringIO(), sys.stdin
        sys.stdin = io.StringIO(said)
        try:
            with redirect_stdout(printed):
                group.main(list(verb), prog_name=service, standalone_mode=False)
        except click.ClickException as error:
            raise BackupError(f"{service} {' '.join(verb)}: {error.format_message()}") from error
        finally:
            sys.stdin = stdin
        return printed.getvalue()

    def start_workers(self) -> None:
        own = own_settings(self._settings, self._environ)
        worker = worker_child({**self._environ, **own, **self._urls}, self.root)
        ready = ready_file(self.root)
        ready.unlink(missing_ok=True)
        worker.start()
        self._stack.callback(worker.stop)
        _wait_for(ready, worker)

    def finish(self) -> str:
        return "Now start Skiller: make run."

    def _url(self, service: str) -> str:
        if not self._urls:
            self._find_server()
        return self._urls[database_variable(service)]

    def _find_server(self) -> None:
        """The server of the Skiller that runs, else one for this alone."""
        try:
            self._start_server()
        except StandaloneError as error:
            written = self.root / "run" / "databases.json"
            if "already runs" not in str(error) or not written.exists():
                raise
            self._urls = json.loads(written.read_text("utf-8"))

    def _start_server(self) -> None:
        data, account = self._home.data / "postgres", self._home.account
        postgres = Postgres(self._home.binaries, data, run_as=account)
        self._stack.enter_context(postgres)
        make_folders(self.root)
        self._urls = make_databases(postgres, self.root)

    def _run(self, program: str, *options: str, service: str) -> None:
        """A program of PostgreSQL on a service's database; its password is in no argument."""
        path, url = self._home.binaries.directory / program, urlsplit(self._url(service))
        named = f"{url.scheme}://{url.username}@/{service}?{url.query}"
        try:
            done = subprocess.run(
                [str(path), *options, f"--dbname={named}"],
                env={**CHILD_ENVIRON, "PGPASSWORD": unquote(url.password or "")},
                capture_output=True,
                text=True,
            )
        except OSError as error:
            raise BackupError(f"{path} does not run: {error.strerror}") from error
        if done.returncode:
            raise BackupError(f"{program} of {service}: {' '.join(done.stderr.split())[:300]}")


def _wait_for(ready: Path, worker: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if not worker.is_running or time.monotonic() > deadline:
            raise BackupError(f"The worker did not start: {worker.last_words} (see {worker.log})")
        time.sleep(0.05)
