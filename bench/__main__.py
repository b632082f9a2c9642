"""`python -m bench`: measure, print the table, and keep it; RESULTS.md shows the last of each."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import structlog

from bench import (
    api,
    busy,
    consumer,
    gateway,
    growth,
    latency,
    months,
    night,
    notices,
    pages,
    projects,
    pushes,
    relay,
    relays,
    report,
    results,
    sign_in,
    skills,
    slow_bodies,
    standing,
    sustained,
    tokens,
    visible,
)
from bench.report import Row
from bench.servers import Machine, machine

RESULTS = Path(__file__).with_name("results")
PARTS: dict[str, Callable[[Machine, int], list[Row]]] = {
    "gateway": gateway.run,
    "tokens": tokens.run,
    "relay": relay.run,
    "relays": relays.run,
    "consumer": consumer.run,
    "latency": latency.run,
    "sign-in": sign_in.run,
    "api": api.run,
    "growth": growth.run,
    "slow-bodies": slow_bodies.run,
    "skills": skills.run,
    "night": night.run,
    "visible": visible.run,
    "sustained": sustained.run,
    "busy": busy.run,
    "pages": pages.run,
    "notices": notices.run,
    "pushes": pushes.run,
    "months": months.run,
    "projects": projects.run,
    "standing": standing.run,
}


@click.command()
@click.option("--only", default=",".join(PARTS), show_default=True, help="Parts to measure.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 50))
@click.option(
    "--beside",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="Another checkout, measured in the same rounds (api, growth, relays).",
)
def main(only: str, rounds: int, beside: Path | None) -> None:
    """Measure what is promised. The exit status is 0: a measurement, not a gate."""
    chosen = [name.strip() for name in only.split(",")]
    if unknown := set(chosen) - set(PARTS):
        raise click.BadParameter(f"unknown: {', '.join(sorted(unknown))}", param_hint="--only")
    # Between the rows, a person waits: warnings only.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    found: dict[str, list[Row]] = {}
    versions = ("not started", "not asked")
    try:
        with machine(beside) as measured_on:
            versions = measured_on.versions()
            for name in chosen:
                click.echo(f"{name} …", err=True)
                found[name] = _run(name, measured_on, rounds)
    except Exception as error:
        found["the machine"] = [_failure("the machine", error)]
    facts = report.facts(*versions, rounds)
    rows = [row for part in found.values() for row in part]
    _tell(f"## {facts}\n\n{report.table(rows)}\n")
    if not beside:
        results.keep({name: rows for name, rows in found.items() if name in PARTS}, facts)


def _tell(text: str) -> None:
    """Print, and add to the day's file: a part measured again hides nothing."""
    click.echo(text)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{date.today()}.md").open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def _run(name: str, measured_on: Machine, rounds: int) -> list[Row]:
    try:
        return PARTS[name](measured_on, rounds)
    except Exception as error:
        return [_failure(name, error)]


def _failure(name: str, error: Exception) -> Row:
    words = " ".join(str(error).split()).replace("|", "/")
    return Row(name, f"did not run: {type(error).__name__}: {words[:200]}")


if __name__ == "__main__":
    main()
