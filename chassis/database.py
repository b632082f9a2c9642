"""One service's database: engine, pool, transactions and the naming of constraints.

`Database.transaction()` is the only place that commits. Views reach it through
`chassis.transactions`, the consumer opens it for handlers; actions never do.
"""

import math
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Engine, ExceptionContext, MetaData, create_engine, event, text
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,
)
from sqlalchemy.orm import Session

from chassis import arrays, metrics
from chassis.errors import Unavailable
from chassis.logs import get_logger

log = get_logger("database")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
IDLE_SECONDS = 60
# One that is nearly as old is not taken: the server may end it before the statement arrives.
SAFE_SECONDS = 45.0
# A request that finds no connection is answered, not kept: its thread is wanted by others.
POOL_SECONDS = 2.0
# How long a request, or a worker, waits for another's lock: below the gateway's patience, and
# below the time after which a worker's loop that says nothing counts as hanging.
WEB_LOCK_SECONDS, WORKER_LOCK_SECONDS = 4, 20
MOST_CLOCK_ERROR = timedelta(minutes=5)
CLOCK_SECONDS = 60.0
_AFTER_COMMIT, _IDLE_SINCE = "database.after_commit", "database.idle_since"


def new_metadata() -> MetaData:
    """Metadata for a service's models, with the naming convention of all services."""
    return MetaData(naming_convention=NAMING)


class ClockWrong(Unavailable):
    """This machine's clock is wrong, or the database's: nothing is written meanwhile."""

    code = "clock_wrong"
    detail = "The clock of this part of the service is wrong: nothing is written until it is set."


class Database:
    """Engine and transactions of one service.

    Idle connections are ended by the server after 60 s (`idle_session_timeout`); the pool
    hands out the one used last: a quiet process holds none. One that was ended, or is
    about to be, is seen without asking the server, and replaced.
    """

    def __init__(self, url: str, *, pool_size: int = 4, lock_seconds: int = 0) -> None:
        """`lock_seconds` bounds the wait for a lock, and twice of it any statement; 0: nothing."""
        self.url = str(url)
        self._clock_checked = -math.inf
        options = f"-c timezone=UTC -c idle_session_timeout={IDLE_SECONDS}s"
        options += f" -c lock_timeout={lock_seconds}s -c statement_timeout={2 * lock_seconds}s"
        self.engine = create_engine(
            driver_url(self.url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            pool_use_lifo=True,
            # What a statement was about, a person's name or address, is nobody's in a log.
            hide_parameters=True,
            connect_args={
                "connect_timeout": 5,
                "options": options,
            },
        )
        event.listen(self.engine, "handle_error", _leave_out_details)
        event.listen(self.engine, "checkin", _note_the_time)
        event.listen(self.engine, "checkout", _refuse_ended)
        event.listen(self.engine, "connect", lambda connection, _: arrays.register(connection))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: commits at the end of the block, rolls back on any exception.

        What was hung on it by `after_commit` is done then.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                self._check_clock(session)
                yield session
            for work in session.info.get(_AFTER_COMMIT, ()):
                work(self.engine)

    def is_clock_wrong(self) -> bool:
        """Whether this machine's clock and the database's disagree; False where it is away."""
        try:
            with self.transaction():
                return False  # looks at the clocks before anything else
        except ClockWrong:
            return True
        except SQLAlchemyError:
            return False

    def _check_clock(self, session: Session) -> None:
        """Raise ClockWrong where this machine's clock and the database's disagree.

        What is written has this machine's times: a clock that is wrong once would put a post
        on top of every list, and give a like a weight, for as long as it is ahead.
        """
        if time.monotonic() - self._clock_checked < CLOCK_SECONDS:
            return
        there = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(datetime.now(UTC) - there) > MOST_CLOCK_ERROR:
            log.error("clock wrong", database=there.isoformat(), advice="Set this machine's clock.")
            raise ClockWrong
        self._clock_checked = time.monotonic()

    @contextmanager
    def reading(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection for single reads, each of which sees what is committed by then."""
        try:
            pooled = self.engine.raw_connection()
        except psycopg.Error as error:
            raise as_database_error(error, is_broken=True) from error
        connection: Any = pooled.dbapi_connection
        try:
            connection.autocommit = True
            yield connection
        except DBAPIError as error:
            if error.connection_invalidated:
                pooled.invalidate()
            raise
        finally:
            if not connection.closed:
                connection.autocommit = False
            pooled.close()

    def close(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()


def tell_unreachable(service: str, error: BaseException, **more: Any) -> None:
    """Log and count an error for which `is_unreachable` holds."""
    kind = "full" if is_full(error) else "away"
    metrics.database_troubles.labels(service, kind).inc()
    says = str(error.args[0] if error.args else error)
    log.warning(f"database {kind}", service=service, error=says, **more)


def is_full(error: BaseException) -> bool:
    """Whether the server reads and does not write, for want of room on its disk."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == "53100"


def after_commit(session: Session, work: Callable[[Engine], None]) -> None:
    """Do some work once the session's transaction has committed; the same work once only."""
    session.info.setdefault(_AFTER_COMMIT, {})[work] = None


def as_database_error(error: psycopg.Error, *, is_broken: bool) -> DBAPIError:
    """A driver's error as a session would raise it, without the row that the server refused.

    `is_broken` says that there is no connection, or none any more.
    """
    error.args = (str(error).partition("\n")[0],)
    wrapped = DBAPIError.instance(
        None,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=is_broken,
    )
    assert isinstance(wrapped, DBAPIError)
    return wrapped


def _note_the_time(_: Any, record: Any) -> None:
    record.info[_IDLE_SINCE] = time.monotonic()


def _refuse_ended(connection: Any, record: Any, _: Any) -> None:
    """An idle connection has nothing to read, unless the server ended it, as it soon will."""
    if time.monotonic() - record.info.get(_IDLE_SINCE, math.inf) > SAFE_SECONDS:
        raise DisconnectionError
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if waiting.poll(0):
        raise DisconnectionError


def _leave_out_details(failed: ExceptionContext) -> None:
    """Keep the first line of what the server says; its details show the row that it refused."""
    for error in (failed.original_exception, failed.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def driver_url(url: str) -> str:
    """The URL with psycopg 3 named as the driver."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


# SQLSTATE classes and codes that speak of the server, the way to it or its other visitors
# (40001 and 40P01: serialization failure, deadlock), not of the statement.
# 55P03 and 57014: a lock, or the answer, that did not come within the time set for it.
_AWAY = ("08", "57P", "53100", "53300", "58", "XX000", "40001", "40P01", "55P03", "57014")


def is_unreachable(error: BaseException) -> bool:
    """Whether the database could not answer now, as opposed to refusing this statement.

    The same work tried again, from the start of its transaction, may succeed.
    """
    if not isinstance(error, DBAPIError):
        return isinstance(error, TimeoutError | ClockWrong)
    if error.connection_invalidated:
        return True
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state: Any = getattr(error.orig, "sqlstate", None)
    return state is None or str(state).startswith(_AWAY)


def is_unfinished(error: BaseException) -> bool:
    """Whether a table or a column is missing: migrations have not ended, or not begun."""
    missing = psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn
    return isinstance(error, DBAPIError) and isinstance(error.orig, missing)
