"""The state of a pair (like, follow, block), turned on and off by its owner.

Each turn gives the pair a new `revision` under its row lock, by which listeners decide
(`chassis.replicas`); the row is never deleted.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

Row = Mapping[str, Any]


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
