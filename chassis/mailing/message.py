"""A mail made of words: its parts and headers."""

from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import MappingProxyType
from uuid import UUID

from chassis import clock
from chassis.mailing.addresses import mailable
from chassis.mailing.headers import Unencoded, Verbatim

NO_MORE: Mapping[str, str] = MappingProxyType({})


def make_message(
    *,
    mail_id: UUID,
    sender: Address,
    email: str,
    locale: str,
    subject: str,
    text: str,
    html: str,
    more: Mapping[str, str] = NO_MORE,
) -> EmailMessage:
    """The mail as text and as HTML; raises MailRefused where no mail can reach the address.

    `more` are further header fields, of ASCII.

    A mail sent again, because a worker ended before it could note the first time, has the
    same Message-ID: mailboxes show it once.
    """
    recipient = mailable(email)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = Verbatim("Subject", " ".join(subject.splitlines()))
    message["From"] = sender
    message["To"] = Unencoded("To", recipient.addr_spec)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail_id}@{sender.domain}>"
    # No out-of-office note answers it (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    for name, value in more.items():
        message[name] = Unencoded(name, value)
    # 7-bit, for every server on the way.
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # Last: the first part would have taken it along.
    message["Content-Language"] = locale
    return message


def recipient_of(message: EmailMessage) -> str:
    """The one address that it goes to."""
    return str(message["To"])
