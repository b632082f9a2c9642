"""One service's database: engine, pool, transactions and the naming of constraints.

`Database.transaction()` is the only place that commits. Views reach it through
`chassis.web.transaction`, the consumer opens it for handlers; actions never do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ExceptionContext, MetaData, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from chassis.messaging import outbox

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
IDLE_SECONDS = 60


def new_metadata() -> MetaData:
    """Metadata for a service's models, with the naming convention of all services."""
    return MetaData(naming_convention=NAMING)


class Database:
    """Engine and transactions of one service.

    Idle connections are ended by the server after 60 s (`idle_session_timeout`), the
    pool hands out the one used last and checks it first: a quiet process holds none.
    """

    def __init__(self, url: str, *, pool_size: int = 4) -> None:
        self.url = str(url)
        self.engine = create_engine(
            driver_url(self.url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_pre_ping=True,
            pool_use_lifo=True,
            # What a statement was about, a person's name or address, is nobody's in a log.
            hide_parameters=True,
            connect_args={
                "connect_timeout": 5,
                "options": f"-c timezone=UTC -c idle_session_timeout={IDLE_SECONDS}s",
            },
        )
        event.listen(self.engine, "handle_error", _leave_out_details)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: commits at the end of the block, rolls back on any exception.

        Events recorded inside wake the relay after the commit.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
            if outbox.has_recorded(session):
                outbox.wake_relay(self.engine)

    def close(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()


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
_AWAY = ("08", "57P", "53100", "53300", "58", "XX000", "40001", "40P01")


def is_unreachable(error: BaseException) -> bool:
    """Whether the database could not answer now, as opposed to refusing this statement.

    The same work tried again, from the start of its transaction, may succeed.
    """
    if not isinstance(error, DBAPIError):
        return isinstance(error, TimeoutError)
    if error.connection_invalidated:
        return True
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state: Any = getattr(error.orig, "sqlstate", None)
    return state is None or str(state).startswith(_AWAY)
