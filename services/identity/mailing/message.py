"""Letters made mails."""

from email.headerregistry import Address
from email.message import EmailMessage
from uuid import UUID

from chassis.mailing import message
from services.identity.mailing.letter import Letter
from services.identity.mailing.wording import put_into_words


def make_message(letter: Letter, *, mail_id: UUID, sender: Address) -> EmailMessage:
    """A letter in its own words; raises MailRefused where no mail can reach the address."""
    words = put_into_words(letter)
    return message.make_message(
        mail_id=mail_id,
        sender=sender,
        email=letter.email,
        locale=letter.locale,
        subject=words.subject,
        text=words.text,
        html=words.html,
    )
