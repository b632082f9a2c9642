"""Schema migrations of one service: Alembic, run under an advisory lock.

Revisions are numbered (`0001`, `0002`, …), so that a process can tell whether its
database is at its own migration or at a newer one.
"""

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from chassis.database import driver_url


def migrate(
    url: str, scripts: Path, seed: Callable[[Session], None] | None = None, *, to: str = "head"
) -> None:
    """Bring the database to the newest migration, or to the one named, then fill what the
    code brings along."""
    engine = create_engine(driver_url(url))
    try:
        with engine.begin() as connection:
            key = crc32(b"migrate")
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
            command.upgrade(_config(scripts, connection), to)
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


def _config(scripts: Path, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
