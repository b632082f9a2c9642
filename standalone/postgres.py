"""A private PostgreSQL server on one data folder, our child, that lives no longer than we do.

Only a Unix socket reaches it, in a folder beside the data, or in a short one in /tmp linked there.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from standalone.accounts import Account, as_account, make_folder
from standalone.binaries import Binaries
from standalone.data_folder import (
    PORT,
    SUPERUSER,
    beside,
    end_leftovers,
    initialise,
    is_new,
    make_socket_folder,
    read_password,
    read_pidfile,
    release_lock,
    remove_socket_folder,
    take_lock,
)
from standalone.errors import StandaloneError

LARGEST_LOG = 1 << 20

# For one small machine: little memory, few processes, and nothing on the network.
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "shared_buffers": "32MB",
        "maintenance_work_mem": "32MB",
        "max_wal_size": "256MB",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "max_logical_replication_workers": "0",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        "logging_collector": "off",
        # Without details: they repeat the row that broke a constraint, an address for one.
        "log_error_verbosity": "terse",
        "cluster_name": "skiller",
    }
)
# Passwords are made by us, 192 bits at random: nobody finds one by trying, however quick a try is,
# and 4,096 rounds would cost each new connection 15 ms of a processor.
SETTINGS_SINCE_16: Mapping[str, str] = MappingProxyType({"scram_iterations": "1"})
# Otherwise reads have three processes of their own.
SETTINGS_SINCE_18: Mapping[str, str] = MappingProxyType({"io_method": "sync"})

logger = logging.getLogger(__name__)


class Postgres:
    """The server; `settings` go over SETTINGS. As a context manager it is started and stopped.

    As root `run_as` is the account that the data belong to; an ordinary user gives None.
    """

    def __init__(
        self,
        binaries: Binaries,
        data: Path,
        *,
        run_as: Account | None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.data = data.resolve()
        self.log = beside(self.data, ".log")
        self._binaries = binaries
        self._account = run_as
        since_16 = SETTINGS_SINCE_16 if binaries.major >= 16 else {}
        since_18 = SETTINGS_SINCE_18 if binaries.major >= 18 else {}
        self._settings = {**SETTINGS, **since_16, **since_18, **settings}
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None
        self._log_start = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process, our child; None when it does not run."""
        return (
            self._process.pid
            if self._process is not None and self._process.poll() is None
            else None
        )

    def start(self, timeout: float = 30) -> None:
        """Make the data where there are none, end what a killed predecessor left, and be ready.

        Does nothing when it runs; starts again when it has died; StandaloneError leaves nothing
        running. In the main thread only: the kernel ends the server with the thread it came from.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("Postgres.start belongs to the main thread")
        if self.pid is not None:
            return
        if os.geteuid() == 0 and self._account is None:
            raise StandaloneError("PostgreSQL does not run as root: name the account it runs as")
        try:
            self._start(timeout)
        except OSError as error:
            self.stop()
            raise StandaloneError(
                f"{error.filename or self.data} cannot be used: {error.strerror}"
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self, timeout: float = 20) -> None:
        """Roll back what is open, write the rest down and end; harder after `timeout` seconds."""
        if self._process is not None:
            for means, patience in (
                (signal.SIGINT, timeout),
                (signal.SIGQUIT, 5.0),
                (signal.SIGKILL, 5.0),
            ):
                self._process.send_signal(means)
                try:
                    self._process.wait(patience)
                    break
                except subprocess.TimeoutExpired:
                    logger.warning("PostgreSQL did not end %s s after %s", patience, means.name)
            self._process = None
        if self._socket is not None:
            remove_socket_folder(self.data)
            self._socket = None
        if self._lock is not None:
            release_lock(self._lock)
            self._lock = None

    def url(self, database: str, role: str, password: str) -> str:
        """A libpq URL, which SQLAlchemy takes too; RuntimeError before the first start."""
        if self._socket is None:
            raise RuntimeError("the server is not started")
        role, password, database = (quote(part, safe="") for part in (role, password, database))
        return f"postgresql://{role}:{password}@/{database}?host={quote(os.fsencode(self._socket))}&port={PORT}"

    def admin_url(self, database: str = "postgres") -> str:
        """The superuser's: for what no service may do."""
        return self.url(database, SUPERUSER, read_password(self.data))

    def ensure_database(self, name: str, role: str, password: str) -> None:
        """Make the role and the database it owns where missing, and set the password.

        No other role can connect to the database, nor this one to any other.
        """
        with psycopg.connect(self.admin_url(), autocommit=True) as connection:
            # Hashed here, so that no statement or log contains the password.
            hashed = connection.pgconn.encrypt_password(
                password.encode(), role.encode(), b"scram-sha-256"
            )
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    sql.SQL("ALTER" if known else "CREATE"),
                    sql.Identifier(role),
                    sql.Literal(hashed.decode()),
                )
            )
            if not connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [name]
            ).rowcount:
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(name), sql.Identifier(role)))
            revoke = sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC")
            for closed in (name, "postgres", "template1"):
                connection.execute(revoke.format(sql.Identifier(closed)))

    def _start(self, timeout: float) -> None:
        make_folder(self.data.parent, 0o711 if self._account else 0o700)
        if self._lock is None:
            self._lock = take_lock(self.data)
        if is_new(self.data, self._binaries, self._account):
            initialise(
                self.data,
                self._binaries,
                self._account,
                durable=self._settings.get("fsync") != "off",
            )
        end_leftovers(self.data)
        if self._socket is None:
            remove_socket_folder(self.data)
            self._socket = make_socket_folder(self.data, self._account)
        # After a death the place stays, since clients have our URLs, but not what is left in it.
        for left in self._socket.iterdir():
            left.unlink()
        self._launch()
        self._await_ready(time.monotonic() + timeout)

    def _launch(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(beside(self.data, ".log.1"))
        # A list of quoted folders: ours may contain a comma or a quote.
        folder = str(self._socket).replace('"', '""')
        settings = self._settings | {"unix_socket_directories": f'"{folder}"'}
        command = [str(self._binaries.directory / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                command, **as_account(self._account), stdout=log, stderr=log
            )

    def _await_ready(self, deadline: float) -> None:
        assert self._process is not None
        while read_pidfile(self.data) != (self._process.pid, "ready"):
            if self._process.poll() is not None:
                raise StandaloneError(
                    f"PostgreSQL ended at its start: {self._last_words()} (more in {self.log})"
                )
            if time.monotonic() > deadline:
                raise StandaloneError(
                    f"PostgreSQL is not ready in time: {self._last_words()} (more in {self.log})"
                )
            time.sleep(0.01)
        try:
            psycopg.connect(self.admin_url()).close()
        except psycopg.OperationalError as error:
            password, reason = beside(self.data, ".password"), " ".join(str(error).split())
            raise StandaloneError(
                f"PostgreSQL runs, but {password} does not open it: {reason}"
            ) from error

    def _last_words(self) -> str:
        """The last complaint in the log of this start, else its last line."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").splitlines()
        complaints = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
        return (complaints or lines or ["it said nothing"])[-1]
