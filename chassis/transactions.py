"""A request's way to its database: `with transaction()` to write, `with reading()` to read."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g
from sqlalchemy.orm import Session

from chassis.database import Database
from chassis.statements import ReadSession


@contextmanager
def transaction() -> Iterator[Session]:
    """The database transaction of the current application; joins the one already open.

    Commits at the end of the outermost block, rolls back on any exception.
    """
    _count_block()
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


@contextmanager
def single() -> Iterator[None]:
    """Where `with transaction()` may be said once: what is kept around it has one to join.

    A second one would join too, and what its view does in between would happen under the locks
    of the first: RuntimeError.
    """
    g.blocks_left = 1
    try:
        yield
    finally:
        g.blocks_left = None


def _count_block() -> None:
    left: int | None = g.get("blocks_left")
    if left == 0:
        raise RuntimeError("a view that is idempotent has one transaction")
    if left is not None:
        g.blocks_left = left - 1


@contextmanager
def reading() -> Iterator[ReadSession]:
    """Where a view reads that writes nothing: outside of a transaction, each statement alone.

    Joins a transaction that is open, and sees what it wrote.
    """
    joined: Session | None = g.get("session")
    if joined is not None:
        yield joined
        return
    database: Database = current_app.extensions["database"]
    with database.reading() as connection:
        yield connection
