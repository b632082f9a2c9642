"""Cursors: each that a list hands out is taken, and no other breaks anything."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator

import pytest
from marshmallow import ValidationError
from sqlalchemy import String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import Database, new_metadata
from chassis.pages import LONGEST_CURSOR, CursorInvalid, Page, list_page
from chassis.schemas import PageArguments
from chassis.testing.service import Server


class Base(DeclarativeBase):
    metadata = new_metadata()


class Line(Base):
    """What is sorted by a text."""

    __tablename__ = "lines"

    text: Mapped[str] = mapped_column(String(collation="C"), primary_key=True)


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with server.database_of(Base.metadata, "pages") as url:
        database = Database(url, pool_size=2)
        yield database
        database.close()


def list_lines(database: Database, cursor: str | None) -> Page:
    with database.transaction() as session:
        return list_page(
            session,
            select(Line.text),
            sort_key=[Line.text],
            limit=1,
            cursor=cursor,
            ascending=True,
        )


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "letter", ["a", "\u00e9", "\u674e", "\U0001f600", '"', "\\", "\x1f", "\u2028"]
)
def test_every_cursor_that_is_handed_out_is_taken_whatever_letters_it_has(
    database: Database, letter: str
) -> None:
    texts = [letter * 100, letter * 100 + "!", letter * 99 + "~"]
    with database.transaction() as session:
        session.add_all(Line(text=text) for text in texts)

    page = list_lines(database, None)
    shown = [row.text for row in page.items]
    while page.next_cursor:
        taken = PageArguments().load({"cursor": page.next_cursor})
        page = list_lines(database, taken["cursor"])
        shown += [row.text for row in page.items]

    assert sorted(shown) == sorted(texts)


def test_list_that_would_hand_out_a_cursor_that_it_refuses_fails_at_once(
    database: Database,
) -> None:
    with database.transaction() as session:
        session.add_all(Line(text=text) for text in ("x" * 2000, "y"))

    with pytest.raises(ValueError, match="no cursor can hold"):
        list_lines(database, None)


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a\udfff", 1, None, ["x"], {"x": 1}])
def test_cursor_with_what_no_text_can_be_is_refused(database: Database, text: object) -> None:
    with pytest.raises(CursorInvalid):
        list_lines(database, encoded(json.dumps([text])))


@pytest.mark.parametrize("text", ["[" * 740, "[1]", '["x"', "", "[]"])
def test_cursor_that_is_no_list_of_one_text_is_refused(database: Database, text: str) -> None:
    with pytest.raises(CursorInvalid):
        list_lines(database, encoded(text))


def test_cursor_that_is_longer_than_any_is_refused_at_the_door(database: Database) -> None:
    with pytest.raises(ValidationError):
        PageArguments().load({"cursor": "x" * (LONGEST_CURSOR + 1)})
    with pytest.raises(CursorInvalid):
        list_lines(database, encoded(json.dumps(["x" * 1000])))
