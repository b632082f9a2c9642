"""`python -m demo import FOLDER --community NAME`."""

import sys
import time
from pathlib import Path

import click

from chassis import settings
from demo.arrival import NotArrived, wait_for_events
from demo.communities import CommunityNotFound, read_community
from demo.importing import Import, describe_span
from demo.machine import NothingRuns, find_databases
from demo.report import describe_experts


@click.group()
def main() -> None:
    """Communities to try Skiller with."""


@main.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--community", required=True, help="Name of the data in the folder.")
def import_(folder: Path, community: str) -> None:
    """Import a real community's posts and likes, then show its experts."""
    try:
        _import(folder, community)
    except (CommunityNotFound, NothingRuns, NotArrived) as error:
        sys.exit(str(error))


def _import(folder: Path, name: str) -> None:
    community = read_community(folder, name)
    databases = find_databases(settings.environment())
    click.echo(f"{name}: {describe_span(community)}.")
    started = time.monotonic()
    Import(community, databases, click.echo).run()
    click.echo(f"Imported in {time.monotonic() - started:.1f} s.")
    wait_for_events(databases)
    click.echo(f"All events arrived after {time.monotonic() - started:.1f} s.")
    with databases["skills"].transaction() as session:
        for line in describe_experts(session, community):
            click.echo(line)


if __name__ == "__main__":
    main()
