"""Connections that the server ends after a while are not those that a request meets."""

from collections.abc import Iterator

import pytest
from sqlalchemy import MetaData, text

from chassis import database as database_module
from chassis.database import Database
from chassis.testing.service import Server


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with server.database_of(MetaData(), "pooled") as url:
        database = Database(url, pool_size=2)
        yield database
        database.close()


def backend_of(database: Database) -> int:
    with database.transaction() as session:
        pid: int = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    return pid


def test_connection_of_a_moment_ago_is_taken_again(database: Database) -> None:
    assert backend_of(database) == backend_of(database)


def test_connection_that_the_server_is_about_to_end_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = backend_of(database)

    monkeypatch.setattr(database_module, "SAFE_SECONDS", -1.0)  # any has been idle for longer

    assert backend_of(database) != first


def test_connection_that_was_ended_is_replaced(database: Database) -> None:
    first = backend_of(database)
    with database.reading() as connection, database.reading() as other:
        pids = connection.info.backend_pid, other.info.backend_pid
        assert first in pids
        connection.execute("SELECT pg_terminate_backend(%s)", [pids[1]])

    assert backend_of(database) != pids[1]
