"""The verbs that identity adds to the command line of every service."""

from pathlib import Path
from uuid import UUID

import click

from chassis.cli import Tools, with_tools
from services.identity import keys, rules
from services.identity.actions import invitations
from services.identity.actions import mails as mail_actions
from services.identity.queries.mails import list_mails


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


@click.group()
def mails() -> None:
    """Mails that wait to be sent, or were given up: list, retry or drop them."""


@mails.command("list")
@with_tools
def list_waiting(tools: Tools) -> None:
    """One line each: id, state, attempts, kind, since when, to whom, error."""
    with tools.database.transaction() as session:
        found = list_mails(session)
    for mail in found:
        whom = "" if mail.kind == "forget" else mail.email
        click.echo(
            f"{mail.id}  {mail.state:7}  {mail.attempts}  {mail.kind}"
            f"  {mail.created_at:%Y-%m-%d %H:%M:%S}  {whom}  {mail.error}".rstrip()
        )
    if not found:
        click.echo("None.")


@mails.command("retry")
@click.argument("mail_id", type=UUID, required=False)
@click.option("--all", "everything", is_flag=True, help="All dead ones.")
@with_tools
def retry(tools: Tools, mail_id: UUID | None, everything: bool) -> None:
    """Let the worker try again, from the first attempt."""
    if (mail_id is None) != everything:
        raise click.UsageError("Name one id, or --all.")
    with tools.database.transaction() as session:
        count = mail_actions.retry_mails(session, mail_id=mail_id)
    click.echo(f"{count} to be tried again.")


@mails.command("drop")
@click.argument("mail_id", type=UUID)
@with_tools
def drop(tools: Tools, mail_id: UUID) -> None:
    """Give one up for good."""
    with tools.database.transaction() as session:
        mail_actions.drop_mail(session, mail_id=mail_id)
    click.echo("Dropped.")
