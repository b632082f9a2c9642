"""The settings of notifications."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from zoneinfo import available_timezones

from chassis.mailing.addresses import read_sender
from chassis.mailing.settings import MailSettings
from chassis.settings import NO_SECRET, Secret
from services.notifications.links import LONGEST_NAME


@dataclass(frozen=True, kw_only=True)
class Settings(MailSettings):
    """What notifications reads beyond the others; migrating needs no secret."""

    public_url: str = "http://127.0.0.1:8080"  # where people reach Skiller; begins links
    # Signs what mails lead back by; several, the newest first, with spaces between.
    link_secret: Secret = NO_SECRET
    return_address: str = ""  # where mails that cannot be delivered come back; empty: nowhere
    zone: str = "Europe/Paris"  # the community's time zone, and of members who chose none

    @property
    def return_to(self) -> Address | None:
        """Where mails come back that cannot be delivered, if they are heard of."""
        return read_sender(self.return_address) if self.return_address else None

    def find_mistakes(self) -> Iterator[str]:
        """What is wrong with the zone, the addresses, the secret and mails."""
        if self.zone not in available_timezones():
            yield "SKILLER_ZONE: not the name of a time zone"
        if self.return_address:
            try:
                name = read_sender(self.return_address).username
                if len(name) > LONGEST_NAME:
                    yield f"SKILLER_RETURN_ADDRESS: at most {LONGEST_NAME} letters before the @"
            except ValueError as error:
                yield f"SKILLER_RETURN_ADDRESS: {error}"
        if (self.smtp_url or self.broker_url) and not self.link_secret:
            yield "SKILLER_LINK_SECRET: is required to work and not set"
        yield from super().find_mistakes()
