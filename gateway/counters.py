"""Where requests are counted: in this process, or in one place for all gateways.

Both know fixed windows that begin with their first request, as Mastodon's. The `limits` library
has storages of both kinds, and asks one three times for each request: 150 µs instead of 45.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chassis.settings import Secret, SettingsError

MOST_COUNTERS = 50_000  # about 11 MB
SHARED_SECONDS = 0.2  # how long the shared counters may take to be reached, and to answer
PREFIX = "skiller:limits:"


@dataclass(frozen=True, slots=True)
class Window:
    """How many requests there were in a window, and how many seconds it still has."""

    count: int
    seconds_left: float


class CountersAway(Exception):
    """The shared counters were not reached in time, or refused."""


class Counting(Protocol):
    """Somewhere to count."""

    def hit(self, key: str, seconds: int) -> Window:
        """Count one request in the key's window of `seconds`; raises CountersAway."""


class Counters:
    """Counters of this process, never more than MOST_COUNTERS.

    The oldest windows go first, when they have ended or when there is no room. Dropping one
    early only gives somebody a second window.
    """

    def __init__(
        self, most: int = MOST_COUNTERS, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._now = now
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, float]] = {}  # key → requests, end by `now`

    def __len__(self) -> int:
        return len(self._windows)

    def hit(self, key: str, seconds: int) -> Window:
        """Nothing of it fails."""
        now = self._now()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
            if end <= now:
                self._windows.pop(key, None)
                self._make_room(now)
                count, end = 0, now + seconds
            self._windows[key] = count + 1, end
            # The sum is rounded, and may say a trifle more.
            return Window(count + 1, min(end - now, seconds))

    def _make_room(self, now: float) -> None:
        """A dictionary keeps its order, so the window that began first stands first."""
        while self._windows:
            oldest = next(iter(self._windows))
            if self._windows[oldest][1] > now and len(self._windows) < self._most:
                return
            del self._windows[oldest]


class SharedCounters:
    """Counters in a Redis-compatible server, each of which ends with its window."""

    def __init__(self, url: Secret) -> None:
        """Nothing is asked yet. Raises SettingsError, with no word of the address."""
        import redis  # 25 MB, for gateways that share alone
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._errors = (redis.RedisError, OSError)
        try:
            server = redis.Redis.from_url(
                url,
                socket_connect_timeout=SHARED_SECONDS,
                socket_timeout=SHARED_SECONDS,
                retry=Retry(NoBackoff(), 0),
                protocol=2,  # with 3 a server may ask for longer waits
            )
        except ValueError as error:
            mistake = "SKILLER_LIMITS_URL: expected redis://… or rediss://…"
            raise SettingsError([mistake]) from error
        self._hit = server.register_script(_HIT)

    def hit(self, key: str, seconds: int) -> Window:
        """One question, answered within SHARED_SECONDS once the server is connected."""
        try:
            count, milliseconds = self._hit(keys=[PREFIX + key], args=[seconds * 1000])
        except self._errors as error:
            raise CountersAway(str(error)) from error
        return Window(count, milliseconds / 1000)


# Of one piece on the server, so that no counter is ever left without an end.
_HIT = """
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
    left = tonumber(ARGV[1])
    redis.call('PEXPIRE', KEYS[1], left)
end
return {count, left}
"""
