"""What travels with a piece of work: HTTP header → event envelope → log line."""

import re
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from uuid import UUID, uuid4

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")
# Whether the event at hand tells a republished past.
_is_replay: ContextVar[bool] = ContextVar("is_replay", default=False)
# Whether what is done was done elsewhere, earlier; so it is of all that follows from it.
_is_imported: ContextVar[bool] = ContextVar("is_imported", default=False)

_CORRELATION = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True)
class Cause:
    """One of several things that a piece of work does together: the ids that it is about."""

    about: frozenset[UUID]
    correlation: str
    trace: str


_causes: ContextVar[Callable[[], Sequence[Cause]]] = ContextVar("causes", default=tuple)


@contextmanager
def caused_by(causes: Callable[[], Sequence[Cause]]) -> Iterator[None]:
    """Work on several things at once: what follows carries on the ids of what it follows from.

    `causes` is asked once, and only when something follows.
    """
    token = _causes.set(cache(causes))
    try:
        yield
    finally:
        _causes.reset(token)


def ids_for(about: Collection[UUID]) -> tuple[str, str]:
    """Correlation id and traceparent for what is about these ids.

    Among several causes those of the one that shares most ids with it, the last of equals; the
    first one's where none shares any.
    """
    causes = _causes.get()()
    if not causes:
        return correlation_id.get(), traceparent.get()
    shared = [len(cause.about.intersection(about)) for cause in causes]
    most = max(shared)
    cause = causes[len(shared) - 1 - shared[::-1].index(most)] if most else causes[0]
    return cause.correlation, cause.trace


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


@contextmanager
def importing() -> Iterator[None]:
    """What is done inside was done elsewhere before: what tells of it says so."""
    with hearing(is_replay=_is_replay.get(), is_imported=True):
        yield


@contextmanager
def hearing(*, is_replay: bool, is_imported: bool) -> Iterator[None]:
    """Work on events that tell a republished past, or what was imported, or neither."""
    tokens = _is_replay.set(is_replay), _is_imported.set(is_imported)
    try:
        yield
    finally:
        _is_replay.reset(tokens[0])
        _is_imported.reset(tokens[1])


def is_imported() -> bool:
    """Whether what is done now was done elsewhere before, or follows from that."""
    return _is_imported.get()


def is_of_the_past() -> bool:
    """Whether the event at hand tells what is no news: a republished past, or what was imported."""
    return _is_replay.get() or _is_imported.get()


def _new_traceparent() -> str:
    """A W3C trace context that asks for no sampling."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
