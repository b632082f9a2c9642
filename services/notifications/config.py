"""The settings of notifications."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from zoneinfo import available_timezones

from chassis.mailing.addresses import read_sender
from chassis.mailing.settings import MailSettings
from chassis.settings import NO_SECRET, Secret
from services.notifications.links import LONGEST_NAME
from services.notifications.pushing.endpoints import read_hosts
from services.notifications.pushing.vapid import VapidKey, read_key

# Of Chrome, Edge on Android and their like, Firefox, Safari, Edge on Windows.
PUSH_HOSTS = (
    "fcm.googleapis.com, updates.push.services.mozilla.com, .push.services.mozilla.com,"
    " web.push.apple.com, .push.apple.com, .notify.windows.com"
)


@dataclass(frozen=True, kw_only=True)
class Settings(MailSettings):
    """What notifications reads beyond the others; migrating needs no secret."""

    public_url: str = "http://127.0.0.1:8080"  # where people reach Skiller; begins links
    # Signs what mails lead back by; several, the newest first, with spaces between.
    link_secret: Secret = NO_SECRET
    return_address: str = ""  # where mails that cannot be delivered come back; empty: nowhere
    zone: str = "Europe/Paris"  # the community's time zone, and of members who chose none
    # Push services know us by this private key, P-256 in PEM; without one nothing is pushed.
    vapid_key: Secret = NO_SECRET
    push_hosts: str = PUSH_HOSTS  # whom pushes may go to: hosts, or .suffix for all under a name

    @property
    def key(self) -> VapidKey | None:
        """The key of pushes, if there is one."""
        return read_key(self.vapid_key) if self.vapid_key else None

    @property
    def hosts(self) -> Sequence[str]:
        """Whom pushes may go to."""
        return read_hosts(self.push_hosts)

    @property
    def contact(self) -> str:
        """Whom push services tell of trouble (RFC 8292, 2.1): where we are, or who mails."""
        is_secure = self.public_url.startswith("https://")
        return self.public_url if is_secure else f"mailto:{self.sender.addr_spec}"

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
        for name, read, value in (
            ("SKILLER_VAPID_KEY", read_key, self.vapid_key),
            ("SKILLER_PUSH_HOSTS", read_hosts, self.push_hosts),
        ):
            try:
                if value:
                    read(value)
            except ValueError as error:
                yield f"{name}: {error}"
        if (self.smtp_url or self.broker_url) and not self.link_secret:
            yield "SKILLER_LINK_SECRET: is required to work and not set"
        yield from super().find_mistakes()
