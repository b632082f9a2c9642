"""How fast each part of a run went, and the processor's time that it took."""

import os
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from standalone.databases import data_folder

TICKS = os.sysconf("SC_CLK_TCK")
HERE, POSTGRES, WORKER, WEB = "here", "PostgreSQL", "worker", "web"
Spent = Mapping[str, float]  # seconds of the processor, by process


@dataclass(frozen=True)
class Part:
    """What was done in one part of a run."""

    name: str
    acts: int
    seconds: float
    spent: Spent

    def line(self) -> str:
        """For people."""
        rate = f"{self.acts / self.seconds:7.0f}/s" if self.acts else " " * 9
        told = ", ".join(f"{who} {cpu:.1f}" for who, cpu in self.spent.items())
        return f"{self.name:<22}{self.acts or '':>7}  {self.seconds:6.1f} s {rate}  CPU s: {told}"


@dataclass
class Meter:
    """Measures parts; of a standalone of this machine its processes too."""

    environ: Mapping[str, str]
    parts: list[Part] = field(default_factory=list)

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[int], None]]:
        """Measure a part, which tells how many acts it did."""
        acts = 0

        def count(more: int) -> None:
            nonlocal acts
            acts += more

        began, before = time.monotonic(), spent_by(self.environ)
        yield count
        after = spent_by(self.environ)
        used = {who: cpu - before.get(who, 0.0) for who, cpu in after.items()}
        self.parts.append(Part(name, acts, max(1e-3, time.monotonic() - began), used))

    @property
    def whole(self) -> Part:
        """All parts together."""
        names = {who: None for part in self.parts for who in part.spent}
        return Part(
            "All",
            sum(part.acts for part in self.parts),
            sum(part.seconds for part in self.parts),
            {who: sum(part.spent.get(who, 0.0) for part in self.parts) for who in names},
        )


def spent_by(environ: Mapping[str, str]) -> dict[str, float]:
    """Seconds of the processor so far: of this process and of those that it started and that
    ended, and of standalone's where it runs here.
    """
    own = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = {HERE: sum(one.ru_utime + one.ru_stime for one in own)}
    processes = _processes()
    worker = ["standalone", "work", str(data_folder(environ).resolve() / "run")]
    found = [one for one in processes.values() if one.command[-3:] == worker]
    if found:
        for one in processes.values():
            if one.is_below(found[0].parent, processes):
                spent[one.kind] = spent.get(one.kind, 0.0) + one.cpu
    return spent


@dataclass(frozen=True)
class _Process:
    """A process of this machine; `cpu` has that of its children that ended."""

    parent: int
    command: Sequence[str]
    cpu: float

    @property
    def kind(self) -> str:
        if self.command[-3:-1] == ["standalone", "work"]:
            return WORKER
        return POSTGRES if "postgres" in self.command[0] else WEB

    def is_below(self, pid: int, processes: Mapping[int, "_Process"]) -> bool:
        """Whether a process, or one that it started, started this one."""
        one: _Process | None = self
        while one is not None and one.parent != pid:
            one = processes.get(one.parent)
        return one is not None


def _processes() -> dict[int, _Process]:
    """Those that may be looked at; elsewhere than on Linux none."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text(errors="replace").rstrip("\0").split("\0")
            numbers = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        cpu = sum(map(int, numbers[11:15])) / TICKS
        found[int(folder.name)] = _Process(int(numbers[1]), command, cpu)
    return found
