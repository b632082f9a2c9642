"""The verbs that identity adds to the command line of every service."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import click

from chassis.retry_commands import retry_commands
from chassis.tools import Tools, with_tools
from services.identity import keys, ledger, rules
from services.identity.actions import invitations, leaving, moderation, restoring
from services.identity.actions.mails import QUEUE
from services.identity.errors import LastAdministrator
from services.identity.queries import members as queries
from services.identity.queries.invitations import list_without_sponsor


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


@click.command("rotate-keys")
@click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Where signing.pem and public.json are.",
)
@click.option("--now", is_flag=True, help="The private key was stolen: in one step, at any cost.")
def rotate_keys(folder: Path, now: bool) -> None:
    """Take the next of three steps to a new key pair, and say what to do before the one after.

    Nobody is signed out: both public keys are known while tokens of either are about. With
    --now the old key is forgotten at once, and clients refresh their sessions.
    """
    try:
        done = keys.replace(folder) if now else keys.rotate(folder)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(done)


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


@click.group("invitations")
def invitations_of_operator() -> None:
    """Invitations that the command line printed: list those that are open, take one back."""


@invitations_of_operator.command("list")
@with_tools
def list_operators_invitations(tools: Tools) -> None:
    """One line each: id, role, since when, until when."""
    with tools.database.transaction() as session:
        found = list_without_sponsor(session)
    for made in found:
        click.echo(
            f"{made.id}  {made.role}  {made.created_at:%Y-%m-%d}  {made.expires_at:%Y-%m-%d}"
        )
    if not found:
        click.echo("None.")


@invitations_of_operator.command("revoke")
@click.argument("invitation_id", type=UUID)
@with_tools
def revoke_invitation(tools: Tools, invitation_id: UUID) -> None:
    """Take an open invitation back, whoever made it."""
    with tools.database.transaction() as session:
        invitations.revoke_invitation(session, actor=None, invitation_id=invitation_id)
    click.echo("Revoked.")


@click.group("members")
def members() -> None:
    """Find members, and do to them what moderators do, as the operator."""


@members.command("find")
@click.argument("text")
@with_tools
def find_members(tools: Tools, text: str) -> None:
    """Members by address, id, or words of the name, whatever their state: one line each."""
    with tools.database.transaction() as session:
        found = queries.find_members(session, text=text)
        for member, email in found:
            click.echo(
                f"{member.id}  {member.state:9}  {member.role:13}  {email or '-'}  {member.name}"
            )
    if not found:
        click.echo("None.")


@members.command("erase")
@click.argument("member_id", type=UUID)
@click.option("--with-posts", is_flag=True, help="What they wrote goes as well.")
@click.confirmation_option(prompt="This cannot be undone. Erase?")
@with_tools
def erase_member(tools: Tools, member_id: UUID, with_posts: bool) -> None:
    """Let somebody leave who cannot do it themselves: everything that names them is erased."""
    with tools.database.transaction() as session:
        leaving.leave(session, member_id=member_id, removes_posts=with_posts, proven_hash=None)
    click.echo("Erased.")


@click.command("erase-again")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@with_tools
def erase_again(tools: Tools, file: TextIO) -> None:
    """After a restore: erase again who left since the backup, as FILE says (`-`: as is read).

    FILE is the ledger that the worker keeps (SKILLER_ERASURE_LEDGER), or a later backup's.
    """
    try:
        left = ledger.read(file)
    except ValueError as error:
        raise click.ClickException(f"The ledger is not one: {error}.") from error
    count, refused = 0, []
    for member_id, removes_posts in left.items():
        try:
            with tools.database.transaction() as session:
                count += restoring.erase_again(
                    session, member_id=member_id, removes_posts=removes_posts
                )
        except LastAdministrator:
            refused.append(member_id)
    click.echo(f"{count} member{'' if count == 1 else 's'} erased again.")
    for member_id in refused:
        click.echo(f"{member_id} is the last administrator: make another one, then erase them.")


def _add_act(name: str, act: str, what: str) -> None:
    """A verb that does one act of moderation."""

    @members.command(name, help=what)
    @click.argument("member_id", type=UUID)
    @_with_role(act)
    @click.option("--reason", required=True, help="Kept with the act; they may read it.")
    @click.option("--dry-run", is_flag=True, help="Only tell whom it would concern.")
    @with_tools
    def command(
        tools: Tools, member_id: UUID, reason: str, dry_run: bool, role: str | None = None
    ) -> None:
        with tools.database.transaction() as session:
            outcome = moderation.perform_act(
                session,
                actor=None,
                act=act,
                member_id=member_id,
                reason=reason,
                role=role,
                is_dry_run=dry_run,
            )
        for member in outcome.affected:
            click.echo(f"{member.id}  {member.name}")
        verb = "would be concerned" if dry_run else "concerned"
        click.echo(f"{len(outcome.affected)} {verb}.")


def _with_role(act: str) -> Callable[[Any], Any]:
    if act != "change_role":
        return lambda command: command
    return click.argument("role", type=click.Choice(["member", "moderator", "administrator"]))


_add_act("suspend", "suspend", "End somebody's right to sign in and write.")
_add_act("prune", "prune", "The same for somebody and everybody below them in the tree.")
_add_act("reinstate", "reinstate", "Give somebody who is suspended their rights back.")
_add_act("reinstate-branch", "reinstate_branch", "Undo the pruning at somebody.")
_add_act("stop-inviting", "stop_inviting", "Let somebody invite no more; they read the reason.")
_add_act("allow-inviting", "allow_inviting", "Let somebody invite again.")
_add_act("change-role", "change_role", "Make somebody a member, moderator or administrator.")


def _tell_mail(mail: Mapping[Any, Any]) -> str:
    # Who left is named nowhere, not where their mails are still to be forgotten.
    whom = "" if mail["kind"] == "forget" else mail["email"]
    return f"{mail['kind']}  {mail['created_at']:%Y-%m-%d %H:%M:%S}  {whom}  {mail['error']}"


mails = retry_commands(
    "mails",
    QUEUE,
    about="Mails that wait to be sent, or were given up: list, retry or drop them.",
    line=_tell_mail,
)
