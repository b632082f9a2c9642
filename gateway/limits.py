"""Flood guards: so many requests per member and per stranger's address.

Counted per process, or for all gateways together where `SKILLER_LIMITS_URL` names a
Redis-compatible server. Limits that protect secrets are identity's, in its database.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import limits
from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from chassis.logs import get_logger
from chassis.settings import SettingsError
from gateway.breaker import Breaker
from gateway.config import Settings
from gateway.errors import UpstreamUnavailable
from gateway.upstream import Headers

MOST_COUNTERS = 50_000  # about 11 MB
SHARED_SECONDS = 0.2  # how long the shared counters may take
log = get_logger("gateway")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether this request is one too many, and what to tell about it."""

    is_allowed: bool
    headers: Headers
    reset_seconds: int


class Limits:
    """Fixed windows that begin with the first request, as Mastodon's."""

    def __init__(self, settings: Settings) -> None:
        self._member = limits.parse(settings.member_limit)
        self._address = limits.parse(settings.address_limit)
        self._page = limits.parse(settings.page_limit)
        self._picture = limits.parse(settings.picture_limit)
        self._local = FixedWindowRateLimiter(Counters())
        self._shared = shared_counters(settings.limits_url) if settings.limits_url else None
        self._breaker = Breaker("limits")

    def hit_member(self, member_id: str) -> Verdict:
        """Count a member's request."""
        return self._hit(self._member, "member", member_id)

    def hit_address(self, network: str) -> Verdict:
        """Count a stranger's request."""
        return self._hit(self._address, "address", network)

    def hit_page(self, network: str) -> Verdict:
        """Count a page apart: what it asks of the API is counted there, by its member."""
        return self._hit(self._page, "page", network)

    def hit_picture(self, network: str) -> Verdict:
        """Count a picture apart, so that a page full of them keeps nobody from signing in."""
        return self._hit(self._picture, "picture", network)

    def _hit(self, rate: Any, kind: str, who: str) -> Verdict:
        if self._shared is not None:
            try:
                self._breaker.check()
                verdict = _count(self._shared, rate, kind, who)
                self._breaker.succeeded()
                return verdict
            except StorageError as error:
                # Counting apart is better than answering nobody.
                self._breaker.failed()
                log.warning("shared limits away", error=str(error))
            except UpstreamUnavailable:
                pass
        return _count(self._local, rate, kind, who)


class Counters(Storage):  # type: ignore[misc]
    """Counters of this process, never more than MOST_COUNTERS.

    The library's own memory storage grows with the addresses seen and starts a thread
    to sweep them; here the oldest windows go first, when they have ended or when there
    is no room. Dropping one early only gives somebody a second window.
    """

    STORAGE_SCHEME = None

    def __init__(self, most: int = MOST_COUNTERS, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._most = most
        self._now = now
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, float]] = {}  # key → requests, end in Unix seconds

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library would wrap; nothing of ours fails."""
        return StorageError  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return len(self._windows)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, in a window of `expiry` seconds from its first request; returns the count."""
        now = self._now()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
            if end <= now:
                self._windows.pop(key, None)
                self._make_room(now)
                count, end = 0, now + expiry
            self._windows[key] = count + amount, end
            return count + amount

    def get(self, key: str) -> int:
        """The count of the present window."""
        count, end = self._windows.get(key, (0, 0.0))
        return count if end > self._now() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in Unix seconds."""
        return self._windows.get(key, (0, self._now()))[1]

    def check(self) -> bool:
        """A dictionary is always there."""
        return True

    def reset(self) -> int:
        """Forget all; returns how many there were."""
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    def clear(self, key: str) -> None:
        """Forget one."""
        with self._lock:
            self._windows.pop(key, None)

    def _make_room(self, now: float) -> None:
        """A dictionary keeps its order, so the window that began first stands first."""
        while self._windows:
            oldest = next(iter(self._windows))
            if self._windows[oldest][1] > now and len(self._windows) < self._most:
                return
            del self._windows[oldest]


def _count(limiter: Any, rate: Any, kind: str, who: str) -> Verdict:
    is_allowed = limiter.hit(rate, kind, who)
    window = limiter.get_window_stats(rate, kind, who)
    reset = max(0, math.ceil(window.reset_time - time.time()))
    headers = [
        ("RateLimit-Limit", str(rate.amount)),
        ("RateLimit-Remaining", str(max(0, window.remaining))),
        ("RateLimit-Reset", str(reset)),
    ]
    return Verdict(is_allowed, headers, max(1, reset))


def shared_counters(url: str) -> Any:
    """The windows that all gateways count in; SettingsError where the address cannot be one."""
    try:
        storage = storage_from_string(
            url,
            wrap_exceptions=True,
            socket_timeout=SHARED_SECONDS,
            socket_connect_timeout=SHARED_SECONDS,
        )
    except ConfigurationError as error:
        raise SettingsError([f"SKILLER_LIMITS_URL: {error}"]) from error
    return FixedWindowRateLimiter(storage)
