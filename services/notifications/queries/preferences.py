"""How a member wants to be told, as they read and change it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from chassis import members
from services.notifications import preferences
from services.notifications.choices import MailState, find_preferences, get_mail_state
from services.notifications.errors import UnsubscriptionInvalid
from services.notifications.models import MemberRef, Preference
from services.notifications.preferences import ClassWish, Mode, Preferences, Rhythm


class QuietView(msgspec.Struct, frozen=True):
    """Quiet hours by the clock on one's wall, as HH:MM."""

    begins: str
    ends: str
    on_weekends: bool


class ScopeView(msgspec.Struct, frozen=True):
    """A class of notices, or digests, and whether it is mailed no more."""

    scope: str
    is_off: bool


class PreferencesView(msgspec.Struct, frozen=True):
    """A member's preferences; `version` is 0 for who never chose, `mail_state` tells whether
    mails reach them."""

    version: int
    classes: Mapping[str, ClassWish]
    kinds: Mapping[str, Mode]
    digest: Rhythm
    digest_hour: int
    time_zone: str
    quiet: QuietView
    paused_until: datetime | None
    mail_state: MailState


def get_preferences(session: Session, *, member_id: UUID, zone: str) -> PreferencesView:
    """A member's own."""
    row = session.get(Preference, member_id, populate_existing=True)
    chosen = preferences.read(row.choices, zone) if row else Preferences(time_zone=zone)
    quiet = chosen.quiet
    return PreferencesView(
        version=row.version if row else 0,
        classes=chosen.classes,
        kinds=chosen.kinds,
        digest=chosen.digest,
        digest_hour=chosen.digest_hour,
        time_zone=chosen.time_zone,
        quiet=QuietView(f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}", quiet.on_weekends),
        paused_until=chosen.paused_until,
        mail_state=get_mail_state(session, member_id),
    )


def get_scope(session: Session, *, member_id: UUID, scope: str, zone: str) -> ScopeView:
    """What the link of a mail is for, of a member who is here. Raises UnsubscriptionInvalid."""
    member = session.get(MemberRef, member_id)
    if member is None or member.state == members.LEFT:
        raise UnsubscriptionInvalid
    wanted, _ = find_preferences(session, member_id, zone)
    return ScopeView(scope, preferences.is_off(wanted, scope))
