"""Where a service's mails go, and whom they are from."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from pathlib import Path

from chassis.mailing.addresses import read_sender
from chassis.mailing.files import FileCarrier
from chassis.mailing.server import SmtpServer, read_smtp_url
from chassis.mailing.smtp import SmtpCarrier
from chassis.settings import NO_SECRET, Secret, ServiceSettings, SettingsError

NOBODY = "Skiller <skiller@localhost>"
Carrier = SmtpCarrier | FileCarrier


@dataclass(frozen=True, kw_only=True)
class MailSettings(ServiceSettings):
    """What the worker of a service reads that sends mails."""

    smtp_url: Secret = NO_SECRET  # a mail server; empty for files in the folder instead
    mail_from: str = NOBODY  # the sender: an address, or a name and <address>
    mail_folder: Path = Path("var/mail")  # a file for each mail, without a mail server

    def __post_init__(self) -> None:
        if mistakes := list(self.find_mistakes()):
            raise SettingsError(mistakes)

    @property
    def smtp_server(self) -> SmtpServer | None:
        """The mail server, if one is set."""
        return read_smtp_url(self.smtp_url) if self.smtp_url else None

    @property
    def sender(self) -> Address:
        """Whom mails are from."""
        return read_sender(self.mail_from)

    def open_carrier(self) -> Carrier:
        """What mails are handed to; to be closed."""
        server = self.smtp_server
        return SmtpCarrier(server, self.sender) if server else FileCarrier(self.mail_folder)

    def find_mistakes(self) -> Iterator[str]:
        """What is wrong with them, each in a line that shows no secret."""
        try:
            read_sender(self.mail_from)
        except ValueError as error:
            yield f"SKILLER_MAIL_FROM: {error}"
        if not self.smtp_url:
            return
        try:
            read_smtp_url(self.smtp_url)
        except ValueError as error:
            yield f"SKILLER_SMTP_URL: {error}"
        if self.mail_from == NOBODY:
            yield "SKILLER_MAIL_FROM: is required with SKILLER_SMTP_URL and not set"
