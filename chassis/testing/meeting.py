"""Transactions that meet: several at once, or one beside another that is not committed yet."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.testing.service import ServiceUnderTest
from chassis.testing.waiting import eventually


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Answers of calls that begin together, each in a thread of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def while_uncommitted(
    service: ServiceUnderTest,
    first: Callable[[Session], Any],
    second: Callable[[], Any],
    then: Callable[[Session], Any] = lambda session: None,
) -> Any:
    """The answer of `second`, which begins when `first` has acted in an open transaction.

    That is committed when `second` waits for it or is done; before, it does `then`.
    """
    answers: list[Any] = []
    beside = Thread(target=lambda: answers.append(second()))
    with service.session() as session:
        first(session)
        session.flush()
        beside.start()
        eventually(lambda: waiting(service) or not beside.is_alive())
        then(session)
    beside.join()
    [answer] = answers
    return answer


def waiting(service: ServiceUnderTest) -> int:
    """How many transactions of the service's database wait for a lock."""
    with service.session() as session:
        count: int = session.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        ).scalar_one()
    return count
