"""The transaction of a request: `with transaction() as session` in a view."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g
from sqlalchemy.orm import Session

from chassis.database import Database


@contextmanager
def transaction() -> Iterator[Session]:
    """The database transaction of the current application; joins the one already open.

    Commits at the end of the outermost block, rolls back on any exception.
    """
    joined: Session | None = g.get("session")
    if joined is not None:
        yield joined
        return
    database: Database = current_app.extensions["database"]
    with database.transaction() as session:
        g.session = session
        try:
            yield session
        finally:
            g.session = None
