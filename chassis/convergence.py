"""Writes that converge: told twice, late or in another order, they end in the same rows.

The owner of a toggle (like, follow, block) uses `set_state`; a listener that keeps
what another service owns uses `upsert_newer`. Both decide by a `revision`, never by
a clock, and neither deletes a row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.orm import Session

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
    statement = insert_all(table, list(ordered[0]))
    replaced = {name: statement.excluded[name] for name in ordered[0] if name not in keys}
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_=replaced,
        where=table.c.revision < statement.excluded.revision,
    )
    returning = statement.returning(*(table.c[key] for key in keys))
    columns = {name: [row[name] for row in ordered] for name in ordered[0]}
    return {tuple(row) for row in session.execute(returning, columns)}


def insert_all(table: Table, names: Sequence[str]) -> Insert:
    """An insert of any number of rows, each column's values as one array by its name.

    The same text for every batch: compiled once here and planned once by the server,
    where a list of values is another statement for each number of rows.
    """
    arrays = (
        func.unnest(cast(bindparam(name), ARRAY(table.c[name].type))).label(name) for name in names
    )
    return insert(table).from_select(list(names), select(*arrays))


def set_state(
    session: Session, model: Any, *, key: Row, state: Mapping[str, bool], stamp: Row
) -> int | None:
    """Turn a pair's toggle; returns its new revision, or None when nothing changed.

    `state` is the boolean column with its wanted value. A pair never turned on has no
    row, and turning it off records nothing. The row lock orders the revisions.
    """
    table: Table = model.__table__
    [(column, wanted)] = state.items()
    if wanted:
        statement: Any = insert(table).values(**key, **state, **stamp, revision=1)
        statement = statement.on_conflict_do_update(
            index_elements=list(key),
            set_={**state, **stamp, "revision": table.c.revision + 1},
            where=table.c[column].is_(False),
        )
    else:
        pair = tuple_(*(table.c[name] for name in key))
        statement = (
            table.update()
            .where(pair == tuple(key.values()), table.c[column].is_(True))
            .values(**state, **stamp, revision=table.c.revision + 1)
        )
    revision: int | None = session.execute(statement.returning(table.c.revision)).scalar()
    return revision
