"""What identity's worker does beside its events: sends mails, reminds, and tidies up."""

import time
from collections.abc import Callable
from contextlib import closing

from chassis.chores import Chore
from chassis.database import Database
from chassis.logs import get_logger
from chassis.mailing.failures import CarrierAway, MailFailure, MailRefused
from chassis.mailing.files import FileCarrier, forget_files, purge_files
from chassis.mailing.smtp import SmtpCarrier
from services.identity.actions import letters, mails, naming, purges, reminders
from services.identity.config import Settings
from services.identity.mailing.message import make_message
from services.identity.models import Mail

log = get_logger("mail")

# No mail is begun after this; the last one may take 15 s more. Well within a worker's 30 s.
SENDING_SECONDS = 10.0
MINUTE, HOUR = 60.0, 3600.0
Carrier = SmtpCarrier | FileCarrier

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
    """Send what is due, one after the other, over one connection."""
    until = time.monotonic() + SENDING_SECONDS
    with closing(_carrier(settings)) as carrier:
        while time.monotonic() < until:
            with database.transaction() as session:
                mail = mails.claim_mail(session)
            if mail is None:
                return False
            try:
                _send(database, settings, carrier, mail)
            except MailFailure as failure:
                _note(database, mail, failure)
                if isinstance(failure, CarrierAway):
                    return False
    return True


def remind(database: Database, settings: Settings) -> bool:
    """Remind who was invited a week ago."""
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


def refresh_names(database: Database, settings: Settings) -> bool:
    """Key the names that an earlier release wrote while this one began."""
    with database.transaction() as session:
        return naming.refresh_names(session)


CHORES = (
    Chore("send mails", 1.0, send_mails),
    Chore("refresh names", MINUTE, refresh_names),
    Chore("remind", HOUR, remind),
    Chore("purge", HOUR, purge),
)


def _carrier(settings: Settings) -> Carrier:
    server = settings.smtp_server
    return SmtpCarrier(server, settings.sender) if server else FileCarrier(settings.mail_folder)


def _send(database: Database, settings: Settings, carrier: Carrier, mail: Mail) -> None:
    """Send one, or find that there is nothing to send; raises MailFailure."""
    if mail.kind == "forget":
        _forget(database, settings, mail)
        return
    with database.transaction() as session:
        letter = letters.write_letter(session, mail=mail, public_url=settings.public_url)
    if letter:
        message = make_message(letter, mail_id=mail.id, sender=settings.sender)
        carrier.carry(message, name=f"{letter.kind}-{mail.id}", about=letter.about)
        log.info("mail sent", mail=str(mail.id), kind=letter.kind, attempt=mail.attempts)
    with database.transaction() as session:
        mails.settle_mail(session, mail_id=mail.id)


def _forget(database: Database, settings: Settings, mail: Mail) -> None:
    forget_files(settings.mail_folder, email=mail.email, person_id=mail.subject_id)
    # The claim has made it due again in a minute, for what was being written just now.
    if mail.attempts > 1:
        with database.transaction() as session:
            mails.settle_mail(session, mail_id=mail.id)


def _note(database: Database, mail: Mail, failure: MailFailure) -> None:
    is_final = isinstance(failure, MailRefused) or mail.state == "dead"
    with database.transaction() as session:
        mails.fail_mail(session, mail_id=mail.id, reason=failure.reason, is_final=is_final)
    tell = log.error if is_final else log.warning
    tell("mail not sent", mail=str(mail.id), kind=mail.kind, is_dead=is_final, error=failure.reason)
