"""Mails that came back: what a report of a server says (RFC 3464), and when it is enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from email.utils import getaddresses
from uuid import UUID

from chassis.mailing.smtp import says_nobody
from services.notifications.links import Keys, read_return_path

# Where mail servers write whom a message was delivered to; senders may write any of them.
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
MOST_PERMANENT, PERMANENT_WITHIN = 2, timedelta(days=7)
MOST_TEMPORARY, TEMPORARY_WITHIN = 5, timedelta(days=14)
GOOD_FOR = timedelta(days=14)  # a return path
BACK_WITHIN = timedelta(days=3)  # what comes back, mostly does


@dataclass(frozen=True, slots=True)
class Returned:
    """That one mail came back, for good or for a time."""

    mail_id: UUID
    is_permanent: bool


def read_report(message: Message, keys: Keys) -> Returned | None:
    """What a message says of a mail of ours; None of anything but a report that it failed.

    Only what was sent to a return path that we signed is believed, and only a report made for
    machines: out-of-office notes and people's answers say nothing of an address.
    """
    mail_ids = (read_return_path(keys, address) for address in _addresses(message))
    mail_id = next((one for one in mail_ids if one is not None), None)
    is_report = message.get_content_type() == "multipart/report"
    if mail_id is None or not is_report or message.get_param("report-type") != "delivery-status":
        return None
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            return _read_status(part, mail_id)
    return None


def has_bounced(returns: Iterable[tuple[bool, datetime]], now: datetime) -> bool:
    """Whether so many came back, (for good, when) each, that nobody reads at the address."""
    kept = list(returns)
    permanent = [at for is_permanent, at in kept if is_permanent and at > now - PERMANENT_WITHIN]
    temporary = [
        at for is_permanent, at in kept if not is_permanent and at > now - TEMPORARY_WITHIN
    ]
    return len(permanent) >= MOST_PERMANENT or len(temporary) >= MOST_TEMPORARY


def _read_status(part: Message, mail_id: UUID) -> Returned | None:
    """The first recipient that failed, or is delayed; one mail of ours has one."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        assert isinstance(block, Message)
        action = str(block.get("Action", "")).strip().lower()
        status = str(block.get("Status", "")).strip()
        if action == "delayed" or (action == "failed" and status.startswith("4")):
            return Returned(mail_id, is_permanent=False)
        if action == "failed":
            # What servers say of us (5.7: a policy, a blocked host) says nothing of an address.
            is_of_us = status.startswith("5.7.")
            return None if is_of_us else Returned(mail_id, is_permanent=says_nobody(status))
    return None


def _addresses(message: Message) -> Sequence[str]:
    fields = [str(value) for name in _TO for value in message.get_all(name, [])]
    return [address for _, address in getaddresses(fields)]
