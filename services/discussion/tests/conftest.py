"""Discussion with a database of its own."""

import pytest

from chassis.testing.service import ServiceUnderTest
from services.discussion.app import SERVICE


@pytest.fixture
def discussion(service_under_test) -> ServiceUnderTest:
    return service_under_test(SERVICE)
