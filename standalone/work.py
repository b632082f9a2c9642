"""The worker process of one machine: migrates every database, then delivers all events.

Told to start by `standalone.run`; `READY_FILE` says when the databases can be used.
"""

import sys
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from pathlib import Path

from chassis import logs, metrics, migrations, settings, tracing
from chassis.chores import chore_loops
from chassis.database import WORKER_LOCK_SECONDS, Database
from chassis.errors import ServiceError
from chassis.messaging import worker
from chassis.messaging.consumer import Consumer
from chassis.settings import ServiceSettings
from services.identity import rules
from services.identity.actions.invitations import invite_first_administrator
from services.identity.config import Settings as IdentitySettings
from standalone.accounts import die_with_parent
from standalone.services import SERVICES, settings_of

READY_FILE = "worker.ready"


def main(run_folder: Path) -> None:
    """Run until SIGTERM; writes the first administrator's invitation into the ready file."""
    environ = settings.environment()
    known = {service.name: settings_of(service, environ) for service in SERVICES}
    logs.configure(known["identity"], process="worker")
    _migrate(known)
    databases = {name: _database(settings) for name, settings in known.items()}
    consumers = {
        service.name: Consumer(service.name, databases[service.name], service.handlers)
        for service in SERVICES
    }
    ready = run_folder / READY_FILE
    ready.with_suffix(".new").write_text(_first_invitation(known["identity"], databases))
    ready.with_suffix(".new").replace(ready)
    chores = [
        loop
        for service in SERVICES
        for loop in chore_loops(
            service.name, service.chores, databases[service.name], known[service.name]
        )
    ]
    tracing.start(known["identity"], "skiller-worker")
    metrics.serve(known["identity"].metrics_port, known["identity"].metrics_address)
    loops = worker.local_loops(databases, consumers)
    worker.run([*loops, worker.housekeeping(list(consumers.values())), *chores])


def _migrate(known: Mapping[str, ServiceSettings]) -> None:
    """In a process that ends: what migrations and catalogues took, 40 MB, goes with it."""
    child = get_context("fork").Process(target=_migrate_all, args=[known, die_with_parent()])
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(child.exitcode)  # its last words are ours: both write to one log


def _migrate_all(known: Mapping[str, ServiceSettings], bind: Callable[[], None] | None) -> None:
    if bind:
        bind()
    try:
        for service in SERVICES:
            folder = service.folder / "migrations"
            migrations.migrate(known[service.name].database_url, folder, service.seed)
    except ServiceError as error:
        sys.exit(error.message)


def _database(settings: ServiceSettings) -> Database:
    return Database(
        settings.database_url, pool_size=settings.pool_size, lock_seconds=WORKER_LOCK_SECONDS
    )


def _first_invitation(settings: ServiceSettings, databases: dict[str, Database]) -> str:
    assert isinstance(settings, IdentitySettings)
    with databases["identity"].transaction() as session:
        token = invite_first_administrator(session)
    return rules.join_url(settings.public_url, token) if token else ""
