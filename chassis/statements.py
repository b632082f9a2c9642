"""Statements at the limit: compiled once and sent as they are; a row becomes one view.

A service's queries keep each `Read` or `ListRead` as a module constant, its actions a
`Statement` where rates ask for it. They run in the transaction of a session; reads also on
the connection of `chassis.transactions.reading`, outside of any: one round trip.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import RowMaker, namedtuple_row
from sqlalchemy import ColumnElement, Executable, Uuid, bindparam, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session

from chassis.database import as_database_error
from chassis.pages import AnyColumn, AnySelect, Page, cursor_after, values_of

Connection = psycopg.Connection[Any]
# Where a read runs: among the writes of a transaction, or alone.
ReadSession = Session | Connection
V = TypeVar("V")
_PLAIN = (str, int, float)
_DIALECT = PGDialect_psycopg(paramstyle="pyformat")  # type: ignore[no-untyped-call]


class Statement:
    """One Core statement with `bindparam`s, compiled once for the process's life."""

    def __init__(self, statement: Executable, *, is_planned_anew: bool = False) -> None:
        """`is_planned_anew` is for what is best read in another way for other values."""
        self._is_prepared = not is_planned_anew
        compiled = statement.compile(  # type: ignore[attr-defined]
            dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
        )
        # What stands in the statement itself; a `bindparam` has no value yet.
        constants = {k: value for k, value in compiled.params.items() if value is not None}
        self._sql = _written_out(str(compiled), constants).encode()
        self._constants = {k: v for k, v in constants.items() if not isinstance(v, _PLAIN)}
        self._make_row: RowMaker[Any] | None = None

    def rows(self, session: ReadSession, **values: Any) -> Sequence[Any]:
        """Execute it; the rows as named tuples.

        Raises what a session raises when the database fails.
        """
        connection = connection_of(session)
        try:
            with connection.cursor(row_factory=self._row_maker) as cursor:
                # Planned once a connection: planning costs more than most of our reads.
                cursor.execute(self._sql, {**self._constants, **values}, prepare=self._is_prepared)
                # psycopg gives a number to rows alone, and describes columns at a price.
                return () if cursor.rownumber is None else cursor.fetchall()
        except psycopg.Error as error:
            raise as_database_error(error, is_broken=connection.closed) from error

    def _row_maker(self, cursor: psycopg.Cursor[Any]) -> RowMaker[Any]:
        """The columns' names are looked up once: a statement's never change."""
        if self._make_row is None and cursor.rownumber is not None:
            self._make_row = namedtuple_row(cursor)
        return self._make_row or namedtuple_row(cursor)

    def first(self, session: ReadSession, **values: Any) -> Any:
        """The first row, None where there is none."""
        rows = self.rows(session, **values)
        return rows[0] if rows else None


def viewer() -> ColumnElement[UUID]:
    """The one who reads, in a statement that is built once: the parameter `viewer_id`.

    Hidden from the planner: where it saw how many this one follows, it would plan for each
    viewer anew, which takes longer than most of our reads.
    """
    return select(bindparam("viewer_id", type_=Uuid)).scalar_subquery()


def _written_out(text: str, constants: Mapping[str, Any]) -> str:
    """Plain constants as literals: what the server knows, it plans for, once and well."""
    for name, value in constants.items():
        if isinstance(value, _PLAIN):
            literal = sql.Literal(value).as_string(None).strip()
            text = text.replace(f"%({name})s", literal.replace("%", "%%"))
    return text


class Read(Generic[V]):
    """A select, and the view that each of its rows becomes."""

    def __init__(self, statement: AnySelect, view: Callable[[Any], V]) -> None:
        self._statement = Statement(statement)
        self._view = view

    def list(self, session: ReadSession, **values: Any) -> list[V]:
        """All views, in the statement's order."""
        return [self._view(row) for row in self._statement.rows(session, **values)]

    def find(self, session: ReadSession, **values: Any) -> V | None:
        """The first view, None where there is none."""
        row = self._statement.first(session, **values)
        return None if row is None else self._view(row)


class Cut:
    """How a statement of a list is cut into pages; given to the function that builds it."""

    def __init__(self, *, most: int, is_first: bool, is_ascending: bool) -> None:
        self.most = most  # rows: a page's and one more
        self._is_first, self._is_ascending = is_first, is_ascending

    def __call__(self, statement: AnySelect, *key: AnyColumn) -> AnySelect:
        """The rows of one page and one more, behind the cursor, in the order of the key."""
        if not self._is_first:
            last = tuple_(*(bindparam(f"last_{n}", type_=part.type) for n, part in enumerate(key)))
            behind = tuple_(*key) > last if self._is_ascending else tuple_(*key) < last
            statement = statement.where(behind)
        order = [part.asc() if self._is_ascending else part.desc() for part in key]
        # A number, not a parameter: for any number the server would plan each time anew.
        return statement.order_by(*order).limit(literal_column(str(self.most)))


class ListRead(Generic[V]):
    """A select as keyset pages, by a key of columns that together are unique."""

    def __init__(
        self,
        build: Callable[[Cut], AnySelect],
        view: Callable[[Any], V],
        *,
        key: Mapping[str, type],
        is_ascending: bool = False,
        is_planned_anew: bool = False,
    ) -> None:
        """`key` names the row's columns that it is sorted by, with their Python types."""
        self._build, self._is_ascending = build, is_ascending
        self._key, self._is_planned_anew = key, is_planned_anew
        self._view = view
        self._statements: dict[tuple[int, bool], Statement] = {}

    def statement(self, *, limit: int, is_first: bool) -> Statement:
        """What reads a page and one row more; compiled when it is first asked for."""
        known = self._statements.get((limit, is_first))
        if known is None:
            cut = Cut(most=limit + 1, is_first=is_first, is_ascending=self._is_ascending)
            built = Statement(self._build(cut), is_planned_anew=self._is_planned_anew)
            known = self._statements[limit, is_first] = built
        return known

    def page(
        self, session: ReadSession, *, limit: int, cursor: str | None, **values: Any
    ) -> Page[V]:
        """One page; raises CursorInvalid."""
        if cursor is not None:
            last = values_of(cursor, tuple(self._key.values()))
            values |= {f"last_{n}": value for n, value in enumerate(last)}
        rows = self.statement(limit=limit, is_first=cursor is None).rows(session, **values)
        shown = rows[:limit]
        next_cursor = None
        if len(rows) > limit:
            key = [getattr(shown[-1], name) for name in self._key]
            next_cursor = cursor_after(key, tuple(self._key.values()))
        return Page([self._view(row) for row in shown], next_cursor)


def connection_of(session: ReadSession) -> Connection:
    """The driver's connection of a session, in its transaction, with all that was to be flushed."""
    if not isinstance(session, Session):
        return session
    session.flush()
    connection: Connection = session.connection().connection.dbapi_connection  # type: ignore[assignment]
    return connection
