"""Handing a service's past straight to a listener, for whoever reaches the databases of both.

What `republish` sends through outbox and transport, without either: a community that was copied has
millions of events to tell. The listener's worker may go on beside it.
"""

import time
from collections.abc import Callable, Sequence

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis import context
from chassis.database import Database, is_unreachable
from chassis.messaging.handlers import Handler, Handlers, latest_of_each_key
from chassis.messaging.loops import Backoff
from chassis.messaging.republish import History, read_history
from contracts import Event

FIRST_LOOK = 2_000  # events after which PostgreSQL counts rows, and after four times as many again
TRIES = 6  # of a page, in some seconds


def hand_over(
    database: Database,
    history: Sequence[History],
    listener: Database,
    handlers: Handlers,
    *,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Let handlers hear a history in the listener's database; returns how many events they heard.

    Each page is one transaction there, beside the listener's own worker. Raises what a handler
    raises: nothing is set aside, and what was heard before stays, which does no harm when it is
    heard again.
    """
    count, known = 0, FIRST_LOOK

    def take(_: Session, events: Sequence[Event], *, is_imported: bool) -> None:
        nonlocal count, known
        with context.hearing(is_replay=True, is_imported=is_imported):
            _hear_page(listener, handlers, events)
        count += len(events)
        tell(len(events))
        if count >= known:
            _look_at_tables(listener)
            known *= 4

    read_history(database, history, handlers.subscriptions, take)
    return count


def _look_at_tables(database: Database) -> None:
    """Let PostgreSQL see how much there is by now.

    Tables fill faster than autovacuum looks: plans that were made while they were empty would read
    all of them for each page.
    """
    with database.transaction() as session:
        names = session.scalars(text("SELECT quote_ident(relname) FROM pg_stat_user_tables")).all()
        session.execute(text(f"ANALYZE {', '.join(sorted(names))}"))


def _hear_page(listener: Database, handlers: Handlers, events: Sequence[Event]) -> None:
    """Again where it met the listener's own worker: of two that wait crosswise one is told so."""
    backoff = Backoff()
    for rest in reversed(range(TRIES)):
        try:
            with listener.transaction() as session:
                for handler in handlers.all:
                    _hear(session, handler, events)
            return
        except SQLAlchemyError as error:
            if not (rest and is_unreachable(error)):
                raise
        time.sleep(backoff.next())


def _hear(session: Session, handler: Handler, events: Sequence[Event]) -> None:
    concerned = [event for event in events if isinstance(event, handler.kinds)]
    # What is done once for an event is not done for one that is told again.
    if not concerned or handler.once:
        return
    if handler.is_batch:
        wanted = concerned if handler.every_revision else latest_of_each_key(concerned)
        handler.function(wanted, session)
    else:
        for event in concerned:
            handler.function(event, session)
    session.flush()
