"""Spans for OpenTelemetry: one trace from a request to all that follows from it.

Off where SKILLER_OTLP_URL is empty: then nothing of OpenTelemetry is imported, and a span is one
look at a variable. Trace ids travel by `chassis.context`, with tracing or without.
"""

import time
from collections.abc import Mapping
from contextvars import Token
from typing import Any
from urllib.parse import urlsplit

from chassis import context
from chassis.settings import LogSettings, SettingsError

Attributes = Mapping[str, str | int]
EXPORT_SECONDS = 3  # how long a batch of spans is tried to be handed over
# What a span does: it answers, tells, hears, or none of these.
SERVER, PRODUCER, CONSUMER, INTERNAL = "SERVER", "PRODUCER", "CONSUMER", "INTERNAL"


class Span:
    """A piece of work in a trace; this one is told to nobody."""

    traceparent = ""

    def __enter__(self) -> "Span":
        return self

    def __exit__(self, *_: Any) -> None:
        """Ends it."""

    def tell(self, attributes: Attributes) -> None:
        """Add what became known meanwhile."""

    def fail(self, kind: str) -> None:
        """Say what kind of error it ended with, and none of its words: they may be private."""

    def follow(self, name: str, traceparent: str, attributes: Attributes) -> "Span":
        """One of several works that are done together here, in the trace that it comes from."""
        return self


_NOBODY = Span()
_provider: Any = None
_tracer: Any = None


class _Told(Span):
    """One that is told; what is begun inside belongs to its trace."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._token: Token[str] | None = None
        self._inside: list[_Told] = []
        self.traceparent = _text_of(inner.get_span_context())

    def __enter__(self) -> Span:
        self._token = context.traceparent.set(self.traceparent)
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        if self._token is not None:
            context.traceparent.reset(self._token)
        if kind is not None:
            self.fail(kind.__name__)
        for span in self._inside:
            span.end()
        self.end()

    def end(self) -> None:
        """It is over."""
        self._inner.end()

    def tell(self, attributes: Attributes) -> None:
        self._inner.set_attributes(attributes)

    def fail(self, kind: str) -> None:
        from opentelemetry.trace import StatusCode

        self._inner.set_status(StatusCode.ERROR, kind)

    def follow(self, name: str, traceparent: str, attributes: Attributes) -> Span:
        one = _begin(name, CONSUMER, traceparent, attributes)
        self._inner.add_link(one._inner.get_span_context())
        self._inside.append(one)
        return one


def start(settings: LogSettings, process: str) -> None:
    """Tell spans from now on, where the settings say whom; the first call of a process counts.

    To be called after a fork: a thread hands them over. Raises SettingsError.
    """
    global _provider, _tracer
    if not settings.otlp_url or _provider is not None:
        return
    _require_sound(settings)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

    # By the trace's id, so that all services keep the same ones.
    sampler = TraceIdRatioBased(settings.trace_share)
    resource = Resource({"service.name": process, "service.namespace": "skiller"})
    provider = TracerProvider(sampler=sampler, resource=resource)
    endpoint = settings.otlp_url.rstrip("/") + "/v1/traces"
    # Within the time that a process is given to end, too.
    exporter = OTLPSpanExporter(endpoint, timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _provider, _tracer = provider, provider.get_tracer("skiller")


def stop() -> None:
    """Hand over what waits, and tell nothing more."""
    global _provider
    provider, _provider = _provider, None
    if provider is not None:
        provider.shutdown()


def is_on() -> bool:
    """Whether spans are told."""
    return _provider is not None


def span(
    name: str,
    kind: str = INTERNAL,
    attributes: Attributes | None = None,
    *,
    is_root: bool = False,
    started: float | None = None,
) -> Span:
    """A span of the trace at hand, to be entered; `is_root` begins another trace.

    `started` is when it began, by `time.perf_counter()`, where that was before.
    """
    if _provider is None:
        return _NOBODY
    parent = "" if is_root else context.traceparent.get()
    return _begin(name, kind, parent, attributes or {}, started)


def leave(name: str, kind: str, traceparent: str, started: float, attributes: Attributes) -> None:
    """A span that is over, of a trace that is not the one at hand."""
    if _provider is not None:
        _begin(name, kind, traceparent, attributes, started).end()


def _begin(
    name: str, kind: str, parent: str, attributes: Attributes, started: float | None = None
) -> _Told:
    from opentelemetry.trace import SpanKind

    since = None if started is None else time.time_ns() - int((time.perf_counter() - started) * 1e9)
    inner = _tracer.start_span(
        name,
        context=_context_of(parent),
        kind=SpanKind[kind],
        attributes={"skiller.correlation_id": context.correlation_id.get(), **attributes},
        start_time=since,
    )
    return _Told(inner)


def _context_of(parent: str) -> Any:
    """The parent as OpenTelemetry has it; without one, a trace begins."""
    from opentelemetry import trace
    from opentelemetry.context import Context

    parts = parent.split("-")
    if len(parts) != 4:
        return Context()
    known = trace.SpanContext(
        trace_id=int(parts[1], 16),
        span_id=int(parts[2], 16),
        is_remote=True,
        trace_flags=trace.TraceFlags(int(parts[3], 16)),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(known), Context())


def _text_of(known: Any) -> str:
    """As the header and the envelope carry it (W3C Trace Context)."""
    return f"00-{known.trace_id:032x}-{known.span_id:016x}-{int(known.trace_flags):02x}"


def _require_sound(settings: LogSettings) -> None:
    mistakes = []
    if urlsplit(settings.otlp_url).scheme not in ("http", "https"):
        mistakes.append("SKILLER_OTLP_URL: expected http://host:port of a collector")
    if not 0 <= settings.trace_share <= 1:
        mistakes.append("SKILLER_TRACE_SHARE: expected a number from 0 to 1")
    if mistakes:
        raise SettingsError(mistakes)
