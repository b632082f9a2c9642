"""`python -m demo community`, `… founding`, and `… import FOLDER --community NAME`."""

import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from chassis import garbage, settings
from chassis.errors import ServiceError
from demo.arrival import NotArrived, wait_for_events
from demo.communities import find_community, read_community
from demo.community import arriving
from demo.community.meter import Meter
from demo.community.running import Run
from demo.community.scale import LEAST
from demo.community.tour import describe_tour as describe_community
from demo.dump.staging import POSTS, Dump
from demo.founding.arriving import Arrival
from demo.founding.story import StoryMistake, read_story
from demo.founding.tour import describe_tour
from demo.importing import Import, OtherData, describe_span
from demo.machine import Machine, WentAway
from demo.report import describe_experts
from demo.sources import CommunityNotFound, Earlier, Source
from services.identity import passwords
from standalone import run as standalone
from standalone.databases import NothingRuns, find_databases

COPIED_FROM = 5_000  # members: by their actions these would take a quarter of an hour


@click.group()
def main() -> None:
    """Communities to try Skiller with."""
    # A connection that is lost is waited for and told in one line, not with a traceback.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    garbage.look_seldom()


@main.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--community", help="Its name; of tables also which of those in the folder.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only what came before this day.")
def import_(folder: Path, community: str | None, until: datetime | None) -> None:
    """Import a real community's posts, likes and accepted answers, then show its experts.

    FOLDER has a Stack Exchange dump as it is published (Posts.xml, Users.xml, Votes.xml,
    Comments.xml), or tables (NAME_posts.csv.gz, NAME_votes.csv.gz). What was interrupted goes on
    where it ended; nothing is imported twice.
    """
    try:
        _import(folder, community, until)
    except (CommunityNotFound, NothingRuns, NotArrived, OtherData, WentAway) as error:
        sys.exit(str(error))


def _import(folder: Path, name: str | None, until: datetime | None) -> None:
    if (folder / POSTS).is_file():
        with Dump(folder, name or folder.resolve().name) as dump:
            _import_from(_earlier(dump, until))
    else:
        _import_from(_earlier(read_community(folder, name or find_community(folder)), until))


def _earlier(community: Source, until: datetime | None) -> Source:
    """All of it, or what of it came before a day, in UTC."""
    return Earlier(community, int(until.replace(tzinfo=UTC).timestamp())) if until else community


def _import_from(community: Source) -> None:
    with Machine(lambda: find_databases(settings.environment()), click.echo) as machine:
        click.echo(f"{community.name}: {describe_span(community)}.")
        started = time.monotonic()
        Import(community, machine).run()
        click.echo(f"Imported in {time.monotonic() - started:.1f} s.")
        wait_for_events(machine)
        click.echo(f"All events arrived after {time.monotonic() - started:.1f} s.")
        for line in machine.do("skills", lambda of: list(describe_experts(of, community))):
            click.echo(line)


@main.command()
@click.argument("url", required=False)
@click.option("--members", default=1000, show_default=True, type=click.IntRange(LEAST))
@click.option("--seed", default=1, show_default=True, help="Another makes another community.")
@click.option("--password", help="Of all its members; made up where none is given.")
@click.option(
    "--copy/--no-copy",
    default=None,
    help=f"Write most rows by COPY and tell of them afterwards: so from {COPIED_FROM} members on.",
)
def community(
    url: str | None, members: int, seed: int, password: str | None, copy: bool | None
) -> None:
    """Bring a synthetic community, for each member 10 posts and 30 likes, into a running Skiller.

    Pages have life within half a minute. The same command goes on where it was interrupted, and
    doubles nothing. Two of its members are administrators, and whoever has the password is any of
    them: this is for looking around, not for a Skiller that others reach.
    """
    try:
        is_copied = members >= COPIED_FROM if copy is None else copy
        begin = partial(arriving.begin, members=members, seed=seed, password=_checked(password))
        _make(_url(url), begin, is_copied=is_copied)
    except (NothingRuns, NotArrived, ServiceError, WentAway) as error:
        sys.exit(str(error))


def _make(url: str, begin: Callable[[Machine], arriving.Arrival], *, is_copied: bool) -> None:
    environ = settings.environment()
    with Machine(lambda: find_databases(environ), click.echo) as machine:
        arrival = begin(machine)
        run = Run(arrival, Meter(environ), is_copied)
        run.act()
        run.arrive()
        for line in (*run.lines(), *describe_community(arrival, url)):
            click.echo(line)


@main.command()
@click.argument("url", required=False)
@click.option("--password", help="Of all its members; made up where none is given.")
def founding(url: str | None, password: str | None) -> None:
    """Bring an invented community of thirty members into a running Skiller.

    It ends with the pages worth opening, at URL. The same command goes on where it was
    interrupted, and doubles nothing. Its two founders are administrators, and whoever has the
    password is any of them: this is for looking around, not for a Skiller that others reach.
    """
    try:
        _found(_url(url), _checked(password))
    except (NothingRuns, NotArrived, StoryMistake, WentAway) as error:
        sys.exit(str(error))


def _found(url: str, password: str | None) -> None:
    with Machine(lambda: find_databases(settings.environment()), click.echo) as machine:
        arrival = Arrival(read_story(), machine, password)
        arrival.run()
        for line in describe_tour(arrival, url):
            click.echo(line)


def _url(given: str | None) -> str:
    """Where pages are, for what is printed at the end."""
    return (given or settings.read(standalone.Settings, settings.environment()).url).rstrip("/")


def _checked(password: str | None) -> str | None:
    if password is not None and (weakness := passwords.weakness_of(password, name="", email="")):
        raise click.BadParameter(weakness)
    return password


if __name__ == "__main__":
    main()
