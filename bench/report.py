"""The table: medians of the rounds, ratios within one round, goals and whether they are met."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from bench.servers import ROOT

HEADINGS = ("measure", "value (median [min–max])", "peer or base", "ratio", "goal", "met")


@dataclass(frozen=True)
class Goal:
    """A promise: `limit` is the most or, for rates, the least that is allowed."""

    limit: float
    unit: str = "×"
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True)
class Row:
    """One line of the table; a line without a goal only informs."""

    measure: str
    value: str
    base: str = ""
    ratio: str = ""
    goal: str = ""
    met: str = ""
    beside: str = ""  # the same of another checkout
    # Sizes and values, where something grows; its unit and goal are the row's.
    course: Sequence[tuple[float, float]] = ()


def show(samples: Sequence[float], unit: str = "") -> str:
    """`median [min–max] unit`, with as many digits as say something."""
    digits = 0 if median(samples) >= 100 else 1 if median(samples) >= 10 else 2
    low, middle, high = (
        f"{value:,.{digits}f}" for value in (min(samples), median(samples), max(samples))
    )
    return f"{middle} [{low}–{high}] {unit}".rstrip()


def measured(measure: str, samples: Sequence[float], unit: str, goal: Goal | None = None) -> Row:
    """A row whose goal, where there is one, is about the value itself."""
    met = ("yes" if goal.is_met(median(samples)) else "NO") if goal else ""
    return Row(measure, show(samples, unit), goal=str(goal or ""), met=met)


def compared(
    measure: str,
    samples: Sequence[float],
    unit: str,
    base: tuple[str, Sequence[float]],
    goal: Goal | None = None,
) -> Row:
    """A row about the ratio to a base that was measured in the same rounds."""
    name, others = base
    ratios = [sample / other for sample, other in zip(samples, others, strict=True)]
    return Row(
        measure,
        show(samples, unit),
        base=f"{name}: {show(others, unit)}",
        ratio=show(ratios),
        goal=str(goal or ""),
        met=("yes" if goal.is_met(median(ratios)) else "NO") if goal else "",
    )


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    has_beside = any(row.beside for row in rows)
    lines: list[tuple[str, ...]] = [HEADINGS + (("beside",) if has_beside else ())]
    lines.append(("---",) * len(lines[0]))
    for row in rows:
        line = (row.measure, row.value, row.base, row.ratio, row.goal, row.met)
        lines.append(line + ((row.beside,) if has_beside else ()))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def facts(postgres: str, rabbitmq: str, rounds: int) -> str:
    """What the numbers depend on, in one line."""
    commit = _git("describe", "--always")
    # What is written here itself, part by part, changes nothing that is measured.
    changed = _git("status", "--porcelain", "--", ".", ":!bench/RESULTS.md", ":!bench/results*")
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} cores ({platform.machine()})"
        f" · Python {platform.python_version()} · PostgreSQL {postgres} (fsync on)"
        f" · RabbitMQ {rabbitmq} · commit {commit or 'unknown'}{'-dirty' if changed else ''}"
        f" · rounds {rounds} · load at the end {load}"
    )


def _git(*arguments: str) -> str:
    """What git says of this checkout; nothing where it is none."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
