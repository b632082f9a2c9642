"""The settings of identity."""

from collections.abc import Iterator
from dataclasses import dataclass

from chassis.mailing.settings import MailSettings
from chassis.settings import NO_SECRET, Secret
from services.identity import keys


@dataclass(frozen=True, kw_only=True)
class Settings(MailSettings):
    """What identity reads beyond the others; the worker and the commands need no key."""

    public_url: str = "http://127.0.0.1:8080"  # where people reach Skiller; begins links
    erasure_ledger: str = ""  # a file beside the database that names who left; empty: none
    signing_key: Secret = NO_SECRET  # private key of access tokens, PEM; its public one is known

    def find_mistakes(self) -> Iterator[str]:
        """What is wrong with keys and mails."""
        yield from self._mistakes_of_keys()
        yield from super().find_mistakes()

    def _mistakes_of_keys(self) -> Iterator[str]:
        if not self.signing_key:
            return
        try:
            keys.find_signing_key(self.signing_key, self.public_keys)
        except ValueError as error:
            yield f"SKILLER_SIGNING_KEY: {error}"
