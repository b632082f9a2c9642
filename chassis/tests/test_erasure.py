"""What the mechanism keeps of somebody goes with them, and nothing else does."""

import json
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from structlog.testing import capture_logs

from chassis import clock, erasure, members, tables
from chassis.claims import Claims
from chassis.database import Database, new_metadata
from chassis.identifiers import new_id
from chassis.messaging import failures
from chassis.messaging.consumer import Consumer, Message
from chassis.messaging.envelope import seal
from chassis.messaging.handlers import Handlers
from chassis.tables import FAILED_EVENTS, IDEMPOTENCY_KEYS
from chassis.testing.examples import example
from chassis.testing.service import Server
from contracts import Event
from contracts.identity import MemberEvent, MemberJoined, MemberLeft, MemberUpdated
from contracts.social import MemberFollowed

LEAVER, OTHER = UUID("019b8a3c-5c00-7aaa-8000-00000000ada0"), uuid4()


class Base(DeclarativeBase):
    metadata = new_metadata()


tables.attach(Base.metadata)


class Actor(members.MemberRefColumns, Base):
    __tablename__ = "actor_refs"


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with server.database_of(Base.metadata, "erasure") as url:
        database = Database(url)
        yield database
        database.close()


def message(event: Event) -> bytes:
    return seal(event)[1].encode()


def fail(session: Session, *bodies: bytes, kind: str | None = None) -> None:
    for body in bodies:
        failures.store(session, body=body, error="Ada", event_type=kind, retry_in=None)


def keep_answer(session: Session, member_id: UUID, answer: str | None) -> None:
    row = {"member_id": member_id, "route": "POST /x", "key": str(uuid4()), "answer": answer}
    session.execute(
        insert(IDEMPOTENCY_KEYS).values(**row, request_hash=b"", created_at=clock.now())
    )


def bodies(session: Session) -> set[bytes]:
    return set(session.scalars(select(FAILED_EVENTS.c.body)))


def test_failures_that_name_who_is_forgotten_go_and_no_other(database: Database) -> None:
    theirs = [
        ("member.joined", message(example(MemberJoined))),
        (
            "member.updated",
            message(example(MemberUpdated)).replace(b'"subject":"', b'"subject": "'),
        ),
        ("member.updated", str(LEAVER).upper().encode() + b" in what cannot be read"),
        (None, b"\xff\xfe and " + str(LEAVER).encode()),
        (None, message(example(MemberUpdated))[:-1]),
    ]
    others = [
        ("member.joined", message(example(MemberJoined, member_id=OTHER, sponsor_id=LEAVER))),
        ("member.followed", message(example(MemberFollowed, follower_id=LEAVER))),
        (None, b"\xff\xfe and " + str(OTHER).encode()),
        (None, b'{"subject":"' + str(OTHER).encode() + b'", "by": "' + str(LEAVER).encode()),
        (None, b""),
    ]
    with database.transaction() as session:
        for kind, body in [*theirs, *others]:
            fail(session, body, kind=kind)

        erasure.forget(session, actor_id=LEAVER)

        assert bodies(session) == {body for _, body in others}


def test_a_subject_in_a_text_is_not_taken_for_the_envelope_s(database: Database) -> None:
    words = f'"subject":"{LEAVER}"'
    body = message(example(MemberUpdated, member_id=OTHER, sponsor_id=OTHER, name=words))
    with database.transaction() as session:
        fail(session, body, json.dumps({"about": words}).encode(), kind=MemberUpdated.type)

        erasure.forget(session, actor_id=LEAVER)

        assert bodies(session) == {body}


def test_answers_kept_for_or_naming_who_is_forgotten_go_and_no_other(database: Database) -> None:
    with database.transaction() as session:
        keep_answer(session, LEAVER, None)
        keep_answer(session, LEAVER, "{}")
        keep_answer(session, OTHER, json.dumps({"author": {"id": str(LEAVER).upper()}}))
        keep_answer(session, OTHER, json.dumps({"email": "Zoé@example.org"}))
        keep_answer(session, OTHER, json.dumps({"email": "zoé@example.org"}, ensure_ascii=False))
        keep_answer(session, OTHER, json.dumps({"email": "chloé@example.org"}))
        keep_answer(session, OTHER, None)

        erasure.forget(session, actor_id=LEAVER, texts=["zoé@example.org"])

        left = list(session.scalars(select(IDEMPOTENCY_KEYS.c.answer)))
    assert sorted(map(str, left)) == ["None", '{"email": "chlo\\u00e9@example.org"}']


def test_failures_that_hold_a_further_text_go(database: Database) -> None:
    about = example(MemberUpdated, member_id=OTHER, sponsor_id=None)
    with database.transaction() as session:
        for name in ('Zoé "the baker"', 'ZOé "The Baker"', "Chloé"):
            fail(session, message(replace(about, name=name)), kind=MemberUpdated.type)  # type: ignore[call-arg]

        erasure.forget(session, actor_id=LEAVER, texts=['zoé "the baker"'])

        [kept] = bodies(session)
    assert "Chloé".encode() in kept


def test_failures_about_rows_that_are_gone_go_by_their_type(database: Database) -> None:
    about = message(example(MemberUpdated))
    other = message(example(MemberUpdated, member_id=OTHER, sponsor_id=LEAVER))
    with database.transaction() as session:
        fail(session, about, other, kind="entry.changed")
        fail(session, about, kind="entry.kept")
        fail(session, about[:-1], other[:-1])

        erasure.forget_subjects(session, types=["entry.changed"], ids=[LEAVER])
        erasure.forget_subjects(session, types=["entry.changed", "entry.kept"], ids=[])

        kept = {tuple(row) for row in session.execute(select(FAILED_EVENTS.c["type", "body"]))}
    assert kept == {("entry.changed", other), ("entry.kept", about), (None, other[:-1])}


def test_the_chore_erases_what_failed_late_about_who_left_and_no_other(database: Database) -> None:
    chore = erasure.late_failures(Actor.id, where=Actor.state == members.LEFT)
    other = message(example(MemberUpdated, member_id=OTHER, sponsor_id=LEAVER))
    with database.transaction() as session:
        here = {"member_id": OTHER, "name": "Bob"}
        members.keep_members(session, Actor, [example(MemberLeft), example(MemberJoined, **here)])  # type: ignore[list-item]
        fail(session, message(example(MemberUpdated)), other, kind=MemberUpdated.type)
        fail(session, message(example(MemberUpdated))[:-1], str(LEAVER).encode())

    chore.run(database, None)

    with database.transaction() as session:
        assert bodies(session) == {other}


def test_a_leaving_that_failed_is_applied_by_its_retry_though_it_erases_itself(
    database: Database,
) -> None:
    handlers, is_mended = Handlers(), False

    @handlers.on_batch(MemberLeft)
    def when_somebody_left_keep_it(events: list[MemberEvent], session: Session) -> None:
        if not is_mended:
            raise ValueError("not yet")
        members.keep_members(session, Actor, events)

    consumer = Consumer("toys", database, handlers, retry_delays=(0, 0))
    consumer.handle([Message(message(example(MemberLeft)))])
    is_mended = True

    assert consumer.retry_due()

    with database.transaction() as session:
        assert session.get_one(Actor, LEAVER).state == "left"
        assert bodies(session) == set()
    assert not consumer.retry_due()


def test_who_is_writing_is_done_before_they_leave(database: Database) -> None:
    """Otherwise what they write would be missed by what their leaving takes away."""
    claims = Claims(LEAVER, new_id(), "member", "Ada", "", 0)
    with database.transaction() as session:
        members.require_active(session, Actor, claims)
    with database.transaction() as writing:
        members.require_active(writing, Actor, claims)

        with pytest.raises(DBAPIError, match="lock timeout"):
            leave_soon(database)


def leave_soon(database: Database) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
        members.keep_members(session, Actor, [example(MemberLeft)])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body[:-1],
        lambda body: body.replace(b'"Ada', b'"\xff Ada'),
        lambda body: body.replace(b'"time":"', b'"time":"Ada '),
        lambda body: body.replace(b'"id":"', b'"id":"Ada '),
        lambda body: body.replace(b'"joined_at":"', b'"joined_at":"Ada '),
        lambda body: body.replace(b'"member_id":"', b'"member_id":"Ada '),
        lambda body: body.replace(b'"state":"', b'"state":"Ada '),
        lambda body: body.replace(b'"revision":', b'"revision":"Ada","was":'),
        lambda body: body.replace(b'"headline":"', b'"headline":"Ada\\u0000 '),
    ],
)
def test_no_log_line_holds_a_word_of_what_failed(database: Database, spoil: object) -> None:
    handlers = Handlers()

    @handlers.on_batch(MemberUpdated)
    def when_somebody_changed_keep_it(events: list[MemberEvent], session: Session) -> None:
        members.keep_members(session, Actor, events)

    consumer = Consumer("toys", database, handlers, retry_delays=(0, 0))
    body = message(example(MemberUpdated, name="Ada Lovelace", headline="Ada"))

    with capture_logs() as lines:
        consumer.handle([Message(spoil(body))])  # type: ignore[operator]
        consumer.retry_due()

    assert any(line["log_level"] == "error" for line in lines)
    assert "Ada" not in repr(lines)


def test_a_row_that_the_database_refuses_is_in_no_error(database: Database) -> None:
    row = {"id": LEAVER, "name": "Ada Lovelace", "headline": "", "state": "gone"}

    with pytest.raises(DBAPIError) as raised, database.transaction() as session:
        session.execute(insert(Actor).values(row))

    assert "state_known" in str(raised.value) and raised.value.orig.sqlstate == "23514"  # type: ignore[union-attr]
    assert "Ada" not in failures.explain(raised.value)
