"""Tells all services what was copied into the tables of each, by their own handlers.

As a restore does it, but that events go by no outbox: a process for each listener, several at once,
reads the publisher's rows and lets the listener hear of them.
"""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from queue import Empty
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chassis import garbage, reconciling
from chassis.database import Database, is_unreachable
from chassis.messaging import outbox
from chassis.messaging.handing import hand_over
from chassis.messaging.retelling import NothingArrives, tell_again
from chassis.reconciling import Total
from chassis.service import Service
from demo.arrival import NotArrived
from demo.community.arriving import Arrival, Count
from demo.machine import Machine, WentAway
from standalone.services import SERVICES

# Events for each member: they, whom they follow, what they wrote and who liked it, by listener.
EVENTS = 200
AT_ONCE = 2  # listeners that hear at the same time
POLL = 0.2
_BY_NAME = {service.name: service for service in SERVICES}
_progress: Any = None  # in a process that hands over: where it says how many events more


def tell_all(arrival: Arrival, count: Count) -> None:
    """Until everybody has heard of everything; raises NotArrived."""
    try:
        with _handing() as (processes, progress):
            tell_again(_Copied(arrival.machine, count, processes, progress), last=None)
    except NothingArrives as error:
        raise NotArrived(str(error)) from error
    except SQLAlchemyError as error:
        if not is_unreachable(error):
            raise
        raise WentAway("A database went away. The same command goes on from here.") from error


@contextmanager
def _handing() -> Iterator[tuple[ProcessPoolExecutor, Any]]:
    how = get_context("spawn")
    progress = how.Queue()
    with ProcessPoolExecutor(AT_ONCE, how, _begin, (progress,)) as processes:
        yield processes, progress


def _begin(progress: Any) -> None:
    global _progress
    _progress = progress
    garbage.look_seldom()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def _hand_over(publisher: str, url: str, listener: str, its_url: str) -> None:
    database, its = Database(url, pool_size=1), Database(its_url, pool_size=1)
    history, handlers = _BY_NAME[publisher].history, _BY_NAME[listener].handlers
    try:
        hand_over(database, history, its, handlers, tell=_progress.put)
    finally:
        database.close()
        its.close()


@dataclass(frozen=True)
class _Copied:
    """A running Skiller whose owners' rows came by COPY, as telling everything again needs it."""

    machine: Machine
    count: Count
    processes: ProcessPoolExecutor
    progress: Any

    def rebuild(self, service: str) -> None:
        empty = _BY_NAME[service].empty
        assert empty is not None
        self.machine.do(service, empty)

    def begin(self) -> None:
        """Its worker runs already."""

    def republish(self, publisher: str, listeners: Sequence[str]) -> None:
        url = self.machine.url(publisher)
        # The later ones, skills and notifications, have most to do: the others share what is left.
        handed: list[Future[None]] = [
            self.processes.submit(_hand_over, publisher, url, listener, self.machine.url(listener))
            for listener in reversed(listeners)
        ]
        while not all(one.done() for one in handed):
            self._count_more(POLL)
        for one in handed:
            one.result()
        self._count_more(0)

    def _count_more(self, seconds: float) -> None:
        try:
            while True:
                self.count(self.progress.get(timeout=seconds))
        except Empty:
            pass

    def count_waiting(self, service: str) -> int:
        return self.machine.do(service, outbox.backlog)

    def totals(self) -> list[Total]:
        return [total for service in SERVICES for total in self._totals(service)]

    def _totals(self, service: Service) -> list[Total]:
        its = service.name, service.all_shares
        return self.machine.do(service.name, lambda session: reconciling.count(session, *its))
