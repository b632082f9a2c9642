"""What a planned mail says now, if anything: everything is asked again when it is sent."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.mailing.failures import MailDelayed
from services.notifications import planning, preferences, rules
from services.notifications.actions import agendas, mails
from services.notifications.choices import find_preferences
from services.notifications.config import Settings
from services.notifications.links import Keys, unsubscribing_token
from services.notifications.mailing.letter import Item, Letter
from services.notifications.models import Address, Mail, MemberRef
from services.notifications.preferences import Preferences
from services.notifications.views import NoticeView, list_told, notice_link


def write_letter(
    session: Session, *, mail_id: UUID, keys: Keys, settings: Settings
) -> Letter | None:
    """The letter of a mail; None where there is none to send.

    It tells what its member may still see, has not read, and wants by mail. What it does not tell
    may be mailed later; a mail that would come while it is quiet, or on another day than it was
    planned for, is planned anew.
    """
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.member_id is None:
        return None
    if mail.state not in ("waiting", "sending"):
        # An operator tries one again that was given up: what it was to tell is planned anew.
        agendas.request_look(session, member_id=mail.member_id)
        return None
    address, member = session.get(Address, mail.member_id), session.get(MemberRef, mail.member_id)
    wanted, _ = find_preferences(session, mail.member_id, settings.zone)
    is_reached = address is not None and address.is_confirmed
    is_active = member is not None and member.state == members.ACTIVE
    may_be_out = mail.state == "sending"
    if is_reached and is_active and may_be_out and planning.is_asleep(clock.now(), wanted):
        raise MailDelayed("It may be out already, and waits until it is not quiet.")
    must_wait = planning.must_wait(clock.now(), mail.planned_at, wanted) and not may_be_out
    if not is_reached or not is_active or must_wait:
        mails.take_back(session, mail=mail)
        return None
    assert address is not None and member is not None
    told = _tell(session, mail, wanted, member.locale)
    if not told:
        mails.drop(session, mail=mail)
        return None
    # Until it is known that it is not: whoever ends now may have sent it.
    mail.state = "sending"
    return _letter_of(
        mail, address.email, member, told, _scope_of(mail, told, wanted), keys, settings
    )


def _letter_of(
    mail: Mail,
    email: str,
    member: MemberRef,
    told: Sequence[tuple[NoticeView, bool]],
    scope: str,
    keys: Keys,
    settings: Settings,
) -> Letter:
    return Letter(
        mail_id=mail.id,
        member_id=member.id,
        kind=mail.kind,  # type: ignore[arg-type]
        email=email,
        locale=member.locale,
        object_id=mail.object_id,
        items=[_item(notice, is_for_some, settings) for notice, is_for_some in told],
        scope=scope,
        unsubscribing=unsubscribing_token(keys, member.id, scope),
    )


def note_sent(session: Session, *, mail_id: UUID) -> None:
    """A mail was handed over; it is not sent again, whatever becomes of the note of its try."""
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is not None and mail.state == "sending":
        mail.state, mail.sent_at = "sent", clock.now()


def note_delay(session: Session, *, mail_id: UUID, is_recipient: bool) -> None:
    """A mail was not taken, and is not out; whether that was for its recipient's sake."""
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is not None and mail.state == "sending":
        mail.state, mail.is_delayed = "waiting", mail.is_delayed or is_recipient


def _tell(
    session: Session, mail: Mail, wanted: Preferences, locale: str
) -> Sequence[tuple[NoticeView, bool]]:
    """What a mail tells of what was planned, which is kept with it; the rest waits."""
    assert mail.member_id is not None
    found = list_told(session, viewer_id=mail.member_id, notice_ids=mail.notice_ids, locale=locale)
    told = [one for one in found if _is_wanted(mail, one[0], wanted)]
    ids = [notice.id for notice, _ in told]
    mails.release(session, mail=mail, notice_ids=sorted(set(mail.notice_ids) - set(ids)))
    mails.hold(session, mail=mail, notice_ids=ids)
    mail.notice_ids = ids
    return told


def _is_wanted(mail: Mail, notice: NoticeView, wanted: Preferences) -> bool:
    """Whether its member wants a notice in a mail of this kind still."""
    mode = wanted.mode_of(notice.kind, notice.class_)
    if mail.kind in ("digest", "farewell") and wanted.digest != "off":
        return mode != "off"
    return mode == "now" and mail.kind != "digest"


def _scope_of(mail: Mail, told: Sequence[tuple[NoticeView, bool]], wanted: Preferences) -> str:
    """What its link takes away: digests, or the most personal class that it tells of."""
    if mail.kind in ("digest", "farewell") and wanted.digest != "off":
        return preferences.DIGEST
    return min((notice.class_ for notice, _ in told), key=rules.CLASSES.index)


def _item(notice: NoticeView, is_for_some: bool, settings: Settings) -> Item:
    return Item(
        class_=notice.class_,
        text=None if is_for_some else notice.text,
        reason=None if is_for_some else notice.reason,
        link=settings.public_url.rstrip("/") + notice_link(notice),
    )
