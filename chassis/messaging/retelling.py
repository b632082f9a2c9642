"""Telling everything again: what each service keeps of the others, emptied and told anew, in order.

For whoever filled the owners' rows by another way than their actions: a restore, a demonstration.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from chassis import reconciling
from chassis.messaging.topology import read_subscriptions
from chassis.reconciling import Total
from contracts import EVENTS
from contracts.services import SERVICES

LAST = SERVICES[-1]  # hears of what it may tell people when all else is told
PATIENCE, PAUSE = 300.0, 0.2  # seconds in which nothing arrives, and between two looks
Pair = tuple[str, str]


class NothingArrives(Exception):
    """What was told does not reach its listeners: no worker runs, or something failed."""


class Skiller(Protocol):
    """All services of one Skiller, as telling again needs them."""

    def rebuild(self, service: str) -> None:
        """Empty what a service made from the others' events."""

    def begin(self) -> None:
        """Let events travel, where they do not yet."""

    def republish(self, publisher: str, listeners: Sequence[str]) -> None:
        """Tell the past of one to others."""

    def count_waiting(self, service: str) -> int:
        """How many events wait in a service's outbox."""

    def totals(self) -> list[Total]:
        """What each service counts of the rows that it shares."""


def tell_again(skiller: Skiller, *, last: str | None = LAST) -> int:
    """Rebuild all and wait until they agree; how many replicas do. Raises NothingArrives.

    Without a `last` all listeners hear a publisher together: where nobody waits to be told.
    """
    heard = listeners()
    for service in SERVICES:
        if any(service in names for names in heard.values()):
            skiller.rebuild(service)
    skiller.begin()
    told: list[Pair] = []
    for publisher, pairs in groupby(in_order(heard, last), key=itemgetter(0)):
        # What it tells on is right only once it has heard all itself.
        _wait_for(skiller, told)
        telling = list(pairs)
        skiller.republish(publisher, [listener for _, listener in telling])
        told += telling
    _wait_for(skiller, told)
    count, differences = reconciling.compare(skiller.totals())
    if differences:
        raise NothingArrives("; ".join(differences))
    return count


def listeners() -> Mapping[str, Collection[str]]:
    """Who hears each publisher."""
    found: dict[str, set[str]] = {service: set() for service in SERVICES}
    for name, services in read_subscriptions().items():
        found[EVENTS[name].source].update(services)
    return found


def in_order(heard: Mapping[str, Collection[str]], last: str | None = LAST) -> Iterator[Pair]:
    """Publisher and listener: in the order of services, and to the last one at the end."""
    for is_last in (False, True):
        for publisher in SERVICES:
            for listener in SERVICES:
                if listener in heard[publisher] and (listener == last) == is_last:
                    yield publisher, listener


def _wait_for(skiller: Skiller, told: Collection[Pair]) -> None:
    """Until nothing waits, and each listener has all that its publisher told it."""
    before, moved = "", time.monotonic()
    while state := _find_missing(skiller, told):
        if state != before:
            before, moved = state, time.monotonic()
        if time.monotonic() - moved > PATIENCE:
            raise NothingArrives(f"Nothing arrives any more: {state} See the workers' logs")
        time.sleep(PAUSE)


def _find_missing(skiller: Skiller, told: Collection[Pair]) -> str:
    waiting = [(skiller.count_waiting(service), service) for service in SERVICES]
    if moving := [f"{count} events of {service}" for count, service in waiting if count]:
        return f"{', '.join(moving)} wait."
    if not told:
        return ""
    totals: Sequence[Total] = [
        total
        for total in skiller.totals()
        if total.owner == total.service or (total.owner, total.service) in told
    ]
    return " ".join(reconciling.compare(totals)[1])
