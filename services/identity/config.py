"""The settings of identity."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from pathlib import Path

from chassis.mailing.addresses import read_sender
from chassis.mailing.server import SmtpServer, read_smtp_url
from chassis.settings import NO_SECRET, Secret, ServiceSettings, SettingsError
from services.identity import keys

NOBODY = "Skiller <skiller@localhost>"


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What identity reads beyond the others; the worker and the commands need no key."""

    public_url: str = "http://127.0.0.1:8080"  # where people reach Skiller; begins links
    signing_key: Secret = NO_SECRET  # private key of access tokens, PEM; its public one is known
    # Of the worker: where mails go, and whom they are from.
    smtp_url: Secret = NO_SECRET  # a mail server; empty for files in the folder instead
    mail_from: str = NOBODY  # the sender: an address, or a name and <address>
    mail_folder: Path = Path("var/mail")  # a file for each mail, without a mail server

    def __post_init__(self) -> None:
        if mistakes := [*self._mistakes_of_keys(), *self._mistakes_of_mail()]:
            raise SettingsError(mistakes)

    @property
    def smtp_server(self) -> SmtpServer | None:
        """The mail server, if one is set."""
        return read_smtp_url(self.smtp_url) if self.smtp_url else None

    @property
    def sender(self) -> Address:
        """Whom mails are from."""
        return read_sender(self.mail_from)

    def _mistakes_of_keys(self) -> Iterator[str]:
        if not self.signing_key:
            return
        try:
            keys.find_signing_key(self.signing_key, self.public_keys)
        except ValueError as error:
            yield f"SKILLER_SIGNING_KEY: {error}"

    def _mistakes_of_mail(self) -> Iterator[str]:
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
