"""Totals of publisher and listener: what is a difference, and what is only on its way."""

from uuid import uuid4

from sqlalchemy import insert

from chassis.database import Database
from chassis.reconciling import Share, Total, compare, count, read_lines
from chassis.testing.service import Server
from chassis.tests import toys
from chassis.tests.toys import Note


def test_equal_totals_agree() -> None:
    assert compare([_owner(3, 7), _replica(3, 7)]) == (1, [])


def test_replica_that_lacks_rows_is_told_with_what_mends_it() -> None:
    compared, told = compare([_owner(3, 7), _replica(2, 6)] * 3)

    assert compared == 1
    assert told == [
        "reader lacks some of writer's notes (2 rows of 3, revisions 6 of 7):"
        " in writer, republish --to reader."
    ]


def test_replica_with_old_revisions_lacks_something_too() -> None:
    assert "lacks" in compare([_owner(3, 7), _replica(3, 5)])[1][0]


def test_replica_that_is_ahead_is_to_be_rebuilt() -> None:
    assert compare([_owner(3, 7), _replica(4, 8)])[1] == [
        "reader has more of writer's notes than writer (4 rows of 3, revisions 8 of 7):"
        " rebuild reader, then republish what it names."
    ]


def test_what_is_on_its_way_is_no_difference() -> None:
    """The listener is always behind by what was written in the last moment."""
    totals = [_replica(2, 6), _owner(3, 7), _replica(3, 7), _owner(4, 8), _replica(4, 8)]

    assert compare([*totals, _owner(5, 9)]) == (1, [])


def test_owner_that_said_nothing_is_no_agreement() -> None:
    assert compare([_replica(3, 7)])[1] == ["writer did not say how many notes there are."]


def test_totals_are_found_among_other_lines() -> None:
    lines = [_owner(3, 7).to_line(), "warning: slow", '{"event": "started"}', "12", ""]

    assert read_lines(lines) == [_owner(3, 7)]


def test_rows_are_counted_that_were_told_and_that_both_sides_keep(server: Server) -> None:
    with server.database_of(toys.Base.metadata, "toy") as url:
        database = Database(url)
        rows = [
            {"note_id": uuid4(), "revision": revision, "text": text}
            for revision, text in ((0, "untold"), (2, "kept"), (5, "kept"), (9, "forgotten"))
        ]
        shares = [Share("writer", "notes", Note, where=Note.text != "forgotten")]

        with database.transaction() as session:
            session.execute(insert(Note), rows)
            totals = count(session, "reader", shares)

        database.close()
    assert totals == [_replica(2, 7)]


def _owner(rows: int, revisions: int) -> Total:
    return Total("writer", "writer", "notes", rows, revisions)


def _replica(rows: int, revisions: int) -> Total:
    return Total("reader", "writer", "notes", rows, revisions)
