"""A data folder around its server's life: whose it is, making it, ending what a killed one left.

Beside the folder, and named after it: `.password` of the superuser, `.log`, `.lock`, `.socket`,
and `.new` while it is made.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from standalone.accounts import Account, as_account, give
from standalone.binaries import CHOICE, Binaries
from standalone.errors import StandaloneError

SUPERUSER = "postgres"
PORT = "5432"
# What a socket's path may measure, in bytes, on every system.
LONGEST_SOCKET = 103
SHORT_FOLDER, SHORT_PREFIX = Path("/tmp"), "skiller-"

logger = logging.getLogger(__name__)


def beside(data: Path, suffix: str) -> Path:
    """What belongs to the data and stands next to their folder."""
    return data.with_name(data.name + suffix)


def take_lock(data: Path) -> int:
    """The open lock file, ours until released or we die; StandaloneError names who has it."""
    descriptor = os.open(beside(data, ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode() or "unknown"
        os.close(descriptor)
        raise StandaloneError(
            f"Skiller already runs on {data} (process {holder}):"
            " stop it, or choose another SKILLER_DATA"
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def release_lock(descriptor: int) -> None:
    """Let another start have the data."""
    # Said, not left to closing: a forked child may hold the file open.
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def is_new(data: Path, binaries: Binaries, account: Account | None) -> bool:
    """Whether there are no data yet; StandaloneError when this server cannot serve those there."""
    if not data.exists():
        return True
    owner, expected = data.stat().st_uid, account.uid if account else os.geteuid()
    if owner != expected:
        raise StandaloneError(
            f"{data} belongs to user {owner}, and PostgreSQL would run as user {expected}:"
            " start as the user who made it, or choose another SKILLER_DATA"
        )
    if not any(data.iterdir()):
        return True
    version = data / "PG_VERSION"
    if not version.is_file():
        raise StandaloneError(
            f"{data} is neither empty nor PostgreSQL's: choose another SKILLER_DATA"
        )
    written = version.read_text().strip()
    if written != str(binaries.major):
        raise StandaloneError(
            f"{data} was written by PostgreSQL {written}, and PostgreSQL {binaries.major} was found"
            f" ({binaries.source}: {binaries.directory}): set {CHOICE} to a PostgreSQL {written};"
            " to change versions, dump with its pg_dumpall and restore into a new folder"
        )
    return False


def initialise(data: Path, binaries: Binaries, account: Account | None, *, durable: bool) -> None:
    """Make the data under another name, then rename: a killed start never leaves half of them."""
    fresh, password = beside(data, ".new"), beside(data, ".password")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    password.unlink(missing_ok=True)
    with open(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(24))
    # initdb reads the password as the server's account, which can read all the data anyway.
    give(fresh, account)
    give(password, account)
    command = [str(binaries.directory / "initdb"), f"--pgdata={fresh}", f"--username={SUPERUSER}"]
    command += ["--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={password}"]
    if binaries.major >= 16:  # as standalone.postgres does, and says why
        command.append("--set=scram_iterations=1")
    if not durable:
        command.append("--no-sync")
    # A system without C.UTF-8 gets C: the same order, but no case for letters outside ASCII.
    for locale in ("--locale=C.UTF-8", "--no-locale"):
        done = subprocess.run([*command, locale], **as_account(account), capture_output=True)
        said = done.stderr.decode(errors="replace")
        if done.returncode == 0 or "locale" not in said:
            break
    if done.returncode != 0:
        raise StandaloneError(
            f"The database could not be made in {fresh}: {' '.join(said.split())}"
        )
    fresh.rename(data)


def read_password(data: Path) -> str:
    """The superuser's password."""
    return beside(data, ".password").read_text()


def read_pidfile(data: Path) -> tuple[int, str]:
    """The pid and state in postmaster.pid: 0 and "" where they are not (yet) written."""
    try:
        # Bytes: among the lines is the folder's path, in any encoding. A server run by hand with
        # --single writes its pid as a negative number.
        lines = (data / "postmaster.pid").read_bytes().splitlines()
        return abs(int(lines[0])), lines[7].decode().strip() if len(lines) > 7 else ""
    except (FileNotFoundError, IndexError, ValueError):
        return 0, ""


def end_leftovers(data: Path) -> None:
    """End a server that outlived its starter, and forget a pid that another program has now."""
    for means, patience in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        pids = list_servers(data)
        if not pids:
            break
        first = read_pidfile(data)[0]
        logger.warning("Ending a PostgreSQL left on %s: processes %s", data, pids)
        # The first process ends the others; without it each gets the signal.
        for pid in [first] if first in pids else pids:
            _signal(pid, means)
        deadline = time.monotonic() + patience
        while list_servers(data) and time.monotonic() < deadline:
            time.sleep(0.02)
    # PostgreSQL takes any living process of its user with that number for a running server: in a
    # container, or after a reboot, it is some other program. Without /proc we cannot tell.
    pid = read_pidfile(data)[0]
    if Path("/proc/self").exists() and pid and _signal(pid, 0) and not list_servers(data):
        (data / "postmaster.pid").unlink(missing_ok=True)


def list_servers(data: Path) -> list[int]:
    """Processes of a server on these data, known by their program and their working folder."""
    place = data.stat()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = os.path.samestat(place, os.stat(process / "cwd"))
            if is_ours and Path(os.readlink(process / "exe")).name.startswith("postgres"):
                found.append(int(process.name))
        except OSError:
            continue  # It has ended, or is another user's, which ours never is.
    return found


def make_socket_folder(data: Path, account: Account | None) -> Path:
    """A folder for the server's account alone: beside the data, or a short one linked there."""
    path = beside(data, ".socket")
    # libpq reads a comma in a host as the start of another host.
    if len(os.fsencode(path / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET and "," not in str(path):
        path.mkdir(mode=0o700)
        folder = path
    else:
        folder = Path(tempfile.mkdtemp(prefix=SHORT_PREFIX, dir=SHORT_FOLDER))
        path.symlink_to(folder)
    give(folder, account)
    return folder


def remove_socket_folder(data: Path) -> None:
    """Remove it, and the short one that it may be a link to."""
    path = beside(data, ".socket")
    if path.is_symlink():
        target = path.readlink()
        if target.parent == SHORT_FOLDER and target.name.startswith(SHORT_PREFIX):
            shutil.rmtree(target, ignore_errors=True)
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def _signal(pid: int, means: int) -> bool:
    """Whether there is such a process; signal 0 only asks."""
    try:
        os.kill(pid, means)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
