"""What a process counts (Prometheus), named once for all services, and how it is told."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    multiprocess,
    start_http_server,
    values,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from chassis import settings
from chassis.logs import get_logger

log = get_logger("metrics")

requests_total = Counter(
    "skiller_requests_total", "Requests answered.", ["service", "method", "route", "status"]
)
request_seconds = Histogram(
    "skiller_request_seconds", "Time to answer a request.", ["service", "route"]
)
events_published = Counter(
    "skiller_events_published_total", "Outbox rows that the relay handed over.", ["service", "type"]
)
events_returned = Counter(
    "skiller_events_returned_total",
    "Events that a listener's queue did not take; they stay in the outbox for it.",
    ["service", "type", "listener"],
)
relay_shards = Gauge(
    "skiller_relay_shards",
    "How many of the sixteen shards of the service's outbox this process relays.",
    ["service"],
    multiprocess_mode="livemax",
)
queue_differs = Gauge(
    "skiller_queue_differs",
    "Whether a queue has other arguments than this release gives it (1).",
    ["service", "queue"],
    multiprocess_mode="livemax",
)
events_handled = Counter(
    "skiller_events_handled_total", "Events applied.", ["service", "type", "outcome"]
)
batch_seconds = Histogram("skiller_batch_seconds", "Time to apply a batch of events.", ["service"])
outbox_backlog = Gauge(
    "skiller_outbox_backlog",
    "Outbox rows waiting for the relay.",
    ["service"],
    multiprocess_mode="livemax",
)
outbox_oldest = Gauge(
    "skiller_outbox_oldest_seconds",
    "How long the oldest row of the outbox has waited.",
    ["service"],
    multiprocess_mode="livemax",
)
event_age = Histogram(
    "skiller_event_age_seconds",
    "From the telling of an event to its effect; of a batch, the oldest.",
    ["service"],
    buckets=(0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200),
)
retries = Gauge(
    "skiller_retries",
    "Events and mails that failed: waiting to be tried again, or dead.",
    ["service", "queue", "state"],
    multiprocess_mode="livemax",
)
loop_silence = Gauge(
    "skiller_loop_silence_seconds",
    "Since a worker's loop last said that it is alive.",
    ["loop"],
    multiprocess_mode="livemax",
)
_SHARED = ["service", "owner", "kind", "role"]
shared_rows = Gauge(
    "skiller_shared_rows",
    "Rows that a service owns and others keep (role owner), or keeps of their owner (replica).",
    _SHARED,
    multiprocess_mode="livemax",
)
shared_revisions = Gauge(
    "skiller_shared_revisions",
    "The sum of the revisions of these rows.",
    _SHARED,
    multiprocess_mode="livemax",
)
database_troubles = Counter(
    "skiller_database_troubles_total",
    "Work put off because the database did not answer (away), or had no room to write (full).",
    ["service", "kind"],
)
tries = Counter(
    "skiller_tries_total",
    "Mails and pushes that were tried: done (sent, or with nothing left to say) or failed.",
    ["queue", "outcome"],
)
breaker_open = Gauge(
    "skiller_breaker_open",
    "Whether the gateway asks a service, or its shared limits, for nothing at the moment (1).",
    ["service"],
    multiprocess_mode="livemax",
)


class Memory(Collector):
    """What the processes that are spoken for take: each with its part of what they share."""

    name = "skiller_memory_bytes"

    def describe(self) -> list[GaugeMetricFamily]:
        """Said apart, so that nothing is measured when it is registered."""
        return [GaugeMetricFamily(self.name, "Memory of this program's processes (PSS).")]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Nothing where the system does not say it."""
        sizes = [size for pid in _pids() if (size := _memory_of(pid))]
        if sizes:
            yield GaugeMetricFamily(self.name, self.describe()[0].documentation, sum(sizes))


def _pids() -> set[int]:
    """This process, or (PROMETHEUS_MULTIPROC_DIR) all that count beside it."""
    if not _is_shared():
        return {os.getpid()}
    # A process's own file of counters is made with its first and stays when it ends.
    files = Path(settings.environment()["PROMETHEUS_MULTIPROC_DIR"]).glob("counter_*.db")
    return {os.getpid(), *(int(file.stem.removeprefix("counter_")) for file in files)}


def _memory_of(pid: int) -> int:
    """In bytes; 0 of a process that is gone."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", told, re.M)
    return int(found[1]) * 1024 if found else 0


def _is_shared() -> bool:
    return getattr(values.ValueClass, "__name__", "") == "MmapedValue"


REGISTRY.register(Memory())


def registry() -> CollectorRegistry:
    """This process's metrics, or (PROMETHEUS_MULTIPROC_DIR) those of all its gunicorn's workers."""
    if not _is_shared():
        return REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    shared.register(Memory())
    return shared


def serve(port: int, address: str) -> None:
    """Serve `registry()` on a port of its own, apart from the public one, or nowhere for 0.

    Of several workers of one gunicorn the first takes the port; with PROMETHEUS_MULTIPROC_DIR
    it speaks for all, without it only for itself.
    """
    if not port:
        return
    try:
        start_http_server(port, addr=address, registry=registry())
    except OSError as error:
        log.info("metrics are served by another worker", port=port, error=str(error))
