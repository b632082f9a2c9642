"""`python -m backup take FOLDER` and `python -m backup restore FOLDER`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from backup.containers import Containers
from backup.errors import BackupError
from backup.one_machine import OneMachine
from backup.place import Place
from backup.restoring import restore
from backup.taking import take
from chassis import settings
from chassis.errors import ServiceError
from chassis.settings import SettingsError
from standalone.errors import StandaloneError

FOLDER = click.Path(file_okay=False, path_type=Path)
in_containers = click.option("--compose", is_flag=True, help="Of Docker Compose, not of make run.")


@click.group()
def main() -> None:
    """One folder that holds all of Skiller, and the way back from it."""


@main.command("take")
@click.argument("folder", type=FOLDER)
@in_containers
@click.option("--encrypt", is_flag=True, help="Seal the keys with a passphrase, which is asked.")
def take_(folder: Path, compose: bool, encrypt: bool) -> None:
    """Back all of it up into FOLDER, which is made, while people write."""
    passphrase = None
    if encrypt:
        passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    with _place(compose) as place:
        made = take(place, folder, passphrase=passphrase)
    size = sum(dump.bytes for dump in made.databases.values())
    click.echo(f"{folder}: {len(made.databases)} databases, {size / 1e6:.1f} MB, and the keys.")
    if made.open_rounds:
        click.echo(
            f"{len(made.open_rounds)} rounds of opinions without names are open: this backup links"
            " their members to answers. Delete it when it expires."
        )


@main.command("restore")
@click.argument("folder", type=FOLDER)
@in_containers
@click.option(
    "--erased",
    type=click.File("r", encoding="utf-8"),
    help="A ledger of who left since: that of the old machine, or of a later backup.",
)
def restore_(folder: Path, compose: bool, erased: TextIO | None) -> None:
    """Restore FOLDER into a place that holds nothing yet."""
    with _place(compose) as place:
        ledger = place.ledger() if not compose else ""
        ledger += f"\n{erased.read()}" if erased else ""
        differences = restore(place, folder, ledger=ledger, ask=_ask_passphrase, say=click.echo)
        for line in differences:
            click.echo(f"Mended: {line}")
        click.echo(place.finish())


@contextmanager
def _place(compose: bool) -> Iterator[Place]:
    """Where Skiller is; what cannot be done is one line and status 1."""
    try:
        if compose:
            yield Containers()
        else:
            with OneMachine(settings.environment()) as machine:
                yield machine
    except (BackupError, ServiceError, StandaloneError) as error:
        sys.exit(f"{error}.".replace("..", "."))
    except SettingsError as error:
        sys.exit("; ".join(error.mistakes))


def _ask_passphrase() -> str:
    passphrase: str = click.prompt("Passphrase of the keys", hide_input=True)
    return passphrase


if __name__ == "__main__":
    main()
