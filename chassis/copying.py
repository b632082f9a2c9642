"""Rows in bulk by PostgreSQL's COPY, in a session's transaction: for whoever fills tables."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.orm import Session

from chassis.database import as_database_error
from chassis.statements import connection_of


def copy_rows(session: Session, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Stream rows into a table, all with the columns of the first; none: nothing is done.

    Triggers and constraints hold as for an insert. Raises what a session raises when the database
    fails.
    """
    remaining = iter(rows)
    first = next(remaining, None)
    if first is None:
        return
    names = list(first)
    columns = SQL(", ").join(map(Identifier, names))
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), columns)
    connection = connection_of(session)
    try:
        with connection.cursor() as cursor, cursor.copy(statement) as target:
            for row in chain([first], remaining):
                target.write_row([row[name] for name in names])
    except psycopg.Error as error:
        raise as_database_error(error, is_broken=connection.closed) from error
