"""Each listener applies the golden sample of each event that it subscribed to."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from chassis.messaging.consumer import Message
from chassis.messaging.failures import list_failed
from chassis.messaging.tables import MECHANISMS
from chassis.service import Service
from chassis.testing.service import ServiceUnderTest
from standalone.services import SERVICES
from tests.contracts.samples import body_of

HEARD = [(service, name) for service in SERVICES for name in service.handlers.subscriptions]


@pytest.mark.parametrize(
    ("service", "name"), HEARD, ids=[f"{service.name}-{name}" for service, name in HEARD]
)
def test_a_listener_applies_the_sample(
    service: Service, name: str, service_under_test: Callable[..., ServiceUnderTest]
) -> None:
    listener = service_under_test(service)
    before = _rows(listener)

    listener.consumer.handle([Message(body_of(name))])

    with listener.session() as session:
        assert not [failed.error for failed in list_failed(session)]
    assert _rows(listener) != before


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_samples_again_and_late_end_in_the_same_replicas(
    service: Service, service_under_test: Callable[..., ServiceUnderTest]
) -> None:
    """What follows from the replicas may remember the way (a revision, a row at level 0)."""
    names = service.handlers.subscriptions
    one, other = service_under_test(service), service_under_test(service)

    for name in names:
        one.consumer.handle([Message(body_of(name))])
    for name in [*names, *reversed(names)]:
        other.consumer.handle([Message(body_of(name))])

    assert _replicas(one) == _replicas(other)


def _replicas(service: ServiceUnderTest) -> dict[str, list[Any]]:
    return {table: rows for table, rows in _rows(service).items() if table.endswith("_refs")}


def _rows(service: ServiceUnderTest) -> dict[str, list[Any]]:
    """What the service keeps, without the mechanism's own tables."""
    own = set(service.service.metadata.tables) - {table.name for table in MECHANISMS}
    with service.session() as session:
        return {
            table: sorted(session.scalars(text(f"SELECT to_jsonb({table})::text FROM {table}")))
            for table in sorted(own)
        }
