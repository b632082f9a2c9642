"""Schema migrations of one service: Alembic, run under an advisory lock.

Revisions are numbered (`0001`, `0002`, …), so that a process can tell whether its
database is at its own migration or at a newer one.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis.database import driver_url
from chassis.errors import Conflict

BUSY_SECONDS, WAIT_MILLISECONDS = 60.0, 800
_TABLES = """SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'
    ORDER BY tablename NOT IN ('members', 'member_refs'), tablename"""


class DatabaseNewer(Conflict):
    """A newer release has migrated the database: this one would not know what it finds."""

    code = "database_newer"


class DatabaseBusy(Conflict):
    """Somebody holds a table for long, as a backup does, and another migration may."""

    code = "database_busy"
    detail = "Others use the database without a pause, a backup for one: try again."


def migrate(
    url: str, scripts: Path, seed: Callable[[Session], None] | None = None, *, to: str = "head"
) -> None:
    """Bring the database to the newest migration, or to the one named, then fill what the
    code brings along.

    Others may use it meanwhile. Raises DatabaseNewer or DatabaseBusy, before anything is changed.
    """
    engine = create_engine(driver_url(url))
    try:
        _upgrade_when_free(engine, scripts, to)
        if seed:
            # By itself: nobody is kept out meanwhile.
            with _alone(engine) as connection, Session(connection) as session:
                seed(session)
                session.flush()
    finally:
        engine.dispose()


def _upgrade_when_free(engine: Engine, scripts: Path, to: str) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            with _alone(engine) as connection:
                config = _config(scripts, connection)
                if _is_behind(config, connection):
                    _keep_others_out(connection)
                    command.upgrade(config, to)
            return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                raise
            if time.monotonic() > deadline:
                raise DatabaseBusy from error
        time.sleep(random.uniform(0.1, 0.5))


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction beside which no other of these is."""
    with engine.begin() as connection:
        key = crc32(b"migrate")
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
        yield connection


def _keep_others_out(connection: Connection) -> None:
    """Hold all tables until the end; raises OperationalError where one is not free soon.

    One after the other, as the changes come to them, would be a deadlock with whoever holds one
    and waits for another. Members' first, as everybody does; a short wait, for all wait behind it.
    """
    names = connection.scalars(text(_TABLES)).all()
    if names:
        connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_MILLISECONDS}ms'"))
        connection.execute(text(f"LOCK TABLE {', '.join(names)}"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))


def run() -> None:
    """Called by each service's `migrations/env.py`."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection)
    context.run_migrations()


def _is_behind(config: Config, connection: Connection) -> bool:
    """Whether there is anything to migrate; raises DatabaseNewer."""
    found = MigrationContext.configure(connection).get_current_revision()
    known = ScriptDirectory.from_config(config)
    if found and found not in {script.revision for script in known.walk_revisions()}:
        raise DatabaseNewer(
            f"The database {connection.engine.url.database} is at migration {found}, and this"
            f" release knows up to {known.get_current_head()}: run the newer release, or restore"
            " the backup made before the upgrade."
        )
    return found != known.get_current_head()


def _config(scripts: Path, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
