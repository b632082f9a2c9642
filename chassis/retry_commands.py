"""The commands about what is tried again: list, show, retry, drop; the same for every queue."""

from collections.abc import Callable
from uuid import UUID

import click
from sqlalchemy import RowMapping

from chassis.retries import Queue
from chassis.tools import Tools, with_tools

Tell = Callable[[RowMapping], str]


def retry_commands(
    name: str, queue: Queue, *, about: str, line: Tell, whole: Tell | None = None
) -> click.Group:
    """A group of commands; `line` tells a row in the list, `whole` all of it where it has more.

    Each line begins with id, state and attempts.
    """
    group = click.Group(name, help=about)
    group.add_command(_list(queue, line))
    group.add_command(_retry(queue))
    group.add_command(_drop(queue))
    if whole:
        group.add_command(_show(queue, whole))
    return group


def _list(queue: Queue, line: Tell) -> click.Command:
    @click.command("list")
    @with_tools
    def list_rows(tools: Tools) -> None:
        """One line each, the dead first: id, state, attempts, what, since when, error."""
        with tools.database.transaction() as session:
            rows = queue.list_rows(session)
        for row in rows:
            click.echo(f"{row['id']}  {row['state']:7}  {row['attempts']}  {line(row)}".rstrip())
        if not rows:
            click.echo("None.")

    return list_rows


def _show(queue: Queue, whole: Tell) -> click.Command:
    @click.command("show")
    @click.argument("row_id", metavar="ID", type=UUID)
    @with_tools
    def show(tools: Tools, row_id: UUID) -> None:
        """One with all that is kept of it, and why it failed."""
        with tools.database.transaction() as session:
            row = queue.get(session, row_id)
        when = "next" if row["state"] == "waiting" else "last"
        click.echo(
            f"state: {row['state']}, attempts: {row['attempts']}, {when}: {row['next_try_at']}"
        )
        click.echo(whole(row))

    return show


def _retry(queue: Queue) -> click.Command:
    @click.command("retry")
    @click.argument("row_id", metavar="ID", type=UUID, required=False)
    @click.option("--all", "everything", is_flag=True, help="All dead ones.")
    @with_tools
    def retry(tools: Tools, row_id: UUID | None, everything: bool) -> None:
        """Let the worker try again, from the first attempt."""
        if (row_id is None) != everything:
            raise click.UsageError("Name one id, or --all.")
        with tools.database.transaction() as session:
            count = queue.retry(session, row_id)
        click.echo(f"{count} to be tried again.")

    return retry


def _drop(queue: Queue) -> click.Command:
    @click.command("drop")
    @click.argument("row_id", metavar="ID", type=UUID)
    @with_tools
    def drop(tools: Tools, row_id: UUID) -> None:
        """Give one up for good."""
        with tools.database.transaction() as session:
            queue.drop(session, row_id)
        click.echo("Dropped.")

    return drop
