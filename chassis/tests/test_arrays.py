"""Lists reach PostgreSQL as they are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import MetaData, Uuid, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.database import Database
from chassis.identifiers import new_id
from chassis.testing.service import Server

NIGHT = datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=timezone(timedelta(hours=-11, minutes=-30)))
HOSTILE = ["", "null", "NULL", " ", "a,b", "{}", '"', "\\", '\\"', "\t\n\x0b", "é\u2003😀", "'; --"]
LISTS: list[tuple[str, list[Any]]] = [
    ("uuid", [new_id(), UUID(int=0), UUID(int=2**128 - 1)]),
    ("bigint", [0, -1, 2**63 - 1, -(2**63)]),
    ("boolean", [True, False]),
    ("timestamptz", [NIGHT, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]),
    ("text", HOSTILE),
    ("text", ["plain"]),
    ("text", [""]),
    ("text", []),
    ("text", ["a", None]),
    ("uuid", [None, new_id()]),
    ("bigint", [[1, 2], [3, 4]]),
    ("numeric", [Decimal("0.1"), Decimal("1e-30")]),
    ("double precision", [0.1, float("inf"), -1e-300, 5e-324, 1.7976931348623157e308]),
    ("double precision", [None, -0.0]),
    ("timestamptz", [None, NIGHT, None]),
    ("text", [None, *HOSTILE]),
    ("bytea", [b"\x00\\", b""]),
]


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    with server.database_of(MetaData(), "arrays") as url:
        database = Database(url)
        yield database
        database.close()


@pytest.mark.parametrize(("kind", "values"), LISTS)
def test_list_comes_back_as_it_was_sent(database: Database, kind: str, values: list[Any]) -> None:
    with database.reading() as connection:
        found = connection.execute(f"SELECT %s::{kind}[]".encode(), [values]).fetchone()

    assert found == (values,)


def test_text_that_no_database_takes_is_refused(database: Database) -> None:
    with database.reading() as connection, pytest.raises(psycopg.DataError):
        connection.execute("SELECT %s::text[]", [["a\x00b"]])


def test_statements_of_sqlalchemy_send_lists_alike(database: Database) -> None:
    ids = [new_id(), new_id()]
    with database.transaction() as session:
        array = cast(literal(ids, ARRAY(Uuid)), ARRAY(Uuid))
        found = session.scalars(select(func.unnest(array))).all()

    assert found == ids
