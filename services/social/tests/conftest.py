"""Social with a database of its own."""

import pytest

from chassis.testing.service import ServiceUnderTest
from services.social.app import SERVICE


@pytest.fixture
def social(service_under_test) -> ServiceUnderTest:
    return service_under_test(SERVICE)
