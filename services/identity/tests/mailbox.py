"""What tests of mails share: queueing, the worker's chores, and what came of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis import clock
from chassis.identifiers import new_id
from chassis.mailing.addresses import key_of
from chassis.settings import Secret
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.identity import chores, rules, tokens
from services.identity.actions.mails import MailKind, queue_mail
from services.identity.config import Settings
from services.identity.models import Credentials, Invitation, InvitationRequest, Mail, MailedToken
from services.identity.tests.factories import JOINED

PUBLIC_URL = "https://skiller.example"


def settings_for(
    identity: ServiceUnderTest, *, url: str = "", folder: Path = Path("/nonexistent/mail")
) -> Settings:
    """The worker's, with a mail server or a folder."""
    assert isinstance(identity.settings, Settings)
    return replace(
        identity.settings,
        public_url=PUBLIC_URL,
        smtp_url=Secret(url),
        mail_from="Skiller <skiller@example.org>",
        mail_folder=folder,
    )


def queue(
    identity: ServiceUnderTest,
    kind: MailKind,
    email: str,
    subject_id: UUID | None = None,
    *,
    at: datetime = JOINED,
) -> None:
    with clock.at(at), identity.session() as session:
        queue_mail(session, kind=kind, email=email, subject_id=subject_id)


def send(identity: ServiceUnderTest, settings: Settings, *, at: datetime = JOINED) -> bool:
    """One run of the worker's chore."""
    with clock.at(at):
        return chores.send_mails(identity.database, settings)


def mails(identity: ServiceUnderTest) -> Sequence[Mail]:
    """The rows that are left, in order."""
    with identity.session() as session:
        return session.scalars(select(Mail).order_by(Mail.id)).all()


def minted(identity: ServiceUnderTest) -> Sequence[MailedToken]:
    with identity.session() as session:
        return session.scalars(select(MailedToken)).all()


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def links_of(message: EmailMessage) -> list[str]:
    return [line for line in text_of(message).splitlines() if line.startswith("https://")]


def is_minted(identity: ServiceUnderTest, link: str) -> MailedToken | None:
    """The row of a link's secret."""
    with identity.session() as session:
        return session.get(MailedToken, tokens.digest(link.rsplit("/", 1)[1]))


def add_invitation(
    identity: ServiceUnderTest,
    sponsor: Person | None,
    email: str | None = "grace@example.org",
    *,
    at: datetime = JOINED,
    **more: Any,
) -> UUID:
    """An invitation as if it had been sent by mail."""
    row = Invitation(
        id=new_id(),
        token_hash=tokens.digest(tokens.new_secret()),
        sponsor_id=sponsor.id if sponsor else None,
        email=email,
        **{
            "role": "member",
            "is_first_start": False,
            "is_mailed": True,
            "note": "",
            "created_at": at,
            "expires_at": at + rules.INVITATION_LIFE,
            **more,
        },
    )
    with identity.session() as session:
        session.add(row)
    return row.id


def add_request(
    identity: ServiceUnderTest,
    *,
    state: str = "unconfirmed",
    email: str = "zoe@example.org",
    locale: str = "en",
    created_at: datetime = JOINED,
    expires_at: datetime,
) -> UUID:
    """A stranger's request."""
    row = InvitationRequest(
        id=new_id(),
        state=state,
        name="Zoé Martin",
        email=email,
        email_key=key_of(email),
        motivation="Je partage volontiers.",
        keywords=["Python"],
        keyword_slugs=["python"],
        link="https://zoe.example",
        locale=locale,
        created_at=created_at,
        expires_at=expires_at,
    )
    with identity.session() as session:
        session.add(row)
    return row.id


def change(identity: ServiceUnderTest, kind: type[Any], key: Any, **values: Any) -> None:
    """Set columns of a row."""
    with identity.session() as session:
        row = session.get_one(kind, key)
        for name, value in values.items():
            setattr(row, name, value)


def set_address(identity: ServiceUnderTest, person: Person, email: str) -> None:
    change(identity, Credentials, person.id, email=email, email_key=key_of(email))
