"""What tests of mails share: members who can be reached, the worker's chores, and what came."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from sqlalchemy import select

from chassis import clock
from chassis.settings import Secret
from chassis.testing.people import MONDAY
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import AddressConfirmed
from services.notifications import chores
from services.notifications.config import Settings
from services.notifications.links import Keys
from services.notifications.models import Mail, MailTry
from services.notifications.pushing.vapid import make_key
from services.notifications.tests.factories import SOON

SECRET = "of-tests-alone-and-long-enough-for-us"
SETTINGS: dict[str, Any] = {
    "link_secret": Secret(SECRET),
    "public_url": "https://skiller.example",
    "mail_from": "Skiller <skiller@skiller.example>",
    "vapid_key": Secret(make_key()),
}
WAITED = SOON + timedelta(minutes=10)


def confirmed(one: Person, *, at: datetime = MONDAY, revision: int = 1) -> AddressConfirmed:
    return AddressConfirmed(
        member_id=one.id,
        email=f"{one.name.lower()}@example.org",
        state="confirmed",
        revision=revision,
        changed_at=at,
    )


def reach(notifications: ServiceUnderTest, *people: Person, at: datetime = MONDAY) -> None:
    """Let people have confirmed addresses."""
    notifications.deliver(*(confirmed(one, at=at) for one in people))


def keys_of(notifications: ServiceUnderTest) -> Keys:
    assert isinstance(notifications.settings, Settings)
    return Keys(notifications.settings.link_secret)


def plan(notifications: ServiceUnderTest, at: datetime = WAITED) -> None:
    """Let the worker plan what is due."""
    with clock.at(at):
        while chores.plan_mails(notifications.database, notifications.settings):
            pass


def send(notifications: ServiceUnderTest, at: datetime = WAITED) -> None:
    """Let the worker send what is due."""
    with clock.at(at):
        chores.send_mails(notifications.database, notifications.settings)


def work(notifications: ServiceUnderTest, at: datetime = WAITED) -> None:
    plan(notifications, at)
    send(notifications, at)


def written(notifications: ServiceUnderTest) -> list[EmailMessage]:
    """The mails in the folder, in order."""
    folder: Path = notifications.settings.mail_folder  # type: ignore[attr-defined]
    files = (path.read_bytes() for path in sorted(folder.glob("*.eml")))
    return [message_from_bytes(file, policy=default) for file in files]  # type: ignore[misc]


def told(notifications: ServiceUnderTest) -> list[tuple[str, str]]:
    """To whom mails were written, and their subjects."""
    return [(str(one["To"]), str(one["Subject"])) for one in written(notifications)]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def mails(notifications: ServiceUnderTest) -> list[Mail]:
    """All that were planned, in order."""
    with notifications.session() as session:
        return list(session.scalars(select(Mail).order_by(Mail.planned_at, Mail.id)))


def tries(notifications: ServiceUnderTest) -> list[MailTry]:
    with notifications.session() as session:
        return list(session.scalars(select(MailTry).order_by(MailTry.id)))
