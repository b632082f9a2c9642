"""Who runs the database server, and where its files can be.

PostgreSQL refuses to run as root. Root's server runs as an existing account, which may not reach
the checkout; no account is made and no existing folder's mode is changed for it.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.metadata
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from standalone.binaries import CHILD_ENVIRON, WHEEL, Binaries, find_binaries
from standalone.errors import StandaloneError

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """A user of this machine that the server runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Home:
    """Where standalone's files are, the server, and who runs it; `notice` is one line to print."""

    data: Path
    binaries: Binaries
    account: Account | None
    notice: str | None


def choose_home(
    checkout: Path,
    data: Path,
    environ: Mapping[str, str],
    *,
    system: Path = Path("/var/lib/skiller"),
) -> Home:
    """Settle where everything goes, and make that data folder.

    `data` is the folder asked for. An ordinary user gets it, and no account. Root's server that
    cannot reach it gets one below `system`, and stays there on later starts; a wheel's binaries
    that it cannot run are copied there.
    """
    binaries = find_binaries(environ)
    data = data.resolve()
    if os.geteuid() != 0:
        make_folder(data, 0o700)
        return Home(data, binaries, None, None)
    account = find_account()
    if not can_reach(account, Path("/")):
        raise StandaloneError(
            f"Root may not become user {account.name} here: start as an ordinary user"
        )
    home = system / _digest(checkout)
    # Named after the folder asked for as well: one checkout may serve several.
    elsewhere = home / f"{data.name}-{_digest(data)}"
    notices = []
    if elsewhere.exists() or not can_reach(account, data):
        notices.append(f"the data of {data} are in {elsewhere}")
        data = elsewhere
    if not can_run(account, binaries):
        binaries = copy_binaries(account, binaries, home)
        notices.append(f"PostgreSQL is copied to {binaries.directory}")
    make_folder(data, 0o711)
    reason = f"The database runs as user {account.name}, who cannot reach everything here"
    notice = f"{reason}: {', and '.join(notices)}" if notices else None
    return Home(data, binaries, account, notice)


def find_account(names: tuple[str, ...] = ("postgres", "nobody")) -> Account:
    """The first of these accounts that exists."""
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise StandaloneError(
        f"PostgreSQL does not run as root, and there is no account {' or '.join(names)}:"
        " start as an ordinary user"
    )


def can_reach(account: Account, folder: Path) -> bool:
    """Whether the account can enter the folder; of one that is missing, the nearest that exists."""
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise StandaloneError(f"{folder} is not a folder")
    # Asked of the kernel, not computed from modes: access lists and mounts have their say too.
    return _succeeds(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)], account)


def can_run(account: Account, binaries: Binaries) -> bool:
    """Whether the account can start both programs."""
    programs = (binaries.directory / name for name in ("postgres", "initdb"))
    return all(_succeeds([str(program), "--version"], account) for program in programs)


def copy_binaries(account: Account, binaries: Binaries, home: Path) -> Binaries:
    """The wheel's binaries, readable for all below `home`, copied once per version of the wheel."""
    if binaries.source != "wheel":
        raise StandaloneError(
            f"User {account.name} cannot run {binaries.directory}/postgres ({binaries.source})"
        )
    package = binaries.directory.parent.parent
    target = home / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    copied = replace(binaries, directory=target / binaries.directory.relative_to(package.parent))
    make_folder(home, 0o711)
    try:
        with (home / "copy.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                _copy_open_to_all(package, target)
    except OSError as error:
        raise StandaloneError(
            f"{package} cannot be copied to {target}: {error.strerror or error}"
        ) from error
    if not can_run(account, copied):
        raise StandaloneError(f"User {account.name} cannot run {copied.directory}/postgres")
    return copied


def make_folder(folder: Path, mode: int) -> None:
    """Make it and its missing parents with this mode, whatever the umask; others keep theirs."""
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir()
            path.chmod(mode)
    except OSError as error:
        raise StandaloneError(f"{folder} cannot be made: {error.strerror}") from error
    if not folder.is_dir():
        raise StandaloneError(f"{folder} is not a folder")


def give(path: Path, account: Account | None) -> None:
    """Make the path the account's, where there is one."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def as_account(account: Account | None) -> dict[str, Any]:
    """Arguments of `subprocess` for a child that is the account and dies with the calling thread.

    It has a session of its own: a terminal's Ctrl-C reaches us alone, and we end it in our order.
    """
    arguments: dict[str, Any] = {
        "cwd": "/",
        "env": CHILD_ENVIRON,
        "stdin": subprocess.DEVNULL,
        "start_new_session": True,
        "preexec_fn": die_with_parent(),
    }
    if account is not None:
        arguments |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return arguments


def die_with_parent() -> Callable[[], None] | None:
    """What the child does before its program, to get SIGINT when its parent dies; Linux only.

    The kernel forgets the wish when a process changes its user; `subprocess` calls this later.
    """
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_for_signal() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_for_signal


def _copy_open_to_all(package: Path, target: Path) -> None:
    half = target.with_name(f"{target.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    # The programs look for libraries in a folder beside the package's, where the wheel has one.
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, half / source.name)
    for folder, _, files in os.walk(half):
        os.chmod(folder, 0o755)
        for name in files:
            path = Path(folder, name)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    half.rename(target)


def _succeeds(command: list[str], account: Account) -> bool:
    try:
        done = subprocess.run(
            command,
            **as_account(account),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
