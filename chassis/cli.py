"""The command line of a service: `python -m services.<name> <verb>`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from sqlalchemy import RowMapping

from chassis import garbage, logs, metrics, migrations, reconciling, tracing
from chassis.chores import chore_loops
from chassis.database import WORKER_LOCK_SECONDS
from chassis.errors import ServiceError
from chassis.messaging import failures, worker
from chassis.messaging.consumer import Consumer
from chassis.messaging.privacy import mask
from chassis.messaging.republish import republish
from chassis.messaging.topology import Topology, read_subscriptions
from chassis.reconciling import Total
from chassis.retry_commands import retry_commands
from chassis.service import ROOT, Service
from chassis.settings import SettingsError
from chassis.tools import Tools, with_tools
from contracts import EVENTS


class _Group(click.Group):
    """Says a configuration mistake or a named failure in one line instead of a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except SettingsError as error:
            sys.exit("Configuration:\n  " + "\n  ".join(error.mistakes))
        except ServiceError as error:
            sys.exit(error.message)


def command_line(service: Service) -> click.Group:
    """The verbs that all services share; a service may add its own to the group."""

    @click.group(cls=_Group, help=f"The {service.name} service of Skiller.")
    def group() -> None:
        """Each verb reads the settings itself, so `--help` needs none."""

    verbs = (serve, work, migrate, rebuild, republish_history, reconcile, dead_letters)
    for verb in (*verbs, after_restore):
        group.add_command(verb)
    group.context_settings = {"obj": service}
    return group


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address to listen on.")
@click.pass_obj
def serve(service: Service, bind: str) -> None:
    """Serve the web application with gunicorn."""
    from gunicorn.app.wsgiapp import run  # only this verb needs it

    sys.argv = [
        "gunicorn",
        "--config",
        str(ROOT / "deploy" / "gunicorn.conf.py"),
        "--bind",
        bind,
        "--name",
        service.name,
        f"services.{service.name}.app:create_app()",
    ]
    run()


@click.command()
@click.option("--check", is_flag=True, help="Only tell whether the worker's heartbeat is fresh.")
@with_tools
def work(tools: Tools, check: bool) -> None:
    """Relay this service's events and handle those of others."""
    settings, service = tools.settings, tools.service
    heartbeat = Path(settings.heartbeat_file) if settings.heartbeat_file else None
    if check:
        sys.exit(0 if heartbeat and worker.is_alive(heartbeat) else "The worker is not alive.")
    if not settings.broker_url:
        raise SettingsError(["SKILLER_BROKER_URL: is required to work"])
    logs.configure(settings, process=f"{service.name}-worker")
    metrics.serve(settings.metrics_port, settings.metrics_address)
    tracing.start(settings, f"{service.name}-worker")
    topology = Topology(read_subscriptions(), settings.broker_namespace)
    tools.lock_seconds = WORKER_LOCK_SECONDS
    consumer = Consumer(service.name, tools.database, service.handlers)
    loops = worker.rabbit_loops(
        service.name, tools.database, consumer, settings.broker_url, topology
    )
    loops.append(worker.housekeeping([consumer]))
    loops += chore_loops(service.name, service.chores, tools.database, settings)
    worker.run(loops, heartbeat=heartbeat)


@click.command()
@with_tools
def migrate(tools: Tools) -> None:
    """Bring the database to this code's newest migration."""
    service = tools.service
    migrations.migrate(tools.settings.database_url, service.folder / "migrations", service.seed)


@click.command()
@with_tools
def rebuild(tools: Tools) -> None:
    """Empty what is made from other services' events; then `republish` from each of them."""
    empty = tools.service.empty
    if empty is None:
        raise click.UsageError("This service keeps nothing of others.")
    with tools.database.transaction() as session:
        empty(session)
    publishers = ", ".join(_publishers_for(tools.service.name))
    click.echo(f"Emptied. Now: republish --to {tools.service.name} from {publishers}.")


@click.command("after-restore")
@with_tools
def after_restore(tools: Tools) -> None:
    """After a restore: end what is of the past, as sessions and mails that wait."""
    if act := tools.service.after_restore:
        with tools.database.transaction() as session:
            act(session)
    click.echo("Done.")


@click.command("republish")
@click.option(
    "--to", "targets", required=True, multiple=True, help="A service to tell it to; repeatable."
)
@click.option("--event", "events", multiple=True, help="Only this event type; repeatable.")
@with_tools
def republish_history(tools: Tools, targets: tuple[str, ...], events: tuple[str, ...]) -> None:
    """Tell this service's past again to one listener or some, while live events keep flowing."""
    garbage.look_seldom()
    wanted = {target: _heard(target, events) for target in targets}
    for target, types in wanted.items():
        count = republish(tools.database, tools.service.history, target, types)
        click.echo(f"{count} events recorded for {target}.")


def _heard(target: str, events: tuple[str, ...]) -> list[str]:
    """The types that a service listens to, of those named where any is; raises UsageError."""
    heard = [name for name, services in read_subscriptions().items() if target in services]
    wanted = [name for name in events or heard if name in heard]
    if not wanted:
        raise click.UsageError(f"{target} listens to none of these events.")
    return wanted


@click.command()
@click.option("--compare", is_flag=True, help="Read what all services printed from standard input.")
@with_tools
def reconcile(tools: Tools, compare: bool) -> None:
    """Print the totals of what this service shares with others, or compare all services'."""
    if compare:
        say_differences(reconciling.read_lines(sys.stdin))
        return
    with tools.database.transaction() as session:
        totals = reconciling.count(session, tools.service.name, tools.service.all_shares)
    for total in totals:
        click.echo(total.to_line())


def say_differences(totals: Iterable[Total]) -> None:
    """Print what differs, one line each, and exit with status 1 where anything does."""
    count, told = reconciling.compare(totals)
    for sentence in told:
        click.echo(sentence)
    if told or not count:
        sys.exit(1 if told else "Nothing was compared: no totals came in.")
    click.echo(f"All {count} replicas agree with their owners.")


def _tell(event: RowMapping) -> str:
    error = event["error"].strip().splitlines()
    since = f"{event['first_failed_at']:%Y-%m-%d %H:%M:%S}"
    return f"{event['type'] or 'undecodable'}  {since}  {error[-1][:100] if error else ''}"


def _tell_whole(event: RowMapping) -> str:
    return f"{mask(event['body']).decode('utf-8', 'backslashreplace')}\n{event['error']}"


dead_letters = retry_commands(
    "dead-letters",
    failures.QUEUE,
    about="Events that could not be applied: list, show, retry or drop them.",
    line=_tell,
    whole=_tell_whole,
)


def _publishers_for(service: str) -> list[str]:
    types = [name for name, services in read_subscriptions().items() if service in services]
    return sorted({EVENTS[name].source for name in types})
