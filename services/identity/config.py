"""The settings of identity."""

from dataclasses import dataclass

from chassis.settings import NO_SECRET, Secret, ServiceSettings, SettingsError
from services.identity import keys


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What identity reads beyond the others; the worker and the commands need no key."""

    public_url: str = "http://127.0.0.1:8080"  # where people reach Skiller; begins links
    signing_key: Secret = NO_SECRET  # private key of access tokens, PEM; its public one is known

    def __post_init__(self) -> None:
        if not self.signing_key:
            return
        try:
            keys.find_signing_key(self.signing_key, self.public_keys)
        except ValueError as error:
            raise SettingsError([f"SKILLER_SIGNING_KEY: {error}"]) from error
