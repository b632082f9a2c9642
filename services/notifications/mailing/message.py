"""Letters made mails."""

from email.headerregistry import Address
from email.message import EmailMessage

from chassis.mailing import message
from services.notifications.mailing.letter import Letter
from services.notifications.mailing.wording import put_into_words


def make_message(letter: Letter, *, public_url: str, sender: Address) -> EmailMessage:
    """A letter in its words; raises MailRefused where no mail can reach the address.

    Mailboxes show its mails of one thing as one thread, and unsubscribe by one click (RFC 8058).
    """
    words = put_into_words(letter, public_url=public_url)
    more = {
        "List-Id": f"<{letter.scope.replace('_', '-')}.notices.{sender.domain}>",
        "List-Unsubscribe": f"<{public_url}/api/v1/unsubscriptions/{letter.unsubscribing}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if letter.object_id is not None:
        more["References"] = f"<{letter.object_id}@{sender.domain}>"
    return message.make_message(
        mail_id=letter.mail_id,
        sender=sender,
        email=letter.email,
        locale=letter.locale,
        subject=words.subject,
        text=words.text,
        html=words.html,
        more=more,
    )
