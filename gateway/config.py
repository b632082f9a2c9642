"""What the gateway is told by its environment (`SKILLER_…`)."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import limits

from chassis.settings import NO_SECRET, LogSettings, Secret, SettingsError, TokenSettings
from contracts.services import SERVICES, WEB


@dataclass(frozen=True, kw_only=True)
class Settings(LogSettings, TokenSettings):
    """All mistakes are reported together, as `SettingsError`."""

    upstreams: str = ""  # social=http://host:port, …: where each service is that is deployed
    upstream_connect_seconds: float = 0.5  # to reach one address of a service
    upstream_read_seconds: float = 5.0  # until its next bytes
    # Flood guards per process; the values are Mastodon's (config/initializers/rack_attack.rb).
    member_limit: str = "1500/5minutes"  # per member
    address_limit: str = "300/5minutes"  # per address of strangers; IPv6 by /64
    page_limit: str = "3000/5minutes"  # pages per address: an office may share one
    picture_limit: str = "6000/5minutes"  # pictures per address: pages show them without a token
    address_connections: int = 100  # of one address, per process; IPv6 by /64; 0: any number
    limits_url: Secret = NO_SECRET  # redis://… or rediss://…: count for all gateways together
    trusted_proxies: int = 0  # how many proxies of ours stand before the gateway
    web_secret: Secret = NO_SECRET  # shared with the web client, which vouches for addresses
    cors_origins: str = ""  # origins, comma separated, whose pages may call the API; `*` for any
    hsts_seconds: int = 0  # Strict-Transport-Security; 0 where there is no TLS
    metrics_address: str = "0.0.0.0"  # where metrics are served in a container
    metrics_port: int = 0  # where metrics are served, apart from the public port; 0: nowhere

    def __post_init__(self) -> None:
        mistakes = []
        if not all(
            name in (*SERVICES, WEB) and _is_base_url(url) for name, url in self.urls.items()
        ):
            mistakes.append("SKILLER_UPSTREAMS: expected service=http://host:port, …")
        for name in ("member_limit", "address_limit", "page_limit", "picture_limit"):
            if not _succeeds(limits.parse, getattr(self, name)):
                mistakes.append(f"SKILLER_{name.upper()}: expected a rate such as 300/5minutes")
        for name in ("trusted_proxies", "address_connections"):
            if getattr(self, name) < 0:
                mistakes.append(f"SKILLER_{name.upper()}: expected 0 or more")
        if mistakes:
            raise SettingsError(mistakes)

    @property
    def urls(self) -> dict[str, str]:
        """Where each deployed service is, by its name."""
        parts = (part.strip().partition("=") for part in self.upstreams.split(","))
        return {name: url for name, _, url in parts if name or url}

    @property
    def origins(self) -> frozenset[str]:
        """The origins that CORS lets in."""
        return frozenset(filter(None, (part.strip() for part in self.cors_origins.split(","))))


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    bare = parts.path in ("", "/") and not parts.query and not parts.username
    return parts.scheme == "http" and bool(parts.hostname) and port != 0 and bare


def _succeeds(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
