"""Addresses as mail servers take them."""

import re
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry
from typing import Any

import idna

from services.identity.mailing.failures import MailRefused

# A dot-atom of RFC 5322, and of RFC 6532 beyond ASCII; quoted local parts are nobody's in earnest.
_ATOM = r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\]\\.]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*")


def mailable(email: str) -> Address:
    """The address with its domain in ASCII; raises MailRefused.

    By IDNA 2008, not Python's own codec of 2003, which takes straße.de for strasse.de:
    another domain, whose owner would get the mail.
    """
    local, _, domain = email.strip().rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise MailRefused("The domain of the address is none.") from error
    if "=?" in local:
        # Programs that read the header would decode it, and see another address.
        raise MailRefused("The address looks like an encoded word.")
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain)):
        raise MailRefused("The address has a form that is not written to.")
    return Address(username=local, domain=ascii_domain)


def read_sender(text: str) -> Address:
    """`Name <address>` or an address alone; raises ValueError."""
    try:
        header: Any = HeaderRegistry()("From", text)
        [sender] = header.addresses
        address = mailable(sender.addr_spec)
    except (MailRefused, MessageError, IndexError, ValueError, AttributeError) as error:
        raise ValueError("expected one address, or a name and <address>") from error
    if not address.addr_spec.isascii():
        raise ValueError("the part before the @ has to be ASCII")
    return Address(sender.display_name, address.username, address.domain)
