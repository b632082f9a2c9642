"""The state of a pair (like, follow, block), turned on and off by its owner.

Each turn gives the pair a new `revision` under its row lock, by which listeners decide
(`chassis.replicas`); the row is never deleted.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.statements import Statement

Row = Mapping[str, Any]


def set_state(
    session: Session, model: Any, *, key: Row, state: Mapping[str, bool], stamp: Row
) -> int | None:
    """Turn a pair's toggle; returns its new revision, or None when nothing changed.

    `state` is the boolean column with its wanted value. A pair never turned on has no
    row, and turning it off records nothing. The row lock orders the revisions.
    """
    [(column, wanted)] = state.items()
    turn = _turn_on if wanted else _turn_off
    turned = turn(model.__table__, tuple(key), column, tuple(stamp))
    row = turned.first(session, **key, **stamp)
    return None if row is None else row.revision


@cache
def _turn_on(table: Table, key: tuple[str, ...], column: str, stamp: tuple[str, ...]) -> Statement:
    given = {name: bindparam(name, type_=table.c[name].type) for name in (*key, *stamp)}
    new = insert(table).values({**given, column: True, "revision": 1})
    turned = new.on_conflict_do_update(
        index_elements=list(key),
        set_={
            column: True,
            **{name: new.excluded[name] for name in stamp},
            "revision": table.c.revision + 1,
        },
        where=table.c[column].is_(False),
    )
    return Statement(turned.returning(table.c.revision))


@cache
def _turn_off(table: Table, key: tuple[str, ...], column: str, stamp: tuple[str, ...]) -> Statement:
    pair = tuple_(*(table.c[name] for name in key))
    given = tuple_(*(bindparam(name, type_=table.c[name].type) for name in key))
    # A parameter of an update may not be called like a column that is set by it.
    turned = (
        table.update()
        .where(pair == given, table.c[column].is_(True))
        .values(
            {
                column: False,
                **{name: bindparam(name, type_=table.c[name].type) for name in stamp},
                "revision": table.c.revision + 1,
            }
        )
    )
    return Statement(turned.returning(table.c.revision))
