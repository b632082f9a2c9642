"""The mail server that a setting names."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from chassis.settings import NO_SECRET, Secret

Tls = Literal["starttls", "always", "never"]
FORMS = "smtp://user:password@host:587, smtps://… or smtp://host:25?tls=never"


@dataclass(frozen=True)
class SmtpServer:
    """Where mails are handed over, and how."""

    host: str
    port: int
    tls: Tls
    user: str | None
    password: Secret


def read_smtp_url(url: str) -> SmtpServer:
    """A server from its URL; raises ValueError, whose text shows nothing of the URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        # Not its own text: of a malformed URL that may be a part of the password.
        raise ValueError(f"is no URL; expected {FORMS}") from error
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme not in ("smtp", "smtps") or not host or parts.path not in ("", "/"):
        raise ValueError(f"expected {FORMS}")
    if parts.fragment or options not in ({}, {"tls": ["never"]}):
        raise ValueError("the one option is ?tls=never (encode # and ? of a password)")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("a user needs a password, and a password a user")
    tls: Tls = "always" if parts.scheme == "smtps" else "never" if options else "starttls"
    if options and parts.scheme == "smtps":
        raise ValueError("smtps without TLS is smtp")
    if options and parts.username:
        raise ValueError("a password is not sent without TLS")
    return SmtpServer(
        host=host,
        port=port or (465 if tls == "always" else 587),
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=Secret(unquote(parts.password)) if parts.password else NO_SECRET,
    )
