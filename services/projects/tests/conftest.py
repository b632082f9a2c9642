"""Projects with a database of its own."""

import pytest

from chassis.testing.service import ServiceUnderTest
from services.projects.app import SERVICE


@pytest.fixture
def projects(service_under_test) -> ServiceUnderTest:
    return service_under_test(SERVICE)
