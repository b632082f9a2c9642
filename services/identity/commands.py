"""The verbs that identity adds to the command line of every service."""

from pathlib import Path

import click

from chassis.cli import Tools, with_tools
from services.identity import keys, rules
from services.identity.actions import invitations


@click.command("make-keys")
@click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where signing.pem (for identity alone) and public.json (for everyone) go.",
)
def make_keys(folder: Path) -> None:
    """Make the key pair of access tokens; an existing one is never overwritten."""
    try:
        keys.write_pair(folder)
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} exists; nothing was written.") from error
    click.echo(f"Wrote {folder / keys.PRIVATE_FILE} and {folder / keys.PUBLIC_FILE}.")


@click.command("invite-administrator")
@click.option("--first", is_flag=True, help="Only while nobody has joined; for each start.")
@with_tools
def invite_administrator(tools: Tools, first: bool) -> None:
    """Print a link by which one person joins as an administrator."""
    invite = invitations.invite_first_administrator if first else invitations.invite_administrator
    with tools.database.transaction() as session:
        token = invite(session)
    if token:
        url = rules.join_url(tools.settings.public_url, token)
        click.echo(f"Administrator invitation: {url}")
