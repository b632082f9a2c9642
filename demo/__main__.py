"""`python -m demo import FOLDER --community NAME`."""

import logging
import sys
import time
from pathlib import Path

import click

from chassis import settings
from demo.arrival import NotArrived, wait_for_events
from demo.communities import CommunityNotFound, read_community
from demo.importing import Import, OtherData, describe_span
from demo.machine import Machine, NothingRuns, WentAway, find_databases
from demo.report import describe_experts


@click.group()
def main() -> None:
    """Communities to try Skiller with."""


@main.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--community", required=True, help="Name of the data in the folder.")
def import_(folder: Path, community: str) -> None:
    """Import a real community's posts and likes, then show its experts.

    What was interrupted goes on where it ended; nothing is imported twice.
    """
    # A connection that is lost is waited for and told in one line, not with a traceback.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    try:
        _import(folder, community)
    except (CommunityNotFound, NothingRuns, NotArrived, OtherData, WentAway) as error:
        sys.exit(str(error))


def _import(folder: Path, name: str) -> None:
    community = read_community(folder, name)
    with Machine(lambda: find_databases(settings.environment()), click.echo) as machine:
        click.echo(f"{name}: {describe_span(community)}.")
        started = time.monotonic()
        Import(community, machine).run()
        click.echo(f"Imported in {time.monotonic() - started:.1f} s.")
        wait_for_events(machine)
        click.echo(f"All events arrived after {time.monotonic() - started:.1f} s.")
        for line in machine.do("skills", lambda of: list(describe_experts(of, community))):
            click.echo(line)


if __name__ == "__main__":
    main()
