"""Where a request comes from, as the gateway told it."""

from flask import request

from services.identity import rules


def current_client() -> str:
    """The caller's network address.

    The gateway replaces whatever a client sends in this header, and nothing but the gateway
    reaches this service.
    """
    told = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return rules.client_of(told or request.remote_addr or "")


def current_device() -> str:
    """What the caller's program calls itself, for the list of sessions."""
    said = request.headers.get("User-Agent", "")
    return "".join(letter for letter in said if letter.isprintable())[:200]
