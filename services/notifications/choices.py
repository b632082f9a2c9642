"""How a member wants to be told at present, and whether mails reach them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications import preferences
from services.notifications.models import Address, Mailbox, Preference
from services.notifications.preferences import Preferences

MailState = Literal["none", "ok", "bounced"]


def find_preferences(
    session: Session, member_id: UUID, zone: str
) -> tuple[Preferences, datetime | None]:
    """What holds for a member, and since when they chose so; the zone of who never did."""
    row = session.get(Preference, member_id, populate_existing=True)
    if row is None:
        return Preferences(time_zone=zone), None
    return preferences.read(row.choices, zone), row.changed_at


def get_mail_state(session: Session, member_id: UUID) -> MailState:
    """Whether there is a confirmed address, and mails to it do not come back."""
    address = session.get(Address, member_id)
    if address is None or not address.is_confirmed:
        return "none"
    mailbox = session.get(Mailbox, member_id)
    is_bounced = bool(mailbox and mailbox.bounced_at and mailbox.bounced_at > address.changed_at)
    return "bounced" if is_bounced else "ok"
