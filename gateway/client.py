"""Who is at the other end: the address that is counted, logged and passed on.

Forwarding headers are believed from as many proxies as the settings say, by default
from none. The web client vouches for its browser's address with a signature.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from chassis.vouchers import vouched_address
from gateway.config import Settings

_WITH_PORT = re.compile(r"\[([^]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5}")


@dataclass(frozen=True, slots=True)
class Client:
    """How the client reached us."""

    address: str
    scheme: str
    host: str

    @property
    def network(self) -> str:
        """What is limited."""
        return network_of(self.address)

    @property
    def area(self) -> str:
        """What a log line may tell of a client: enough to see an attack, not to name a person."""
        bits = 48 if ":" in self.address else 24
        return str(ip_network(f"{self.address.partition('%')[0]}/{bits}", strict=False))


def network_of(address: str) -> str:
    """The address, or of IPv6 its /64, which is what one customer has."""
    address = _plain(address)
    if ":" not in address:
        return address
    return str(ip_network(f"{address.partition('%')[0]}/64", strict=False))


def client_of(environ: Mapping[str, Any], settings: Settings) -> Client:
    """The client, seen past our own proxies and the web client."""
    get = environ.get
    address: str = get("REMOTE_ADDR") or "127.0.0.1"
    scheme: str = environ["wsgi.url_scheme"]
    host: str = get("HTTP_HOST") or ""
    if hops := settings.trusted_proxies:
        address = _valid(_from_right(get("HTTP_X_FORWARDED_FOR"), hops)) or address
        proto = _from_right(get("HTTP_X_FORWARDED_PROTO"), hops)
        scheme = proto if proto in ("http", "https") else scheme
        host = _from_right(get("HTTP_X_FORWARDED_HOST"), hops) or host
    if settings.web_secret and (voucher := get("HTTP_X_CLIENT_ADDRESS")):
        address = _valid(vouched_address(voucher, settings.web_secret)) or address
    return Client(_plain(address), scheme, host)


def _from_right(value: str | None, hops: int) -> str:
    """What the outermost of our proxies wrote; those further left are the client's own words.

    A proxy that replaces instead of appending leaves fewer entries than there are hops.
    """
    entries = [entry.strip() for entry in (value or "").split(",")]
    return entries[-min(hops, len(entries))]


def _valid(address: str | None) -> str | None:
    """An address without the port and the brackets that some proxies write, if it is one."""
    if address is None:
        return None
    bare = _WITH_PORT.fullmatch(address)
    try:
        return str(ip_address((bare[1] or bare[2]) if bare else address))
    except ValueError:
        return None


def _plain(address: str) -> str:
    """`::ffff:192.0.2.1`, as a socket for both families says it, is 192.0.2.1."""
    if not address.startswith("::ffff:"):
        return address
    mapped = IPv6Address(address).ipv4_mapped
    return str(mapped) if mapped else address
