"""Applying what arrives: one transaction per batch, one savepoint per handler.

Both transports call `Consumer.handle` and acknowledge when it returns: by then each
message is applied or stored as failed. It raises only while the database is away.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from msgspec import structs
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock, context, metrics, tracing
from chassis.database import Database, is_unreachable
from chassis.logs import get_logger, tells_debug
from chassis.messaging import failures
from chassis.messaging.envelope import Envelope, Undecodable, identify, ids_in, source_of, unseal
from chassis.messaging.handlers import Handler, Handlers, latest_of_each_key
from chassis.messaging.privacy import name_error
from contracts import EVENTS, ContractError, Event, decode

log = get_logger("consumer")

BATCH_SIZE = 200
# A message delivered this often without an answer may be what kills the process: it
# goes to the table, where each attempt is counted before it is made.
SUSPECT_AFTER = 3
MOST_TOLD = 10  # correlation ids in the line of a batch


@dataclass(frozen=True)
class Message:
    """Bytes from a transport; `redeliveries` is 0 when they come for the first time.

    `routed_as` is the type by which a broker let them through, where it says so.
    """

    body: bytes
    redeliveries: int = 0
    routed_as: str | None = None


@dataclass(frozen=True)
class Arrival:
    """A message whose envelope and event could be read."""

    message: Message
    envelope: Envelope
    event: Event


@dataclass(frozen=True)
class _Reaction:
    handler: Handler
    arrivals: tuple[Arrival, ...]


def in_groups(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    """Split what arrived, in order, into batches; what was redelivered goes one at a time."""
    for is_fresh, run in groupby(messages, key=lambda message: message.redeliveries == 0):
        group = list(run)
        step = BATCH_SIZE if is_fresh else 1
        for start in range(0, len(group), step):
            yield group[start : start + step]


class Consumer:
    """Applies messages with one service's handlers in one service's database."""

    def __init__(
        self,
        service: str,
        database: Database,
        handlers: Handlers,
        *,
        retry_delays: Sequence[float] = failures.RETRY_DELAYS,
    ) -> None:
        self.service = service
        self.database = database
        self.handlers = handlers
        self.retry_delays = retry_delays
        self._unknown: set[str] = set()

    def handle(self, messages: Sequence[Message]) -> None:
        """Apply one group of messages in one transaction.

        Raises an error for which `is_unreachable` holds while the database is away;
        then nothing was applied and the caller tries the same group again.
        """
        started = time.perf_counter()
        with self._span() as span, self.database.transaction() as session:
            arrivals = [a for message in messages if (a := self._read(session, message))]
            if tracing.is_on():
                arrivals = [self._follow(span, arrival) for arrival in arrivals]
            failed = self._apply(session, arrivals)
            for arrival, error in failed:
                self._store(session, arrival, error)
        seconds = time.perf_counter() - started
        metrics.batch_seconds.labels(self.service).observe(seconds)
        if arrivals:
            told = min(arrival.envelope.told_at for arrival in arrivals)
            metrics.event_age.labels(self.service).observe((clock.now() - told).total_seconds())
        log.info(
            "batch handled",
            service=self.service,
            events=len(messages),
            failed=len(failed),
            correlation_ids=[a.envelope.correlation_id for a in arrivals[:MOST_TOLD]],
            milliseconds=round(seconds * 1000, 1),
        )

    def _span(self) -> tracing.Span:
        """Of a batch, which is no part of one trace: it links to those of its events."""
        facts = {"skiller.service": self.service}
        return tracing.span("handle batch", tracing.CONSUMER, facts, is_root=True)

    def _follow(self, span: tracing.Span, arrival: Arrival) -> Arrival:
        """The same, with a span in its own trace, in which what follows from it goes on."""
        told = arrival.envelope
        facts = {
            "skiller.service": self.service,
            "skiller.correlation_id": told.correlation_id,
            "messaging.message.id": str(told.id),
        }
        own = span.follow(f"handle {told.type}", told.traceparent, facts)
        return replace(arrival, envelope=structs.replace(told, traceparent=own.traceparent))

    def retry_due(self) -> bool:
        """Try the next stored failure that is due; returns whether there was one."""
        with self.database.transaction() as session:
            failed = failures.claim_due(session, self.retry_delays)
        if failed is None:
            return False
        with self.database.transaction() as session:
            error = self._retry(session, failed)
            if error is None:
                failures.QUEUE.settle(session, failed.id)
            else:
                told = failures.explain(error, failed.type)
                failures.record_retry_failure(session, failed.id, told)
        if error is not None:
            is_dead = failed.attempts >= len(self.retry_delays)
            log.error(
                "dead letter" if is_dead else "event failed again",
                service=self.service,
                failed_event_id=str(failed.id),
                type=failed.type,
                attempts=failed.attempts,
                error=name_error(error, failed.type),
            )
        return True

    def store_dead_lettered(self, messages: Sequence[Message]) -> None:
        """Keep what the broker gave up; each is tried again alone, its attempts counted."""
        with self.database.transaction() as session:
            for message in messages:
                self._keep(session, message, "given up by the broker after repeated deliveries")

    def _retry(self, session: Session, failed: failures.FailedEvent) -> BaseException | None:
        try:
            arrival = self._decode(Message(failed.body))
        except (Undecodable, ContractError) as error:
            return error
        failed_again = self._apply(session, [arrival] if arrival else [])
        return failed_again[0][1] if failed_again else None

    def _read(self, session: Session, message: Message) -> Arrival | None:
        """Decode a message; what cannot be read, or is suspect, is stored instead."""
        if message.redeliveries >= SUSPECT_AFTER:
            self._keep(session, message, f"redelivered {message.redeliveries} times")
            return None
        try:
            return self._decode(message)
        except (Undecodable, ContractError) as error:
            self._keep(session, message, str(error), is_readable=False)
            return None

    def _keep(
        self, session: Session, message: Message, reason: str, *, is_readable: bool = True
    ) -> None:
        event_id, event_type = identify(message.body)
        log.error(
            "message set aside",
            service=self.service,
            type=event_type,
            event_id=str(event_id),
            reason=reason,
        )
        failures.store(
            session,
            body=message.body,
            error=reason,
            event_id=event_id,
            event_type=event_type,
            # Not at once: if it kills the process, the transport has its answer by then.
            retry_in=self.retry_delays[0] if is_readable else None,
        )

    def _decode(self, message: Message) -> Arrival | None:
        envelope = unseal(message.body)
        if message.routed_as not in (None, envelope.type):
            raise ContractError(f"{envelope.type}: came as {message.routed_as}")
        if envelope.type not in EVENTS or not self.handlers.listens_to(envelope.type):
            if envelope.type not in self._unknown:
                self._unknown.add(envelope.type)
                log.warning("unknown event type", service=self.service, type=envelope.type)
            return None
        kind = EVENTS[envelope.type]
        if envelope.source != source_of(kind):
            raise ContractError(f"{envelope.type}: told by another than its owner, {kind.source}")
        return Arrival(message, envelope, decode(kind, envelope.data))

    def _apply(
        self, session: Session, arrivals: Sequence[Arrival]
    ) -> list[tuple[Arrival, BaseException]]:
        """Run every reaction; returns the arrivals of which one failed, each once."""
        failed: dict[int, tuple[Arrival, BaseException]] = {}
        for reaction in self._reactions(arrivals):
            for arrival, error in self._run(session, reaction):
                failed.setdefault(id(arrival), (arrival, error))
        outcomes = Counter(
            (arrival.event.type, "failed" if id(arrival) in failed else "applied")
            for arrival in arrivals
        )
        for (event_type, outcome), count in outcomes.items():
            metrics.events_handled.labels(self.service, event_type, outcome).inc(count)
        return list(failed.values())

    def _reactions(self, arrivals: Sequence[Arrival]) -> Iterator[_Reaction]:
        """What was imported, what is new and what is told again, one after the other.

        So a handler may tell them apart, and what follows says what it follows from.
        """
        for handler in self.handlers.all:
            concerned = [a for a in arrivals if isinstance(a.event, handler.kinds)]
            for _, some in groupby(sorted(concerned, key=_origin_of), key=_origin_of):
                yield _Reaction(handler, tuple(some))

    def _run(self, session: Session, reaction: _Reaction) -> list[tuple[Arrival, BaseException]]:
        """One savepoint for the whole batch; only where it failed, one for each event."""
        error = _isolated(session, lambda: self._react(session, reaction))
        if error is None:
            return []
        if len(reaction.arrivals) == 1:
            return [(reaction.arrivals[0], error)]
        singles = (_Reaction(reaction.handler, (arrival,)) for arrival in reaction.arrivals)
        return [failure for single in singles for failure in self._run(session, single)]

    def _react(self, session: Session, reaction: _Reaction) -> None:
        told = reaction.arrivals[0].envelope
        with context.hearing(is_replay=told.is_replay, is_imported=told.imported):
            self._call(session, reaction)

    def _call(self, session: Session, reaction: _Reaction) -> None:
        handler, arrivals = reaction.handler, reaction.arrivals
        if handler.is_batch:
            with context.caused_by(lambda: [_cause(arrival) for arrival in arrivals]):
                events = [arrival.event for arrival in arrivals]
                wanted = events if handler.every_revision else latest_of_each_key(events)
                handler.function(wanted, session)
            if tells_debug(log):
                for arrival in arrivals:
                    _log_handled(handler, arrival)
            return
        for arrival in _not_seen(session, reaction) if handler.once else arrivals:
            with context.working_on(arrival.envelope.correlation_id, arrival.envelope.traceparent):
                handler.function(arrival.event, session)
            _log_handled(handler, arrival)

    def _store(self, session: Session, arrival: Arrival, error: BaseException) -> None:
        log.error(
            "event failed",
            service=self.service,
            type=arrival.envelope.type,
            event_id=str(arrival.envelope.id),
            correlation_id=arrival.envelope.correlation_id,
            error=name_error(error, arrival.envelope.type),
        )
        failures.store(
            session,
            body=arrival.message.body,
            error=failures.explain(error, arrival.envelope.type),
            event_id=arrival.envelope.id,
            event_type=arrival.envelope.type,
            retry_in=self.retry_delays[0],
        )


def _origin_of(arrival: Arrival) -> tuple[bool, bool]:
    """Alike for what a handler is given together; in order of this."""
    return arrival.envelope.is_replay, not arrival.envelope.imported


def _cause(arrival: Arrival) -> context.Cause:
    envelope = arrival.envelope
    return context.Cause(ids_in(arrival.event), envelope.correlation_id, envelope.traceparent)


def _log_handled(handler: Handler, arrival: Arrival) -> None:
    log.debug(
        "event handled",
        handler=handler.name,
        type=arrival.envelope.type,
        event_id=str(arrival.envelope.id),
        correlation_id=arrival.envelope.correlation_id,
    )


def _not_seen(session: Session, reaction: _Reaction) -> list[Arrival]:
    """What the handler never applied, each event once; a replayed event is skipped."""
    fresh = {a.envelope.id: a for a in reaction.arrivals if not a.envelope.is_replay}
    statement = text(
        "INSERT INTO inbox (event_id, handler)"
        " SELECT unnest(CAST(:ids AS uuid[])), :handler ON CONFLICT DO NOTHING RETURNING event_id"
    )
    # In order of ids, so that two workers with the same events do not wait crosswise.
    added = session.execute(statement, {"ids": sorted(fresh), "handler": reaction.handler.name})
    new = {row.event_id for row in added}
    return [arrival for event_id, arrival in fresh.items() if event_id in new]


def _isolated(session: Session, work: Callable[[], None]) -> BaseException | None:
    """Do the work in a savepoint; returns what failed, raises when the database went away."""
    try:
        with session.begin_nested():
            work()
            session.flush()
    except Exception as error:
        if is_unreachable(error):
            raise
        return error
    return None
