"""Work that is tried again until it succeeds: rows of a table, growing delays, then dead.

One machine for events that could not be applied and for mails. An attempt is counted before
it is made, so what kills the process has spent it; success deletes the row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    DateTime,
    Index,
    RowMapping,
    Table,
    Uuid,
    any_,
    case,
    delete,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock
from chassis.errors import NotFound
from chassis.identifiers import new_id

State = Literal["waiting", "dead"]
TIME = DateTime(timezone=True)


class RetryColumns:
    """What a table has whose rows are tried again, with `retry_constraints`.

    `next_try_at` is when a waiting row is due; of a dead one, when it was tried last.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    error: Mapped[str]


def retry_constraints(table: str) -> tuple[CheckConstraint, Index]:
    """The states, and the index by which the next one is found."""
    waits = text("state = 'waiting'")
    return (
        CheckConstraint("state IN ('waiting', 'dead')", name="state_known"),
        Index(f"ix_{table}_due", "next_try_at", postgresql_where=waits),
    )


def first_try(*, wait: timedelta = timedelta(0)) -> dict[str, Any]:
    """The columns of a new row that is due after `wait`."""
    due = clock.now() + wait
    return {"id": new_id(), "state": "waiting", "attempts": 0, "next_try_at": due, "error": ""}


@dataclass(frozen=True)
class Queue:
    """The rows of one table; `missing` is raised for an id that it does not have."""

    table: Table
    missing: type[NotFound]

    def claim_due(
        self, session: Session, delays: Sequence[timedelta], **columns: Any
    ) -> RowMapping | None:
        """Take the next row that is due and count the attempt before it is made.

        The caller commits before it tries; nobody else takes the row meanwhile. After the
        first attempt it waits the first of the delays, and so on; after one more it is
        claimed as dead. `columns` are set as well.
        """
        claimed = self.claim_some(session, delays, most=1, **columns)
        return claimed[0] if claimed else None

    def claim_some(
        self, session: Session, delays: Sequence[timedelta], *, most: int, **columns: Any
    ) -> Sequence[RowMapping]:
        """Take the next rows in the same way, in one statement; in the order of their ids."""
        table, now = self.table, clock.now()
        due = (
            select(table.c.id)
            .where(table.c.state == "waiting", table.c.next_try_at <= now)
            .order_by(table.c.next_try_at, table.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        later = {n: literal(now + delay, TIME) for n, delay in enumerate(delays)}
        columns |= {
            "attempts": table.c.attempts + 1,
            "state": case((table.c.attempts >= len(delays), "dead"), else_="waiting"),
            "next_try_at": case(later, value=table.c.attempts, else_=literal(now, TIME)),
        }
        # As an array, it is read once: a join might read, and lock, again and more.
        chosen = table.c.id == any_(func.array(due.scalar_subquery(), type_=ARRAY(Uuid)))
        claimed = update(table).where(chosen).values(columns).returning(table)
        return sorted(session.execute(claimed).mappings(), key=lambda row: row["id"])

    def settle(self, session: Session, row_id: UUID) -> None:
        """Delete a row whose work is done, or need not be, if the work did not do so."""
        session.execute(delete(self.table).where(self.table.c.id == row_id))

    def fail(
        self, session: Session, row_id: UUID, *, error: str, is_final: bool = False, **columns: Any
    ) -> None:
        """Keep why the attempt failed; when it is tried next was settled by the claim."""
        columns |= {"error": error} | ({"state": "dead"} if is_final else {})
        session.execute(update(self.table).where(self.table.c.id == row_id).values(columns))

    def retry(self, session: Session, row_id: UUID | None = None) -> int:
        """Let one row, or all that are dead, be tried again from the start; returns how many.

        Raises `missing`.
        """
        table = self.table
        chosen = table.c.state == "dead" if row_id is None else table.c.id == row_id
        again = {"state": "waiting", "attempts": 0, "next_try_at": clock.now()}
        changed = update(table).where(chosen).values(again).returning(table.c.id)
        count = len(session.execute(changed).all())
        if row_id is not None and not count:
            raise self.missing
        return count

    def drop(self, session: Session, row_id: UUID) -> None:
        """Give one up for good; raises `missing`."""
        gone = delete(self.table).where(self.table.c.id == row_id).returning(self.table.c.id)
        if session.execute(gone).first() is None:
            raise self.missing

    def list_rows(self, session: Session, *, limit: int = 100) -> Sequence[RowMapping]:
        """The dead first, then by when they are tried next."""
        table = self.table
        ordered = select(table).order_by(table.c.state, table.c.next_try_at, table.c.id)
        return session.execute(ordered.limit(limit)).mappings().all()

    def get(self, session: Session, row_id: UUID) -> RowMapping:
        """One row; raises `missing`."""
        found = session.execute(select(self.table).where(self.table.c.id == row_id))
        row = found.mappings().first()
        if row is None:
            raise self.missing
        return row

    def count_by_state(self, session: Session) -> dict[str, int]:
        """How many wait and how many are dead."""
        state = self.table.c.state
        rows: Any = session.execute(select(state, func.count()).group_by(state))
        return {"waiting": 0, "dead": 0, **dict(tuple(row) for row in rows)}
