"""What travels with a piece of work: HTTP header → event envelope → log line."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")

_CORRELATION = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@contextmanager
def working_on(correlation: str | None, trace: str | None = None) -> Iterator[None]:
    """Carry the given ids inside the block; what is missing or malformed is made anew."""
    known = correlation if correlation and _CORRELATION.fullmatch(correlation) else uuid4().hex
    traced = trace if trace and _TRACEPARENT.fullmatch(trace) else _new_traceparent()
    tokens = correlation_id.set(known), traceparent.set(traced)
    try:
        yield
    finally:
        correlation_id.reset(tokens[0])
        traceparent.reset(tokens[1])


def _new_traceparent() -> str:
    """A W3C trace context that asks for no sampling."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
