"""Tells all services what was copied into the tables of each: by `rebuild` and `republish`."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from chassis import reconciling
from chassis.database import is_unreachable
from chassis.messaging import outbox
from chassis.messaging.republish import republish
from chassis.messaging.retelling import NothingArrives, tell_again
from chassis.messaging.topology import Topology, read_subscriptions
from chassis.reconciling import Total
from chassis.service import Service
from demo.arrival import NotArrived
from demo.community.arriving import Arrival, Count
from demo.machine import Machine, WentAway
from standalone.services import SERVICES

# Events for each member: they, whom they follow, what they wrote and who liked it, by listener.
EVENTS = 180
_BY_NAME = {service.name: service for service in SERVICES}
_TOPOLOGY = Topology(read_subscriptions())


def tell_all(arrival: Arrival, count: Count) -> None:
    """Until everybody has heard of everything; raises NotArrived."""
    try:
        tell_again(_Copied(arrival.machine, count))
    except NothingArrives as error:
        raise NotArrived(str(error)) from error
    except SQLAlchemyError as error:
        if not is_unreachable(error):
            raise
        raise WentAway("A database went away. The same command goes on from here.") from error


@dataclass(frozen=True)
class _Copied:
    """A running Skiller whose owners' rows came by COPY, as telling everything again needs it."""

    machine: Machine
    count: Count

    def rebuild(self, service: str) -> None:
        empty = _BY_NAME[service].empty
        assert empty is not None
        self.machine.do(service, empty)

    def begin(self) -> None:
        """Its worker runs already."""

    def republish(self, publisher: str, listener: str) -> None:
        heard = _TOPOLOGY.heard_by(listener)
        history, database = _BY_NAME[publisher].history, self.machine.database(publisher)
        republish(database, history, listener, heard, tell=self.count)

    def count_waiting(self, service: str) -> int:
        return self.machine.do(service, outbox.backlog)

    def totals(self) -> list[Total]:
        return [total for service in SERVICES for total in self._totals(service)]

    def _totals(self, service: Service) -> list[Total]:
        its = service.name, service.all_shares
        return self.machine.do(service.name, lambda session: reconciling.count(session, *its))
