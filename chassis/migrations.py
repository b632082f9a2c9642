"""Schema migrations of one service: Alembic, run under an advisory lock.

Revisions are numbered (`0001`, `0002`, …), so that a process can tell whether its
database is at its own migration or at a newer one.
"""

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from chassis.database import driver_url
from chassis.errors import Conflict


class DatabaseNewer(Conflict):
    """A newer release has migrated the database: this one would not know what it finds."""

    code = "database_newer"


def migrate(
    url: str, scripts: Path, seed: Callable[[Session], None] | None = None, *, to: str = "head"
) -> None:
    """Bring the database to the newest migration, or to the one named, then fill what the
    code brings along.

    Raises DatabaseNewer, before anything is changed.
    """
    engine = create_engine(driver_url(url))
    try:
        with engine.begin() as connection:
            key = crc32(b"migrate")
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
            config = _config(scripts, connection)
            _refuse_newer(config, connection)
            command.upgrade(config, to)
            if seed:
                with Session(connection) as session:
                    seed(session)
                    session.flush()
    finally:
        engine.dispose()


def run() -> None:
    """Called by each service's `migrations/env.py`."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection)
    context.run_migrations()


def _refuse_newer(config: Config, connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = ScriptDirectory.from_config(config)
    if found and found not in {script.revision for script in known.walk_revisions()}:
        raise DatabaseNewer(
            f"The database {connection.engine.url.database} is at migration {found}, and this"
            f" release knows up to {known.get_current_head()}: run the newer release, or restore"
            " the backup made before the upgrade."
        )


def _config(scripts: Path, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
