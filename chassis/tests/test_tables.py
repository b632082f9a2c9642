"""What rests on PostgreSQL itself: toggles, guarded upserts, pages, idempotency keys."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from flask import Response, jsonify, request
from sqlalchemy import DateTime, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import clock, idempotency, tables
from chassis.database import Database, new_metadata
from chassis.errors import Conflict
from chassis.pages import CursorInvalid, Page, list_page
from chassis.replicas import upsert_newer
from chassis.settings import Secret, ServiceSettings
from chassis.testing import tokens
from chassis.testing.service import MemberClient, Server
from chassis.testing.tokens import Person
from chassis.toggles import set_state
from chassis.transactions import transaction
from chassis.web import Blueprint, create_app

MOMENT = datetime(2015, 3, 1, 12, tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = new_metadata()


class Pairing(Base):
    __tablename__ = "pairings"
    left: Mapped[UUID] = mapped_column(primary_key=True)
    right: Mapped[UUID] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    changed_by: Mapped[int]
    revision: Mapped[int]


class Entry(Base):
    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]


tables.attach(Base.metadata)


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with server.database_of(Base.metadata, "basics") as url:
        database = Database(url, pool_size=10)
        yield database
        database.close()


def test_a_toggle_turned_by_eight_threads_counts_each_change_once(database: Database) -> None:
    key = {"left": uuid4(), "right": uuid4()}
    together = threading.Barrier(8)

    def turn(number: int) -> list[int]:
        together.wait()
        revisions = []
        for step in range(20):
            with database.transaction() as session:
                stamp = {"changed_by": number}
                state = {"is_on": (number + step) % 2 == 0}
                revisions.append(set_state(session, Pairing, key=key, state=state, stamp=stamp))
        return [revision for revision in revisions if revision is not None]

    with ThreadPoolExecutor(8) as pool:
        made = sorted(revision for part in pool.map(turn, range(8)) for revision in part)

    with database.transaction() as session:
        [pairing] = session.scalars(select(Pairing))
    assert made == list(range(1, len(made) + 1)) and pairing.revision == len(made)
    assert pairing.is_on is (len(made) % 2 == 1)


def test_a_toggle_says_when_nothing_changed(database: Database) -> None:
    key = {"left": uuid4(), "right": uuid4()}
    answers = []

    for wanted in (False, True, True, False, False, True):
        with database.transaction() as session:
            state, stamp = {"is_on": wanted}, {"changed_by": 1}
            answers.append(set_state(session, Pairing, key=key, state=state, stamp=stamp))

    assert answers == [None, 1, None, 2, None, 3]


def test_only_a_newer_revision_replaces_a_row(database: Database) -> None:
    def entry(key: int, revision: int) -> dict[str, object]:
        return {"id": key, "revision": revision, "written_at": MOMENT}

    with database.transaction() as session:
        first = upsert_newer(session, Entry, [entry(2, 1), entry(1, 5), entry(1, 4)])
        second = upsert_newer(session, Entry, [entry(1, 5), entry(2, 3), entry(2, 2)])
        rows = {row.id: row.revision for row in session.execute(select(Entry.id, Entry.revision))}
        nothing = upsert_newer(session, Entry, [])

    assert (first, second, nothing) == ({(1,), (2,)}, {(2,)}, set())
    assert rows == {1: 5, 2: 3}


def pages_of(database: Database, limit: int, between: Callable[[], None]) -> Iterator[Page]:
    cursor = None
    while True:
        with database.transaction() as session:
            page = list_page(
                session,
                select(Entry.id),
                sort_key=[Entry.written_at, Entry.id],
                limit=limit,
                cursor=cursor,
            )
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return
        between()


def write(database: Database, *entries: tuple[int, datetime]) -> None:
    with database.transaction() as session:
        session.add_all(Entry(id=key, written_at=at, revision=1) for key, at in entries)


def test_pages_show_each_row_once_while_rows_are_added(database: Database) -> None:
    # Three rows share each moment, so the key decides among them.
    write(database, *((n, MOMENT + timedelta(microseconds=n // 3)) for n in range(25)))
    added = iter(range(100, 200))

    def add() -> None:
        write(database, (next(added), MOMENT + timedelta(days=1)))

    shown = [row.id for page in pages_of(database, 4, add) for row in page.items]

    assert shown == list(range(24, -1, -1))
    assert all(later > earlier for later, earlier in pairwise(shown))


def test_a_full_last_page_has_no_next(database: Database) -> None:
    write(database, *((n, MOMENT) for n in range(4)))

    assert [len(page.items) for page in pages_of(database, 2, lambda: None)] == [2, 2]


@pytest.mark.parametrize("cursor", ["!", "e30", "WzFd", "WyJ4Iiwx", "WyIyMDE1LTAzLTAxIiwgMV0"])
def test_a_cursor_of_another_list_is_refused(database: Database, cursor: str) -> None:
    with database.transaction() as session, pytest.raises(CursorInvalid):
        list_page(
            session,
            select(Entry.id),
            sort_key=[Entry.written_at, Entry.id],
            limit=2,
            cursor=cursor,
        )


class Counter:
    """A view that creates something each time it runs."""

    def __init__(self) -> None:
        self.runs = 0
        self.together = threading.Event()

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("things", "Things")

        @blueprint.post("/things")
        @idempotency.idempotent(omit=["secret"])
        def post_thing() -> Response:
            with transaction() as session:
                self.runs += 1
                session.add(Entry(id=self.runs, written_at=clock.now(), revision=1))
                if request.json == {"fails": True}:
                    raise Conflict("Not now.")
                self.together.wait(0.2)
            response = jsonify(id=self.runs, secret="s")
            response.status_code = 201
            return response

        return blueprint


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def client(database: Database, counter: Counter) -> MemberClient:
    app = create_app(
        "things",
        settings=ServiceSettings(
            database_url=Secret(database.url), public_keys=tokens.public_keys()
        ),
        database=database,
        blueprints=[counter.blueprint()],
        newest_migration=0,
    )
    return MemberClient(app.test_client(), Person("Ada", uuid4()))


def test_a_repeated_key_gives_the_first_answer(client: MemberClient, counter: Counter) -> None:
    first = client.post("/things", {"a": 1}, headers={"Idempotency-Key": "k"})
    again = client.post("/things", {"a": 1}, headers={"Idempotency-Key": "k"})
    other = client.post("/things", {"a": 1}, headers={"Idempotency-Key": "other"})

    assert (first.status_code, first.json) == (201, {"id": 1, "secret": "s"})
    assert (again.status_code, again.json) == (201, {"id": 1})
    assert other.json == {"id": 2, "secret": "s"} and counter.runs == 2


def test_a_twin_waits_for_the_first_and_gets_its_answer(
    client: MemberClient, counter: Counter
) -> None:
    def post(_: int) -> object:
        twin = MemberClient(client._client.application.test_client(), client._person)
        return twin.post("/things", {"a": 1}, headers={"Idempotency-Key": "k"}).json["id"]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(4)))

    assert answers == [1, 1, 1, 1] and counter.runs == 1


def test_another_body_under_the_same_key_is_refused(client: MemberClient) -> None:
    client.post("/things", {"a": 1}, headers={"Idempotency-Key": "k"})

    refused = client.post("/things", {"a": 2}, headers={"Idempotency-Key": "k"})

    assert refused.status_code == 422 and refused.json["code"] == "idempotency_key_reused"


def test_a_failure_is_not_kept(client: MemberClient, counter: Counter) -> None:
    for _ in range(2):
        failed = client.post("/things", {"fails": True}, headers={"Idempotency-Key": "k"})
        assert failed.status_code == 409

    assert counter.runs == 2


def test_an_answer_is_forgotten_after_a_day(
    client: MemberClient, counter: Counter, database: Database
) -> None:
    with clock.at(datetime.now(UTC) - timedelta(hours=25)):
        client.post("/things", {"a": 1}, headers={"Idempotency-Key": "k"})

    with database.transaction() as session:
        idempotency.purge(session)
        assert not session.execute(select(tables.IDEMPOTENCY_KEYS)).all()
    client.post("/things", {"a": 1}, headers={"Idempotency-Key": "k"})
    assert counter.runs == 2
