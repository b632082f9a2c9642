"""What identity's worker does beside its events: sends mails, reminds, and tidies up."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chassis.chores import Chore
from chassis.database import Database
from chassis.logs import get_logger
from chassis.mailing import sending
from chassis.mailing.files import forget_files, purge_files
from chassis.mailing.settings import Carrier
from chassis.mailing.storage import WaitingMail
from services.identity import ledger
from services.identity.actions import letters, mails, naming, purges, reminders, restoring
from services.identity.config import Settings
from services.identity.mailing.message import make_message

log = get_logger("mail")

MINUTE, HOUR = 60.0, 3600.0

PURGES: tuple[Callable[..., bool], ...] = (
    purges.purge_mailed_tokens,
    purges.purge_address_changes,
    purges.purge_limits,
    purges.purge_dead_mails,
    purges.purge_sessions,
    purges.purge_requests,
    purges.erase_requests,
    purges.erase_invitations,
)


def send_mails(database: Database, settings: Settings) -> bool:
    """Send what is due."""

    def send(carrier: Carrier, row: Mapping[Any, Any]) -> bool:
        mail = WaitingMail(**row)
        if mail.kind == "forget":
            return _forget(settings, mail)
        _send(database, settings, carrier, mail)
        return True

    return sending.send_mails(database, settings, mails.QUEUE, send)


def remind(database: Database, settings: Settings) -> bool:
    """Remind people who were invited a week ago."""
    with database.transaction() as session:
        return reminders.remind_invitees(session)


def purge(database: Database, settings: Settings) -> bool:
    """Delete what is of no use any more, a piece of each."""
    more_waits = False
    for delete_some in PURGES:
        with database.transaction() as session:
            more_waits |= delete_some(session)
    purge_files(settings.mail_folder)
    return more_waits


def keep_ledger(database: Database, settings: Settings) -> bool:
    """Write down who left where a restore of this database leaves it alone."""
    if settings.erasure_ledger:
        with database.transaction() as session:
            left = restoring.list_left(session)
        ledger.add(Path(settings.erasure_ledger), left)
    return False


def refresh_names(database: Database, settings: Settings) -> bool:
    """Key the names that an earlier release wrote while this one began."""
    with database.transaction() as session:
        return naming.refresh_names(session)


CHORES = (
    Chore("send mails", 1.0, send_mails),
    Chore("refresh names", MINUTE, refresh_names),
    Chore("remind", HOUR, remind),
    Chore("keep the ledger", MINUTE, keep_ledger),
    Chore("purge", HOUR, purge),
)


def _send(database: Database, settings: Settings, carrier: Carrier, mail: WaitingMail) -> None:
    """Send one, or find that there is nothing to send; raises MailFailure."""
    with database.transaction() as session:
        letter = letters.write_letter(session, mail=mail, public_url=settings.public_url)
    if letter:
        message = make_message(letter, mail_id=mail.id, sender=settings.sender)
        carrier.carry(message, name=f"{letter.kind}-{mail.id}", about=letter.about)
        facts = {"mail": str(mail.id), "kind": letter.kind, "attempt": mail.attempts}
        log.info("mail sent", **facts)


def _forget(settings: Settings, mail: WaitingMail) -> bool:
    forget_files(settings.mail_folder, email=mail.email, person_id=mail.subject_id)
    # The claim has made it due again in a minute, for what was being written just now.
    return bool(mail.attempts > 1)
