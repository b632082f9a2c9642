"""One writer and two listeners on one transport, as the delivery suite sees them."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID, uuid4

import pika
from pika.exceptions import ChannelClosedByBroker
from sqlalchemy import insert, select

from chassis.database import Database
from chassis.messaging import failures, loops, outbox, rabbitmq_consumer, relay, shards, worker
from chassis.messaging.consumer import Consumer
from chassis.messaging.failures import FailedEvent
from chassis.messaging.loops import Loop
from chassis.messaging.rabbitmq_topology import ensure_listeners
from chassis.messaging.topology import Topology
from chassis.tables import OUTBOX
from chassis.testing.relays import shares_of
from chassis.testing.waiting import eventually
from chassis.tests import toys
from chassis.tests.toys import Digest, Note, NoteChanged, Tally
from contracts import Event

Transport = Literal["local", "rabbitmq"]
ROOT = Path(__file__).resolve().parents[2]
NOTHING: Mapping[Any, Any] = MappingProxyType({})

# Shorter waits than a real worker's; a test whose claim is one of them sets it itself.
QUICK: tuple[tuple[Any, str, float], ...] = (
    (relay, "SWEEP_SECONDS", 0.1),
    (shards, "LOOK_SECONDS", 0.1),
    (relay, "RETURNED_WAIT_SECONDS", 0.5),
    (relay, "LEADER_SECONDS", 4),
    (relay, "ALIVE_SECONDS", 0.5),
    (worker, "RETRY_POLL_SECONDS", 0.05),
    (worker, "STALE_SECONDS", 10.0),
    (rabbitmq_consumer, "READ_SECONDS", 0.1),
    (loops, "FIRST_DELAY", 0.05),
    (loops, "LONGEST_DELAY", 0.5),
)


@dataclass(frozen=True)
class ToyTopology(Topology):
    """The same queues, smaller where a test asks for it."""

    extra_arguments: dict[str, Any] = field(default_factory=dict)

    def arguments(self, service: str) -> dict[str, Any]:
        return super().arguments(service) | self.extra_arguments


@dataclass(frozen=True)
class Setup:
    """What a worker needs to know, in this process or in one of its own."""

    transport: Transport
    databases: dict[str, str]  # service → URL
    broker_url: str = ""
    namespace: str = ""
    extra_arguments: dict[str, Any] = field(default_factory=dict)
    retry_delays: tuple[float, ...] = (0.05, 0.1, 0.1)
    subscriptions: dict[str, list[str]] = field(default_factory=lambda: toys.SUBSCRIPTIONS)
    lock_seconds: int = 0

    @property
    def topology(self) -> ToyTopology:
        return ToyTopology(self.subscriptions, self.namespace, self.extra_arguments)


def make_loops(
    setup: Setup, databases: dict[str, Database], broker_urls: Mapping[str, str] = NOTHING
) -> list[Loop]:
    """The loops of a worker that does all three services."""
    consumers = {
        name: Consumer(name, database, toys.handlers_of(name), retry_delays=setup.retry_delays)
        for name, database in databases.items()
    }
    # One for all: an attempt that kills the process must not cost another's event one as well.
    keeping = worker.housekeeping(list(consumers.values()))
    if setup.transport == "local":
        return [*worker.local_loops(databases, consumers), keeping]
    travelling = [
        loop
        for name, database in databases.items()
        for loop in worker.rabbit_loops(
            name,
            database,
            consumers[name],
            broker_urls.get(name, setup.broker_url),
            setup.topology,
        )
    ]
    return [*travelling, keeping]


def open_databases(setup: Setup) -> dict[str, Database]:
    return {
        name: Database(url, lock_seconds=setup.lock_seconds)
        for name, url in setup.databases.items()
    }


class Worker:
    """A worker in threads of this process; stopped like by SIGTERM."""

    def __init__(self, setup: Setup, broker_urls: Mapping[str, str] = NOTHING) -> None:
        self._databases = open_databases(setup)
        self._loops = make_loops(setup, self._databases, broker_urls)
        for loop in self._loops:
            loop.start()

    def is_beating(self) -> bool:
        """Whether every loop has said within the last two seconds that it is alive."""
        return all(loop.beats_within(2.0) for loop in self._loops)

    def stop(self) -> None:
        worker.stop(self._loops)
        left = [loop.name for loop in self._loops if loop.is_alive()]
        assert not left, f"still running: {left}"
        for database in self._databases.values():
            database.close()


class WorkerProcess:
    """A worker in a process of its own, which may be killed or kill itself."""

    def __init__(self, setup: Setup, log: Path, *, dies: str, loops: str, batch: int) -> None:
        self.log = log
        environ = {"TOY_SETUP": json.dumps(asdict(setup)), "TOY_DIES": dies, "TOY_LOOPS": loops}
        environ["TOY_BATCH"] = str(batch)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chassis.tests.worker_process"],
                env={**os.environ, **environ},
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )

    def wait(self) -> int:
        """Wait for its end; returns the exit code, negative for a signal."""
        return self._process.wait(60)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def terminate(self) -> None:
        self._process.terminate()

    def freeze(self) -> None:
        """As a machine that is suspended does, or one behind a cut network."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)


class Bus:
    """Records events, runs workers, and looks at what became of the events."""

    def __init__(self, setup: Setup, folder: Path) -> None:
        self.setup = setup
        self.topology = setup.topology
        self.databases = open_databases(setup)
        self._folder = folder
        self._workers: list[Worker] = []
        self._processes: list[WorkerProcess] = []
        self.events: list[NoteChanged] = []

    def record(self, *events: Event) -> None:
        """Record events in one transaction of the writer."""
        with self.databases[toys.WRITER].transaction() as session:
            outbox.record(session, *events)
        self.events += [event for event in events if isinstance(event, NoteChanged)]

    def record_notes(self, count: int, *, text: str = "") -> list[NoteChanged]:
        """Record that many new notes, each in a transaction of its own."""
        notes = [NoteChanged(note_id=uuid4(), revision=1, text=text) for _ in range(count)]
        for note in notes:
            self.record(note)
        return notes

    def inject(self, body: bytes, *, service: str = "reader") -> None:
        """Bring bytes to a listener on the way that its transport has."""
        if self.setup.transport == "rabbitmq":
            with self.channel() as channel:
                channel.basic_publish("", self.topology.queue(service), body)
            return
        with self.databases[toys.WRITER].transaction() as session:
            row = {"event_id": uuid4(), "type": NoteChanged.type, "destination": service}
            session.execute(insert(OUTBOX).values(**row, body=body.decode()))

    def start(self, *, broker_urls: Mapping[str, str] = NOTHING) -> Worker:
        """A worker in threads; `broker_urls` has each service's own, where they differ."""
        self._workers.append(Worker(self.setup, broker_urls))
        return self._workers[-1]

    def stop(self) -> None:
        """Stop the workers in threads."""
        while self._workers:
            self._workers.pop().stop()

    def spawn(
        self, *, dies: str = "", loops: str = "", batch: int = relay.BATCH_SIZE
    ) -> WorkerProcess:
        """A worker in a process; `dies` names where it is to kill itself, `loops` what it does.

        `batch` is how many events its relays take at once.
        """
        log = self._folder / "worker.log"
        process = WorkerProcess(self.setup, log, dies=dies, loops=loops, batch=batch)
        self._processes.append(process)
        return process

    @contextmanager
    def supervised(self) -> Iterator[list[WorkerProcess]]:
        """A worker process that is started again whenever it dies; all that there were."""
        processes, ending = [self.spawn()], threading.Event()

        def watch() -> None:
            while not ending.wait(0.02):
                if not processes[-1].is_alive():
                    processes.append(self.spawn())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield processes
        finally:
            ending.set()
            watcher.join()

    @contextmanager
    def channel(self) -> Iterator[Any]:
        """A channel of the test's own."""
        parameters = pika.URLParameters(self.setup.broker_url)
        with pika.BlockingConnection(parameters) as connection:
            yield connection.channel()

    def declare(self) -> None:
        """Let the broker have what its definitions would give it."""
        with pika.BlockingConnection(pika.URLParameters(self.setup.broker_url)) as connection:
            ensure_listeners(connection, self.topology)

    def count_consumers(self, service: str) -> int:
        """How many subscriptions a listener's queue has; 0 where there is no queue."""
        with self.channel() as channel:
            try:
                found = channel.queue_declare(self.topology.queue(service), passive=True)
            except ChannelClosedByBroker:
                return 0
            count: int = found.method.consumer_count
            return count

    def waiting(self) -> int:
        """How many events are in the writer's outbox."""
        with self.databases[toys.WRITER].transaction() as session:
            return outbox.backlog(session)

    def failed(self, service: str = "reader") -> list[FailedEvent]:
        with self.databases[service].transaction() as session:
            return failures.list_failed(session)

    def revisions(self, service: str, model: type[Note] | type[Digest]) -> dict[UUID, int]:
        with self.databases[service].transaction() as session:
            rows = session.execute(select(model.note_id, model.revision))
            return {row.note_id: row.revision for row in rows}

    def tallies(self, service: str) -> dict[UUID, int]:
        with self.databases[service].transaction() as session:
            rows = session.execute(select(Tally.note_id, Tally.count))
            return {row[0]: row[1] for row in rows}

    def settles(
        self,
        *,
        failed: int = 0,
        lacks: Mapping[type[Note | Digest | Tally], NoteChanged] = NOTHING,
        seconds: float = 20,
    ) -> None:
        """Wait until each listener applied every recorded event once, and nothing waits.

        `failed` is how many failures the reader keeps, `lacks` which event each of its
        tables misses for that; the auditor keeps none and misses nothing.
        """
        for service in toys.LISTENERS:
            of_reader = service == "reader"
            eventually(
                lambda service=service, of_reader=of_reader: self._has_applied(
                    service, lacks if of_reader else NOTHING, failed if of_reader else 0
                ),
                seconds=seconds,
            )
        eventually(self.is_acknowledged, seconds=seconds)

    def _has_applied(
        self, service: str, lacks: Mapping[type[Note | Digest | Tally], NoteChanged], failed: int
    ) -> bool:
        newest: dict[UUID, int] = {}
        for event in self.events:
            newest[event.note_id] = max(event.revision, newest.get(event.note_id, 0))
        for model in (Note, Digest):
            expected = _without(newest, lacks.get(model))
            assert self.revisions(service, model) == expected, self._state_of(service)
        counts = Counter(event.note_id for event in self.events)
        assert self.tallies(service) == _without(counts, lacks.get(Tally)), service
        assert len(self.failed(service)) == failed, service
        return True

    def _state_of(self, service: str) -> str:
        """Where a listener's events may be, for a test that waited in vain."""
        failed = [(one.state, one.attempts, one.error[-80:]) for one in self.failed(service)]
        return f"{service}: {failed}, {self.waiting()} in the outbox, queue {self._queue(service)}"

    def _queue(self, service: str) -> tuple[int, int] | None:
        """Messages ready and subscriptions; None where there is no queue."""
        if self.setup.transport == "local":
            return None
        with self.channel() as channel, suppress(ChannelClosedByBroker):
            found = channel.queue_declare(self.topology.queue(service), passive=True).method
            return found.message_count, found.consumer_count
        return None

    def is_acknowledged(self) -> bool:
        """Whether no event is in the outbox or in a queue."""
        if self.setup.transport == "rabbitmq":
            with self.channel() as channel:
                for service in toys.LISTENERS:
                    for queue in (self.topology.queue(service), self.topology.dead_queue(service)):
                        if channel.queue_declare(queue, passive=True).method.message_count:
                            return False
        return self.waiting() == 0

    def shares(self) -> dict[int, int]:
        """How many shards of the writer's outbox each relay's database connection holds."""
        return shares_of(self.setup.databases[toys.WRITER])

    def close(self) -> None:
        for process in self._processes:
            process.kill()
        self.stop()
        for database in self.databases.values():
            database.close()
        if self.setup.transport == "rabbitmq":
            with self.channel() as channel:
                self.topology.delete(channel)


def _without(values: Mapping[UUID, int], lacking: NoteChanged | None) -> dict[UUID, int]:
    return {key: value for key, value in values.items() if not lacking or key != lacking.note_id}


MakeBus = Callable[..., Bus]
