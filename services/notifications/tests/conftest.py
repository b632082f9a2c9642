"""Notifications with a database of its own."""

import pytest

from chassis import clock
from chassis.testing.service import ServiceUnderTest
from services.notifications.app import SERVICE
from services.notifications.tests.factories import SOON, answer, members, question
from services.notifications.tests.gadgets import subscribe, want_pushes
from services.notifications.tests.mailbox import SETTINGS
from services.notifications.tests.push_service import push_service


@pytest.fixture
def notifications(service_under_test, tmp_path) -> ServiceUnderTest:
    return service_under_test(SERVICE, **SETTINGS, mail_folder=tmp_path / "mail")


@pytest.fixture(autouse=True)
def _soon():
    with clock.at(SOON):
        yield


@pytest.fixture
def service(notifications):
    with push_service(notifications.settings.key.public) as service:
        yield service


@pytest.fixture
def asker(notifications, service):
    """Somebody with a phone, whose questions are answered."""
    ada, béa = members(notifications, "Ada", "Béa")
    subscribe(notifications, ada, service.browser("phone"))
    want_pushes(notifications, ada)

    def ask(title="Who knows rye?", at=SOON):
        asked = question(ada, title, audience="members", at=at)
        with clock.at(at):
            notifications.deliver(asked, answer(béa, asked, at=at))
        return asked

    return ada, ask
