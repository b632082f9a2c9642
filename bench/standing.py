"""What a machine costs that stands: how long it takes to start, and its memory by process.

Private memory and the process's part of what is shared (PSS), empty and with the founding
community after each of its pages' reads was made once.
"""

import subprocess
import sys
import time
from pathlib import Path

from bench.report import Goal, Row, measured
from bench.servers import ROOT, Machine, children_of
from bench.site import Site, site

MEMORY, START = Goal(550, "MB"), Goal(30, "s")
ROUNDS_OF_READS = 3


def run(machine: Machine, rounds: int) -> list[Row]:
    """Starts `rounds` times; the last one is filled and looked at."""
    starts: list[float] = []
    rows: list[Row] = []
    for number in range(rounds):
        began = time.monotonic()
        with site(machine.folder / f"standing-{number}.log") as of:
            starts.append(time.monotonic() - began)
            if number == rounds - 1:
                rows += _memory(of, "empty")
                _found(of)
                rows += _memory(of, "with the founding community", MEMORY)
    return [measured("standing: from nothing to Ready, databases made", starts, "s", START), *rows]


def _found(of: Site) -> None:
    """Bring the community in as its command does."""
    command = [sys.executable, "-m", "demo", "founding", f"http://127.0.0.1:{of.port}"]
    environ = {"PATH": "/usr/bin:/bin", "SKILLER_DATA": str(of.folder)}
    subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=300)
    of.settle()


def _memory(of: Site, when: str, goal: Goal | None = None) -> list[Row]:
    by_kind: dict[str, float] = {}
    for pid in _tree(of.pid):
        kind = _kind_of(pid)
        by_kind[kind] = by_kind.get(kind, 0.0) + _pss(pid)
    rows = [
        measured(f"standing: {kind}, {when}", [size], "MB")
        for kind, size in sorted(by_kind.items())
    ]
    return [
        measured(f"standing: all processes, {when}", [sum(by_kind.values())], "MB", goal),
        *rows,
    ]


def _tree(pid: int) -> list[int]:
    found = [pid]
    for child in children_of(pid):
        found += _tree(child)
    return found


def _kind_of(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    for word, kind in (("postgres", "PostgreSQL"), (" work ", "worker"), ("gunicorn", "web")):
        if word in words:
            return kind
    return "starter"


def _pss(pid: int) -> float:
    """Megabytes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
