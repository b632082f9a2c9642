"""One machine for what is tried again: counted first, with growing delays, then dead."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import DateTime, Table, insert
from sqlalchemy.orm import DeclarativeBase, Mapped

from chassis import clock, tables
from chassis.cli import dead_letters
from chassis.database import Database, new_metadata
from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.messaging import failures
from chassis.retries import Queue, RetryColumns, first_try, retry_constraints
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.testing.service import Server

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELAYS = (timedelta(minutes=1), timedelta(hours=1))


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = {datetime: DateTime(timezone=True)}


class Errand(RetryColumns, Base):
    __tablename__ = "errands"
    __table_args__ = retry_constraints("errands")

    what: Mapped[str]


tables.attach(Base.metadata)


class ErrandNotFound(NotFound):
    code = "errand_not_found"


QUEUE = Queue(cast(Table, Errand.__table__), ErrandNotFound)


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with server.database_of(Base.metadata, "retries") as url:
        database = Database(url, pool_size=4)
        yield database
        database.close()


def add(database: Database, *whats: str, at: datetime = MOMENT) -> list[UUID]:
    with clock.at(at), database.transaction() as session:
        rows = [{**first_try(), "what": what} for what in whats]
        session.execute(insert(Errand), rows)
        return [row["id"] for row in rows]


def claim(database: Database, at: datetime) -> Any:
    with clock.at(at), database.transaction() as session:
        return QUEUE.claim_due(session, DELAYS)


def rows_of(database: Database) -> Any:
    with database.transaction() as session:
        return QUEUE.list_rows(session)


def test_attempts_are_counted_before_they_are_made_and_the_last_leaves_it_dead(
    database: Database,
) -> None:
    add(database, "x")
    due = [MOMENT, MOMENT + DELAYS[0], MOMENT + DELAYS[0] + DELAYS[1]]

    claimed = [claim(database, at) for at in due]

    assert [(row.attempts, row.state) for row in claimed] == [
        (1, "waiting"),
        (2, "waiting"),
        (3, "dead"),
    ]
    assert [row.next_try_at for row in claimed] == [due[1], due[2], due[2]]
    assert claim(database, due[2] + timedelta(days=99)) is None


def test_nothing_is_taken_before_it_is_due_and_the_earliest_first(database: Database) -> None:
    [late] = add(database, "late", at=MOMENT + timedelta(seconds=5))
    [early] = add(database, "early")

    assert claim(database, MOMENT - timedelta(seconds=1)) is None
    assert claim(database, MOMENT + timedelta(seconds=4)).id == early
    assert claim(database, MOMENT + timedelta(seconds=4)) is None
    assert claim(database, MOMENT + timedelta(seconds=5)).id == late


def test_two_workers_at_once_take_each_row_once(database: Database) -> None:
    ids = add(database, *"abcdefgh")

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: claim(database, MOMENT), range(10)))

    assert sorted(row.id for row in taken if row) == sorted(ids)


def test_what_is_settled_is_gone_and_what_failed_says_why(database: Database) -> None:
    done, failed, refused = add(database, "done", "failed", "refused")
    with database.transaction() as session:
        QUEUE.settle(session, done)
        QUEUE.settle(session, done)
        QUEUE.fail(session, failed, error="away")
        QUEUE.fail(session, refused, error="never", is_final=True)

    assert [(row.id, row.state, row.error) for row in rows_of(database)] == [
        (refused, "dead", "never"),
        (failed, "waiting", "away"),
    ]
    with database.transaction() as session:
        assert QUEUE.count_by_state(session) == {"waiting": 1, "dead": 1}


def test_dead_ones_begin_again_one_or_all(database: Database) -> None:
    ids = add(database, "a", "b", "waits")
    with database.transaction() as session:
        for row_id in ids[:2]:
            QUEUE.fail(session, row_id, error="x", is_final=True)

    with clock.at(MOMENT + timedelta(days=1)), database.transaction() as session:
        counts = [QUEUE.retry(session, ids[0]), QUEUE.retry(session)]

    assert counts == [1, 1]
    assert {(row.state, row.attempts) for row in rows_of(database)} == {("waiting", 0)}


def test_unknown_id_is_a_failure_with_the_queue_s_own_code(database: Database) -> None:
    with database.transaction() as session:
        for act in (QUEUE.retry, QUEUE.drop, QUEUE.get):
            with pytest.raises(ErrandNotFound):
                act(session, new_id())


class TestCommands:
    """`dead-letters`, as the operator types it."""

    @pytest.fixture
    def failed_id(self, database: Database) -> UUID:
        with database.transaction() as session:
            failures.store(session, body=b"\xff{", error="Traceback\nValueError: no", retry_in=None)
            return failures.list_failed(session)[0].id

    def run(self, database: Database, *arguments: str) -> str:
        service = Service(
            name="toy", metadata=Base.metadata, settings=ServiceSettings, blueprints=[]
        )
        environ = {"SKILLER_DATABASE_URL": database.url}
        result = CliRunner().invoke(dead_letters, arguments, obj=service, env=environ)
        assert result.exception is None, result.output
        return result.output

    def test_list_and_show_tell_what_failed_and_why(
        self, database: Database, failed_id: UUID
    ) -> None:
        [line] = self.run(database, "list").splitlines()
        shown = self.run(database, "show", str(failed_id))

        assert line.startswith(f"{failed_id}  dead     0  undecodable  ")
        assert line.endswith("ValueError: no")
        assert shown.startswith("state: dead, attempts: 0, last: ")
        assert shown.splitlines()[1:] == ["\\xff{", "Traceback", "ValueError: no"]

    def test_retry_and_drop_do_it(self, database: Database, failed_id: UUID) -> None:
        assert self.run(database, "retry", "--all") == "1 to be tried again.\n"
        assert self.run(database, "retry", str(failed_id)) == "1 to be tried again.\n"
        assert self.run(database, "drop", str(failed_id)) == "Dropped.\n"
        assert self.run(database, "list") == "None.\n"
