"""Everything in one command on one machine: PostgreSQL, the worker, the web processes.

Ctrl-C or SIGTERM stops all of it in order; what was killed recovers at the next start.
"""

import contextlib
import errno
import http.client
import json
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from chassis import settings
from contracts.services import SERVICES
from standalone.accounts import choose_home
from standalone.children import ROOT, Child
from standalone.errors import StandaloneError
from standalone.postgres import Postgres

WEB_SECRET, LINK_SECRET, PUSH_KEY = "web-secret", "link-secret", "vapid.pem"
LEDGER = "erasures"
# Known here without importing the services: this process stays small.
START_SECONDS = 60.0
# Argon2 takes 19 MiB for each password: with glibc's defaults each thread's arena keeps
# such blocks for ever, 60 MB per process after a few sign-ins.
MEMORY = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}


# PostgreSQL and the worker want a core as well. A second process takes 130 MB: whoever has many
# members and cores sets it.
WEB = {"SKILLER_WEB_WORKERS": "1"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What standalone itself reads."""

    port: int = 8080  # where http://127.0.0.1 answers
    data: Path = ROOT / "var"  # everything that is kept
    metrics_port: int = 0  # of the worker's metrics, the next of the web's; 0: nowhere

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def own_settings(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """What every process of this machine reads, unless the operator says otherwise."""
    keys = settings.data / "keys"
    return {
        "SKILLER_PUBLIC_URL": environ.get("SKILLER_PUBLIC_URL", settings.url),
        "SKILLER_METRICS_ADDRESS": "127.0.0.1",
        "SKILLER_SIGNING_KEY_FILE": str(keys / "signing.pem"),
        "SKILLER_PUBLIC_KEYS_FILE": str(keys / "public.json"),
        "SKILLER_WEB_SECRET_FILE": str(keys / WEB_SECRET),
        "SKILLER_LINK_SECRET_FILE": str(keys / LINK_SECRET),
        "SKILLER_VAPID_KEY_FILE": str(keys / PUSH_KEY),
        "SKILLER_ERASURE_LEDGER": str(settings.data / LEDGER),
        "SKILLER_MAIL_FOLDER": environ.get("SKILLER_MAIL_FOLDER", str(settings.data / "mail")),
    }


def make_folders(data: Path) -> None:
    """What a machine keeps beside its databases; nobody else enters."""
    for part in ("keys", "log", "mail", "run"):
        _make_private(data / part)


def make_databases(postgres: Postgres, data: Path) -> dict[str, str]:
    """One database and role per service, as settings; the passwords are new at each start."""
    urls = {}
    for name in SERVICES:
        password = secrets.token_urlsafe(24)
        postgres.ensure_database(name, name, password)
        urls[f"SKILLER_{name.upper()}_DATABASE_URL"] = postgres.url(name, name, password)
    # For the commands of an operator, while this runs.
    _write_private(data / "run" / "databases.json", json.dumps(urls, indent=2))
    return urls


def ready_file(data: Path) -> Path:
    """Where the worker says that the databases can be used."""
    return data / "run" / "worker.ready"


def worker_child(environ: Mapping[str, str], data: Path) -> Child:
    """The process that relays, hears and does the chores of all services."""
    command = ["-m", "standalone", "work", str(data / "run")]
    return Child("worker", command, environ, data / "log" / "worker.log")


class Standalone:
    """One machine's Skiller, from start to stop."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.settings = settings.read(Settings, environ)
        self.url = self.settings.url
        self._environ = dict(environ)
        self._stopping = threading.Event()
        self._children: list[Child] = []

    def run(self) -> None:
        """Serve until told to stop; raises StandaloneError with one line when it cannot."""
        _refuse_taken_port(self.settings.port)
        home = choose_home(ROOT, self.settings.data, self._environ)
        if home.notice:
            _say(home.notice)
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        with Postgres(home.binaries, home.data / "postgres", run_as=home.account) as postgres:
            try:
                self._start(postgres, home.data)
                self._watch(postgres)
            finally:
                for child in reversed(self._children):
                    child.stop()
        _say("Stopped.")

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        self._stopping.set()

    def _start(self, postgres: Postgres, data: Path) -> None:
        folder = self.settings.data
        make_folders(folder)
        environ = (
            MEMORY
            | WEB
            | self._environ
            | make_databases(postgres, folder)
            | own_settings(self.settings, self._environ)
        )
        ready = ready_file(folder)
        ready.unlink(missing_ok=True)
        self._children = [
            worker_child(environ, folder),
            Child(
                "web",
                ["-m", "gunicorn", *self._gunicorn()],
                environ | self._web_metrics(),
                folder / "log" / "web.log",
            ),
        ]
        _make_keys(folder / "keys")
        for child in self._children:
            child.start()
        self._wait(ready)
        invitation = ready.read_text() if ready.exists() else ""
        if not self._stopping.is_set():
            _say(f"Ready: {self.url}")
            if invitation:
                _say(f"Administrator invitation: {invitation}")

    def _web_metrics(self) -> dict[str, str]:
        """The web process serves its metrics on the port after the worker's."""
        port = self.settings.metrics_port
        return {"SKILLER_METRICS_PORT": str(port + 1)} if port else {}

    def _gunicorn(self) -> list[str]:
        config = str(ROOT / "deploy" / "gunicorn.conf.py")
        options = ["--config", config, "--worker-class", "gateway.server.Worker", "--name", "web"]
        bind = f"127.0.0.1:{self.settings.port}"
        return [*options, "--bind", bind, "standalone.web:create_app()"]

    def _wait(self, ready: Path) -> None:
        """Until the databases are migrated and the door answers."""
        deadline = time.monotonic() + START_SECONDS
        while not self._stopping.is_set():
            ended = [child for child in self._children if not child.is_running]
            if ended:
                name, words, log = ended[0].name, ended[0].last_words, ended[0].log
                raise StandaloneError(f"The {name} did not start: {words} (see {log})")
            if ready.exists() and _answers(self.settings.port):
                return
            if time.monotonic() > deadline:
                logs = self._children[0].log.parent
                raise StandaloneError(f"Not ready after {START_SECONDS:.0f} s: see {logs}")
            self._stopping.wait(0.05)

    def _watch(self, postgres: Postgres) -> None:
        while not self._stopping.wait(0.5):
            if postgres.pid is None:
                _say("PostgreSQL ended and is started again.")
                postgres.start()
            for child in self._children:
                if told := child.look_after():
                    _say(told)


def _say(line: str) -> None:
    print(line, flush=True)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
            raise StandaloneError(
                f"Port {port} {reason}: choose another SKILLER_PORT, or stop what listens there"
            ) from error
        except OverflowError as error:
            raise StandaloneError(f"SKILLER_PORT={port} is no port") from error


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise StandaloneError(f"{folder} cannot be made: {error.strerror}") from error


def _write_private(path: Path, text: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _make_keys(folder: Path) -> None:
    from services.identity import keys  # at the first start alone: it is not small

    for secret in (WEB_SECRET, LINK_SECRET):
        if not (folder / secret).exists():
            _write_private(folder / secret, secrets.token_urlsafe(32))
    if not (folder / PUSH_KEY).exists():
        from services.notifications.pushing import vapid

        _write_private(folder / PUSH_KEY, vapid.make_key())
    if not (folder / keys.PUBLIC_FILE).exists():
        (folder / keys.PRIVATE_FILE).unlink(missing_ok=True)
        keys.write_pair(folder)
