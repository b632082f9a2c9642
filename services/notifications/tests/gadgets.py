"""What tests of pushes share: members with devices, and the worker's chores."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.test import TestResponse

from chassis import clock
from chassis.testing.people import MONDAY
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person, token_for
from services.notifications import chores
from services.notifications.models import PushTry
from services.notifications.tests.factories import SOON
from services.notifications.tests.push_service import Browser

PATH = "/notices/push-subscriptions"


def subscribe(
    notifications: ServiceUnderTest,
    person: Person,
    browser: Browser,
    *,
    session_id: UUID | None = None,
    at: datetime = MONDAY,
) -> TestResponse:
    """Let somebody's browser be pushed to, before anything happens."""
    token = token_for(person, sid=str(session_id or uuid4()))
    with clock.at(at):
        return notifications.as_member(person).post(
            PATH, browser.subscription, headers={"Authorization": f"Bearer {token}"}
        )


def want_pushes(
    notifications: ServiceUnderTest, person: Person, *, at: datetime = MONDAY, **more: Any
) -> None:
    """Let somebody choose to be pushed all that happens."""
    client = notifications.as_member(person)
    with clock.at(at):
        chosen = client.get("/notices/preferences").json
        version = chosen.pop("version")
        del chosen["mail_state"]
        classes = {name: {"mail": "digest", "push": True} for name in chosen["classes"]}
        answered = client.put(
            "/notices/preferences",
            {**chosen, "classes": classes, **more},
            headers={"If-Match": f'"{version}"'},
        )
    assert answered.status_code == 200, answered.json


def plan(notifications: ServiceUnderTest, at: datetime = SOON) -> None:
    """Let the worker plan what is due."""
    with clock.at(at):
        while chores.plan_pushes(notifications.database, notifications.settings):
            pass


def send(notifications: ServiceUnderTest, at: datetime = SOON) -> None:
    """Let the worker send what is due."""
    with clock.at(at):
        chores.send_pushes(notifications.database, notifications.settings)


def work(notifications: ServiceUnderTest, at: datetime = SOON) -> None:
    plan(notifications, at)
    send(notifications, at)


def tries(notifications: ServiceUnderTest) -> list[PushTry]:
    """What waits, or was given up."""
    with notifications.session() as session:
        return list(session.scalars(select(PushTry).order_by(PushTry.id)))
