"""Notifications with a database of its own."""

import pytest

from chassis import clock
from chassis.testing.service import ServiceUnderTest
from services.notifications.app import SERVICE
from services.notifications.tests.factories import SOON
from services.notifications.tests.mailbox import SETTINGS


@pytest.fixture
def notifications(service_under_test, tmp_path) -> ServiceUnderTest:
    return service_under_test(SERVICE, **SETTINGS, mail_folder=tmp_path / "mail")


@pytest.fixture(autouse=True)
def _soon():
    with clock.at(SOON):
        yield
