"""What notifications' worker does beside its events: tells on, plans, mails, pushes, tidies up."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from email.message import EmailMessage
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.chores import Chore
from chassis.database import Database, is_unreachable
from chassis.logs import get_logger
from chassis.mailing import sending
from chassis.mailing.failures import (
    CarrierBroke,
    MailDelayed,
    MailFailure,
    MailRefused,
    RecipientDelayed,
    RecipientRefused,
)
from chassis.mailing.files import forget_files, purge_files
from chassis.mailing.settings import Carrier
from chassis.settings import SettingsError
from services.notifications.actions import (
    agendas,
    broadcasts,
    devices,
    keeping,
    ladders,
    letters,
    mails,
    pushes,
)
from services.notifications.config import Settings
from services.notifications.links import Keys, return_path
from services.notifications.mailing.letter import Letter
from services.notifications.mailing.message import make_message
from services.notifications.posting import Posting

log = get_logger("mail")
SOON, SECOND, SECONDS, MINUTE, HOUR = 0.5, 1.0, 5.0, 60.0, 3_600.0


def plan_mails(database: Database, settings: Settings) -> bool:
    """Decide what some members are mailed now, each in a transaction of its own."""
    with database.transaction() as session:
        claimed, lease = agendas.claim(session)
    for member_id in claimed:
        with _one("mails not planned", member=str(member_id)), database.transaction() as session:
            mails.plan_mails(session, member_id=member_id, lease=lease, zone=settings.zone)
    return len(claimed) == agendas.PIECE


def plan_pushes(database: Database, _: Settings) -> bool:
    """The same of what they are pushed."""
    with database.transaction() as session:
        claimed, lease = agendas.claim_pushes(session)
    for member_id in claimed:
        with _one("pushes not planned", member=str(member_id)), database.transaction() as session:
            pushes.plan_pushes(session, member_id=member_id, lease=lease)
    return len(claimed) == agendas.PIECE


def send_pushes(database: Database, settings: Settings) -> bool:
    """Push what is due."""
    with closing(Posting(database, settings)) as posting:
        return posting.run()


def send_mails(database: Database, settings: Settings) -> bool:
    """Send what is due."""

    def send(carrier: Carrier, row: Mapping[Any, Any]) -> bool:
        if row["kind"] == mails.FORGET:
            forget_files(settings.mail_folder, person_id=row["member_id"])
            # The claim has made it due again in a minute, for what was being written just now.
            return bool(row["attempts"] > 1)
        _send(database, settings, carrier, row)
        return True

    return sending.send_mails(database, settings, mails.QUEUE, send)


def purge_written(_: Database, settings: Settings) -> bool:
    """Delete mails that were written into the folder a month ago."""
    purge_files(settings.mail_folder)
    return False


def _send(database: Database, settings: Settings, carrier: Carrier, row: Mapping[Any, Any]) -> None:
    """Send one, or find that there is nothing to send; raises MailFailure."""
    mail_id = row["id"]
    found = _make(database, settings, mail_id)
    if found is None:
        return
    letter, message, path = found
    try:
        name = f"{letter.kind}-{mail_id}"
        carrier.carry(message, name=name, about=[letter.member_id], return_path=path)
    except RecipientRefused as refusal:
        # Nothing for an operator to try again: it is kept with what comes back.
        _give_up(database, mail_id, is_refused=True, is_recipient=True)
        log.warning("mail refused", mail=str(mail_id), kind=letter.kind, error=refusal.reason)
        return
    except MailFailure as failure:
        _note_failure(database, row, failure)
        raise
    with database.transaction() as session:
        letters.note_sent(session, mail_id=mail_id)
    log.info("mail sent", mail=str(mail_id), kind=letter.kind, attempt=row["attempts"])


def _make(
    database: Database, settings: Settings, mail_id: UUID
) -> tuple[Letter, EmailMessage, str | None] | None:
    """What a mail is now, and where it comes back; None where there is nothing to say.

    One that cannot be made is tried again like one that is not taken, and holds up no other.
    """
    try:
        keys, back = Keys(settings.link_secret), settings.return_to
        with database.transaction() as session:
            letter = letters.write_letter(session, mail_id=mail_id, keys=keys, settings=settings)
        if letter is None:
            return None
        public_url = settings.public_url.rstrip("/")
        message = make_message(letter, public_url=public_url, sender=settings.sender)
    except RecipientRefused:
        _give_up(database, mail_id, is_refused=True, is_recipient=True)
        return None
    except (MailFailure, SettingsError):
        raise
    except Exception as error:
        if is_unreachable(error):
            raise
        raise MailDelayed(f"This mail cannot be made: {type(error).__name__}.") from error
    return letter, message, return_path(keys, back, mail_id) if back else None


def _note_failure(database: Database, row: Mapping[Any, Any], failure: MailFailure) -> None:
    """A mail was not taken, for the last time or for now; what broke off may be out."""
    if sending.is_given_up(row, failure):
        is_refused = isinstance(failure, MailRefused)
        _give_up(database, row["id"], is_refused=is_refused, is_recipient=not is_refused)
    elif not isinstance(failure, CarrierBroke):
        is_recipient = isinstance(failure, RecipientDelayed)
        with database.transaction() as session:
            letters.note_delay(session, mail_id=row["id"], is_recipient=is_recipient)


def _give_up(database: Database, mail_id: UUID, *, is_refused: bool, is_recipient: bool) -> None:
    with database.transaction() as session:
        mails.give_up(session, mail_id=mail_id, is_refused=is_refused, is_recipient=is_recipient)


@contextmanager
def _one(what: str, **facts: str) -> Iterator[None]:
    """What fails for one member holds up no other; it is tried again when the lease is over."""
    try:
        yield
    except Exception as error:
        if is_unreachable(error):
            raise
        log.error(what, **facts, error=type(error).__name__)


def _piecewise(act: Callable[[Any], bool]) -> Callable[[Database, Any], bool]:
    """Run an act a piece at a time, each in a transaction of its own."""

    def run(database: Database, _: Any) -> bool:
        with database.transaction() as session:
            return act(session)

    return run


def climb_ladders(database: Database, settings: Settings) -> bool:
    """Take a step of one question that waits, if one is due."""
    with database.transaction() as session:
        return ladders.climb(session, zone=ZoneInfo(settings.zone))


CHORES = (
    Chore("go on telling", SOON, _piecewise(broadcasts.go_on)),
    Chore("plan mails", SECOND, plan_mails),
    Chore("send mails", SECOND, send_mails, is_talking=True),
    Chore("climb ladders", SECONDS, climb_ladders),
    Chore("plan pushes", SOON, plan_pushes),
    Chore("send pushes", SOON, send_pushes, is_talking=True),
    Chore("forget devices of closed sessions", MINUTE, _piecewise(devices.forget_closed)),
    Chore("forget old pushes", HOUR, _piecewise(pushes.forget_old)),
    Chore("forget old notices", HOUR, _piecewise(keeping.forget_old)),
    Chore("forget old ladders", HOUR, _piecewise(keeping.forget_old_ladders)),
    Chore("forget old acts", HOUR, _piecewise(keeping.forget_old_acts)),
    Chore("forget what was told to leavers", HOUR, _piecewise(keeping.forget_leavers)),
    Chore("forget the oldest of many notices", HOUR, _piecewise(keeping.forget_many)),
    Chore("forget old mails", HOUR, _piecewise(keeping.forget_old_mails)),
    Chore("forget written mails", HOUR, purge_written, is_talking=True),
)
