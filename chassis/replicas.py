"""What a listener keeps of another service's rows: twice, late or in another order, it is the same.

The `revision` of the event decides, never a clock, and no row is deleted. The owner of a
toggle uses `chassis.toggles`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.orm import Session

from chassis.statements import Statement

Row = Mapping[str, Any]
Key = tuple[Any, ...]


def upsert_newer(session: Session, model: Any, rows: Sequence[Row]) -> set[Key]:
    """Insert rows or replace older ones; each row carries its primary key and `revision`.

    Returns the keys of the rows that changed. Of several rows with one key the
    highest revision counts. Rows are written in key order, so two writers never
    wait for each other crosswise.
    """
    if not rows:
        return set()
    table: Table = model.__table__
    keys = [column.name for column in table.primary_key]
    newest: dict[Key, Row] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        if key not in newest or newest[key]["revision"] < row["revision"]:
            newest[key] = row
    ordered = [newest[key] for key in sorted(newest)]
    names = tuple(ordered[0])
    columns = {name: [row[name] for row in ordered] for name in names}
    return {tuple(row) for row in _upsert(table, names).rows(session, **columns)}


@cache
def _upsert(table: Table, names: tuple[str, ...]) -> Statement:
    keys = [column.name for column in table.primary_key]
    statement = insert_all(table, names)
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in names if name not in keys},
        where=table.c.revision < statement.excluded.revision,
    )
    return Statement(statement.returning(*(table.c[key] for key in keys)))


def insert_all(model: type[Any] | Table, names: Sequence[str]) -> Insert:
    """An insert of any number of rows, each column's values as one array by its name.

    The same text for every batch: compiled once here and planned once by the server,
    where a list of values is another statement for each number of rows.
    """
    new = insert(model)
    arrays = (
        func.unnest(cast(bindparam(name), ARRAY(new.table.c[name].type))).label(name)
        for name in names
    )
    return new.from_select(list(names), select(*arrays))
