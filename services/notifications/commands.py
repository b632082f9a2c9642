"""The verbs that notifications adds to the command line of every service."""

import os
import sys
from collections.abc import Mapping
from email import message_from_binary_file, policy
from pathlib import Path
from typing import Any

import click

from chassis.retry_commands import retry_commands
from chassis.tools import Tools, with_tools
from services.notifications import returns
from services.notifications.actions.mails import QUEUE
from services.notifications.actions.pushes import QUEUE as PUSHES
from services.notifications.actions.returning import note_return
from services.notifications.links import Keys
from services.notifications.pushing.vapid import make_key


@click.command("bounce")
@with_tools
def bounce(tools: Tools) -> None:
    """Read one message from standard input that came to the return address, and note what it says.

    A mail server calls this for each (docs/guides/send-mail.md). Ends well whatever the message
    says, so that no server bounces a bounce; says in one line what it made of it.
    """
    message = message_from_binary_file(sys.stdin.buffer, policy=policy.compat32)
    found = returns.read_report(message, Keys(tools.settings.link_secret))
    if found is None:
        click.echo("Ignored: no report of a mail of ours.")
        return
    with tools.database.transaction() as session:
        counts = note_return(session, mail_id=found.mail_id, is_permanent=found.is_permanent)
    told = f"came back for {'good' if found.is_permanent else 'now'}" if counts else "known, or old"
    click.echo(f"{found.mail_id}: {told}.")


@click.command("make-push-key")
@click.option(
    "--file",
    "file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the private key goes (SKILLER_VAPID_KEY_FILE).",
)
def make_push_key(file: Path) -> None:
    """Make the key by which push services know us; an existing one is never overwritten.

    Another key ends all subscriptions: browsers ask for pushes of one key.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{file} exists; nothing was written.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(make_key())
    click.echo(f"Wrote {file}.")


def _tell_mail(mail: Mapping[Any, Any]) -> str:
    # Addresses are named nowhere but where mails are sent.
    return f"{mail['kind']}  {mail['created_at']:%Y-%m-%d %H:%M:%S}  {mail['error']}"


mails = retry_commands(
    "mails",
    QUEUE,
    about="Mails that wait to be sent, or were given up: list, retry or drop them.",
    line=_tell_mail,
)


def _tell_push(push: Mapping[Any, Any]) -> str:
    return f"{push['created_at']:%Y-%m-%d %H:%M:%S}  {push['error']}"


pushes = retry_commands(
    "pushes",
    PUSHES,
    about="Pushes that wait for a push service, or were given up: list, retry or drop them.",
    line=_tell_push,
)
