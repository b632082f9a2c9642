"""Words made a mail."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from chassis import clock
from services.identity.mailing.addresses import mailable
from services.identity.mailing.headers import Verbatim, VerbatimAddress
from services.identity.mailing.letter import Letter
from services.identity.mailing.wording import put_into_words


def make_message(letter: Letter, *, mail_id: UUID, sender: Address) -> EmailMessage:
    """The mail as text and as HTML; raises MailRefused where no mail can reach the address.

    A mail sent again, because a worker ended before it could note the first time, has the
    same Message-ID: mailboxes show it once.
    """
    recipient = mailable(letter.email)
    words = put_into_words(letter)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = Verbatim("Subject", " ".join(words.subject.splitlines()))
    message["From"] = sender
    message["To"] = VerbatimAddress("To", recipient.addr_spec)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail_id}@{sender.domain}>"
    # No out-of-office note answers it (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    # 7-bit, for every server on the way.
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    # Last: the first part would have taken it along.
    message["Content-Language"] = letter.locale
    return message


def recipient_of(message: EmailMessage) -> str:
    """The one address that it goes to."""
    return str(message["To"])
