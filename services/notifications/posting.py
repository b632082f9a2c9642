"""The worker's run of pushes: a piece after the other, and what becomes of each."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from chassis import clock, metrics
from chassis.database import Database
from chassis.logs import get_logger
from services.notifications.actions import devices, pushes
from services.notifications.actions.pushes import QUEUE, Ready
from services.notifications.config import Settings
from services.notifications.pushing.endpoints import find_endpoint
from services.notifications.pushing.sealing import seal
from services.notifications.pushing.sending import DAY, Answer, Sender, ServiceAway
from services.notifications.pushing.vapid import VapidKey, authorization

log = get_logger("push")

# Between the attempts; after the last one, within a day, it is given up.
DELAYS = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=6), timedelta(hours=12)),
)
UNFINISHED = "The worker ended while it sent this."
NOT_LISTED = "Its host is not in SKILLER_PUSH_HOSTS any more."
PIECE = 10
Row = Mapping[Any, Any]
# No push is begun after this, the last one takes 5 s more: well within a worker's 30 s.
RUN_SECONDS = 10.0
GONE, TOO_MANY, LAST_GOOD, SERVERS = (404, 410), 429, 299, 500


class Posting:
    """What a run knows: connections, and which push services did not answer in it."""

    # Tests lead it to a push service of their own; endpoints are checked there too.
    open_sender: Callable[[], Sender] = Sender

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._hosts = settings.hosts
        self._sender = type(self).open_sender()
        self._away: dict[str, str] = {}
        self._signed: dict[str, str] = {}
        self._sent: list[tuple[UUID, UUID]] = []

    def run(self) -> bool:
        """Push what is due; returns whether more is. Nothing is touched without a key."""
        key, until = self._settings.key, time.monotonic() + RUN_SECONDS
        while key is not None and time.monotonic() < until:
            rows = self._claim()
            for row in rows:
                # What is not begun in time waits a minute, as if it had been tried.
                if time.monotonic() < until:
                    self._push(key, row)
            self._note_sent()
            if len(rows) < PIECE:
                return False
        return key is not None

    def _claim(self) -> Sequence[Row]:
        with self._database.transaction() as session:
            return QUEUE.claim_some(session, DELAYS, most=PIECE, error=UNFINISHED)

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()

    def _push(self, key: VapidKey, row: Row) -> None:
        ready = self._prepare(row)
        if ready is None:
            return
        endpoint = ready.receiver.endpoint
        host = urlsplit(endpoint).netloc
        if find_endpoint(endpoint, self._hosts) is None:
            self._give_up(row, NOT_LISTED)
        elif host in self._away:
            self._fail(row, self._away[host])
        else:
            try:
                self._note(row, self._post(key, ready))
            except ServiceAway as away:
                self._away[host] = str(away)
                self._fail(row, str(away))

    def _prepare(self, row: Row) -> Ready | None:
        """What to hand over; what is not told of it may be planned again."""
        ids = {name: row[name] for name in ("push_id", "subscription_id")}
        with self._database.reading() as connection:
            found = pushes.prepare_push(connection, **ids, zone=self._settings.zone)
        if found.ready is None or found.untold:
            with self._database.transaction() as session:
                pushes.release(session, push_id=row["push_id"], notice_ids=found.untold)
                if found.ready is None:
                    QUEUE.settle(session, row["id"])
        return found.ready

    def _post(self, key: VapidKey, ready: Ready) -> Answer:
        endpoint = ready.receiver.endpoint
        headers = {
            "Authorization": self._authorization(key, endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(DAY.total_seconds())),
            "Topic": ready.message.topic,
            "Urgency": "normal",
        }
        return self._sender.post(endpoint, seal(ready.receiver, ready.message.body), headers)

    def _authorization(self, key: VapidKey, endpoint: str) -> str:
        """The same for all endpoints of a host, for which a run signs once."""
        host = urlsplit(endpoint).netloc
        if host not in self._signed:
            contact = self._settings.contact
            self._signed[host] = authorization(key, endpoint, contact=contact, now=clock.now())
        return self._signed[host]

    def _note(self, row: Row, answer: Answer) -> None:
        said = f"The push service said {answer.status}."
        if 200 <= answer.status <= LAST_GOOD:
            self._sent.append((row["id"], row["push_id"]))
            metrics.tries.labels("pushes", "done").inc()
            log.info("push sent", push=str(row["push_id"]), attempt=row["attempts"])
        elif answer.status in GONE:
            with self._database.transaction() as session:
                devices.forget(session, [row["subscription_id"]])
            metrics.tries.labels("pushes", "done").inc()
            log.info("device gone", push=str(row["push_id"]), status=answer.status)
        elif answer.status == TOO_MANY and answer.retry_after is not None:
            self._wait(row, said, answer.retry_after)
        elif answer.status == TOO_MANY or answer.status >= SERVERS:
            self._fail(row, said)
        else:
            self._give_up(row, said)

    def _note_sent(self) -> None:
        """Of a piece together: each is the same push, should it be sent again."""
        if self._sent:
            with self._database.transaction() as session:
                pushes.note_sent(session, sent=self._sent)
            self._sent = []

    def _wait(self, row: Row, error: str, wait: timedelta) -> None:
        """As long as the push service wants; for as long as it is news."""
        until = clock.now() + wait
        if until > row["created_at"] + DAY:
            self._give_up(row, error)
            return
        with self._database.transaction() as session:
            pushes.delay(session, try_id=row["id"], until=until, error=error)

    def _fail(self, row: Row, error: str) -> None:
        """It is tried again as the claim settled, if it was not the last time."""
        with self._database.transaction() as session:
            QUEUE.fail(session, row["id"], error=error)
        self._tell(row, error, is_dead=row["state"] == "dead")

    def _give_up(self, row: Row, error: str) -> None:
        with self._database.transaction() as session:
            QUEUE.fail(session, row["id"], error=error, is_final=True)
        self._tell(row, error, is_dead=True)

    @staticmethod
    def _tell(row: Row, error: str, *, is_dead: bool) -> None:
        metrics.tries.labels("pushes", "failed").inc()
        tell = log.error if is_dead else log.warning
        tell("push not sent", push=str(row["push_id"]), is_dead=is_dead, error=error)
