"""The chore that sends what waits, one mail after the other, over one connection."""

import time
from collections.abc import Callable
from contextlib import closing

from chassis.database import Database
from chassis.logs import get_logger
from chassis.mailing.failures import CarrierAway, MailFailure, MailRefused
from chassis.mailing.settings import Carrier, MailSettings
from chassis.mailing.storage import DELAYS, UNFINISHED, WaitingMail
from chassis.retries import Queue

log = get_logger("mail")

# No mail is begun after this; the last one may take 15 s more. Well within a worker's 30 s.
SENDING_SECONDS = 10.0

Send = Callable[[Carrier, WaitingMail], bool]


def send_mails(database: Database, settings: MailSettings, queue: Queue, send: Send) -> bool:
    """Send what is due; returns whether more is.

    `send` carries one or finds that there is nothing to say, and returns whether it is done
    with; it raises MailFailure. Each attempt was counted and committed before.
    """
    until = time.monotonic() + SENDING_SECONDS
    with closing(settings.open_carrier()) as carrier:
        while time.monotonic() < until:
            with database.transaction() as session:
                row = queue.claim_due(session, DELAYS, error=UNFINISHED)
            if row is None:
                return False
            mail = WaitingMail(**row)
            try:
                is_done = send(carrier, mail)
            except MailFailure as failure:
                _note(database, queue, mail, failure)
                if isinstance(failure, CarrierAway):
                    return False
                continue
            if is_done:
                with database.transaction() as session:
                    queue.settle(session, mail.id)
    return True


def _note(database: Database, queue: Queue, mail: WaitingMail, failure: MailFailure) -> None:
    is_final = isinstance(failure, MailRefused) or mail.state == "dead"
    with database.transaction() as session:
        queue.fail(session, mail.id, error=failure.reason, is_final=is_final)
    tell = log.error if is_final else log.warning
    facts = {"mail": str(mail.id), "kind": mail.kind, "is_dead": is_final}
    tell("mail not sent", **facts, error=failure.reason)
