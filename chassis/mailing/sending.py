"""The chore that sends what waits, one mail after the other, over one connection."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from chassis import metrics
from chassis.database import Database
from chassis.logs import get_logger
from chassis.mailing.failures import CarrierAway, MailFailure, MailRefused
from chassis.mailing.settings import Carrier, MailSettings
from chassis.mailing.storage import DELAYS, UNFINISHED
from chassis.retries import Queue

log = get_logger("mail")

# No mail is begun after this; the last one may take 15 s more. Well within a worker's 30 s.
SENDING_SECONDS = 10.0

Send = Callable[[Carrier, Mapping[Any, Any]], bool]


def send_mails(database: Database, settings: MailSettings, queue: Queue, send: Send) -> bool:
    """Send what is due; returns whether more is.

    `send` gets a row as it was claimed, with its id, kind and state. It carries the mail or finds
    that there is nothing to say, and returns whether it is done with; it raises MailFailure. Each
    attempt was counted and committed before.
    """
    until = time.monotonic() + SENDING_SECONDS
    with closing(settings.open_carrier()) as carrier:
        while time.monotonic() < until:
            with database.transaction() as session:
                row = queue.claim_due(session, DELAYS, error=UNFINISHED)
            if row is None:
                return False
            try:
                is_done = send(carrier, row)
            except MailFailure as failure:
                _note(database, queue, row, failure)
                if isinstance(failure, CarrierAway):
                    return False
                continue
            metrics.tries.labels("mails", "done").inc()
            if is_done:
                with database.transaction() as session:
                    queue.settle(session, row["id"])
    return True


def is_given_up(row: Mapping[Any, Any], failure: MailFailure) -> bool:
    """Whether this was the last attempt."""
    return isinstance(failure, MailRefused) or row["state"] == "dead"


def _note(database: Database, queue: Queue, row: Mapping[Any, Any], failure: MailFailure) -> None:
    is_final = is_given_up(row, failure)
    metrics.tries.labels("mails", "failed").inc()
    with database.transaction() as session:
        queue.fail(session, row["id"], error=failure.reason, is_final=is_final)
    tell = log.error if is_final else log.warning
    facts = {"mail": str(row["id"]), "kind": row["kind"], "is_dead": is_final}
    tell("mail not sent", **facts, error=failure.reason)
