"""Notifications with a database of its own."""

import pytest

from chassis.testing.service import ServiceUnderTest
from services.notifications.app import SERVICE


@pytest.fixture
def notifications(service_under_test) -> ServiceUnderTest:
    return service_under_test(SERVICE)
