"""Skills with a database of its own."""

import pytest

from chassis import clock
from chassis.testing.people import MONDAY
from chassis.testing.service import ServiceUnderTest
from services.skills.app import SERVICE


@pytest.fixture
def skills(service_under_test) -> ServiceUnderTest:
    return service_under_test(SERVICE)


@pytest.fixture
def on_monday():
    """The day on which the tests' posts are published: nothing has faded yet."""
    with clock.at(MONDAY):
        yield
