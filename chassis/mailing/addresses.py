"""Addresses: which ones mails reach, how mail servers take them, and which are one mailbox."""

import re
import unicodedata
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry
from typing import Any

import idna

from chassis.mailing.failures import MailRefused, RecipientRefused
from chassis.texts import is_line

LONGEST = 254  # RFC 5321, as erratum 1690 of RFC 3696 explains
LONGEST_LOCAL = 64

# A dot-atom of RFC 5322, and of RFC 6532 beyond ASCII; quoted local parts are nobody's in earnest.
_ATOM = r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\]\\.]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# The last label has a letter: else it is the address of a machine.
_HOST = re.compile(rf"({_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")


def find_mistake(email: str) -> str | None:
    """Why no mail would reach an address, in a sentence, or None; it is trimmed and composed."""
    local, _, domain = email.rpartition("@")
    if not _LOCAL.fullmatch(local) or "=?" in local or not is_line(local, has_emoji=False):
        return "Not a valid email address."
    host = find_host(domain)
    if host is None:
        return "No mail reaches this domain."
    octets = len(local.encode())
    if octets > LONGEST_LOCAL or octets + len("@") + len(host) > LONGEST:
        return "This is longer than any email address."
    return None


def find_host(domain: str) -> str | None:
    """A domain as mails go by it, in ASCII; None where no mail reaches it."""
    host = _spelt_host(domain)
    if host is None or not _HOST.fullmatch(host) or host.endswith(".localhost"):
        return None
    return host


def host_of(email: str) -> str:
    """The domain of an address, as `find_host` spells it."""
    return key_of(email).rpartition("@")[2]


def lowered(email: str) -> str:
    """An address without its spelling's accidents, still in the letters of its holder."""
    small = unicodedata.normalize("NFC", email.strip()).lower()
    return unicodedata.normalize("NFC", small)


def key_of(email: str) -> str:
    """What all spellings of one mailbox have in common; the database keeps it unique.

    The part before the @ without case, composed; the domain as mails go by it, in ASCII.
    """
    local, at, domain = lowered(email).rpartition("@")
    try:
        return f"{local}{at}{_ascii(domain)}"
    except idna.IDNAError:
        return f"{local}{at}{domain}"


def keys_of(email: str) -> list[str]:
    """The keys that rows of an address may have, the likeliest first.

    Earlier releases kept the domain as it was spelt; where two people joined by one mailbox
    then, each keeps the key that they had.
    """
    return list(dict.fromkeys([lowered(email), key_of(email), *_in_letters(key_of(email))]))


def mailable(email: str) -> Address:
    """The address with its domain in ASCII; raises RecipientRefused.

    By IDNA 2008, not Python's own codec of 2003, which takes straße.de for strasse.de:
    another domain, whose owner would get the mail.
    """
    local, _, domain = email.strip().rpartition("@")
    try:
        ascii_domain = _ascii(domain)
    except idna.IDNAError as error:
        raise RecipientRefused("The domain of the address is none.") from error
    if "=?" in local:
        # Programs that read the header would decode it, and see another address.
        raise RecipientRefused("The address looks like an encoded word.")
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain)):
        raise RecipientRefused("The address has a form that is not written to.")
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


def _ascii(domain: str) -> str:
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()


def _in_letters(key: str) -> list[str]:
    local, at, domain = key.rpartition("@")
    try:
        return [f"{local}{at}{idna.decode(domain)}"]
    except idna.IDNAError:
        return []


def _spelt_host(domain: str) -> str | None:
    """The domain in ASCII where it is spelt as IDNA 2008 has it; None where it would be
    mapped to another, so that a mailbox has no more spellings than its domain has names."""
    small = lowered(domain)
    if not set("。．｡").isdisjoint(small):
        return None
    try:
        if small.isascii() and "xn--" not in small:
            return small
        return idna.encode(small, strict=True).decode()
    except idna.IDNAError:
        return None
