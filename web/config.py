"""What the web client is told by its environment (`SKILLER_…`)."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from chassis.settings import LogSettings, Secret, SettingsError


@dataclass(frozen=True, kw_only=True)
class Settings(LogSettings):
    """All mistakes are reported together, as `SettingsError`."""

    # Shared with the gateway, to which it vouches for addresses; forms are signed by it as well.
    web_secret: Secret
    api_url: str = "http://127.0.0.1:8080"  # the gateway
    # What one page's calls may take together: less than the gateway waits for the page.
    api_seconds: float = 4.0
    zone: str = "Europe/Paris"  # the community's, in which hours are said
    metrics_address: str = "0.0.0.0"  # where metrics are served in a container
    metrics_port: int = 0  # where metrics are served, apart from the public port; 0: nowhere

    def __post_init__(self) -> None:
        """Raises SettingsError where nobody knows the zone."""
        if self.zone not in available_timezones():
            raise SettingsError(["SKILLER_ZONE: not the name of a time zone"])
