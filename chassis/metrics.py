"""What a process counts (Prometheus), named once for all services."""

from prometheus_client import Counter, Gauge, Histogram

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
    "Events that the broker could not route or refused; they stay in the outbox.",
    ["service", "type"],
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
failed_events = Gauge(
    "skiller_failed_events",
    "Stored failures by state.",
    ["service", "state"],
    multiprocess_mode="livemax",
)
