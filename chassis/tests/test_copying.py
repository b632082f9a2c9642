"""Rows are copied in the session's transaction, and what fails is what a session raises."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis.copying import copy_rows
from chassis.database import Database
from chassis.testing.service import Server
from chassis.tests import toys
from chassis.tests.toys import Note


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with server.database_of(toys.Base.metadata, "toy") as url:
        database = Database(url)
        yield database
        database.close()


def test_rows_are_there_with_the_transaction_and_not_before(database: Database) -> None:
    texts = {uuid4(): text for text in ("one", 'two\twith "tabs"\nand \\ lines', "")}

    with database.transaction() as session:
        copy_rows(session, "notes", map(_row, texts, texts.values()))
        session.rollback()
    assert _texts(database) == {}
    with database.transaction() as session:
        copy_rows(session, "notes", map(_row, texts, texts.values()))
        copy_rows(session, "notes", [])

    assert _texts(database) == texts


def test_a_refused_row_is_an_error_that_does_not_show_it(database: Database) -> None:
    twin = _row(uuid4(), "somebody's words")

    with pytest.raises(IntegrityError) as refused, database.transaction() as session:
        copy_rows(session, "notes", [twin, twin])

    assert str(twin["note_id"]) not in str(refused.value)
    assert _texts(database) == {}


def _row(note_id: UUID, text: str) -> dict[str, object]:
    return {"note_id": note_id, "revision": 1, "text": text}


def _texts(database: Database) -> dict[UUID, str]:
    with database.transaction() as session:
        return {row.note_id: row.text for row in session.scalars(select(Note))}
