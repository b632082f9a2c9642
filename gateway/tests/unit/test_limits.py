"""The counters of one process, and what happens without the shared ones."""

from typing import Any

import pytest
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter

from chassis.settings import Secret, SettingsError
from gateway.config import Settings
from gateway.limits import Counters, Limits


def test_memory_does_not_grow_with_the_addresses_seen() -> None:
    counters = Counters(most=100, now=lambda: 1000.0)

    for number in range(1000):
        counters.incr(f"address {number}", 300)

    assert len(counters) == 100
    assert counters.get("address 999") == 1


def test_ended_windows_make_room_before_running_ones() -> None:
    now = [1000.0]
    counters = Counters(most=100, now=lambda: now[0])
    for number in range(50):
        counters.incr(f"early {number}", 300)

    now[0] += 300
    counters.incr("late", 300)

    assert len(counters) == 1


def test_a_window_ends_and_the_next_begins_at_one() -> None:
    now = [1000.0]
    counters = Counters(now=lambda: now[0])
    assert [counters.incr("a", 300), counters.incr("a", 300)] == [1, 2]

    now[0] += 300

    assert counters.get("a") == 0
    assert counters.incr("a", 300) == 1


def test_a_shared_server_without_its_library_is_one_clear_line() -> None:
    with pytest.raises(SettingsError) as refused:
        Limits(Settings(limits_url=Secret("redis://127.0.0.1:1")))

    assert refused.value.mistakes[0].startswith("SKILLER_LIMITS_URL: 'redis' prerequisite")


class Away(Counters):
    def incr(self, *_: Any, **__: Any) -> int:
        raise StorageError(OSError("away"))


def test_each_process_counts_apart_while_the_shared_counters_are_away() -> None:
    limits = Limits(Settings(member_limit="2/minute"))
    limits._shared = FixedWindowRateLimiter(Away())

    verdicts = [limits.hit_member("ada").is_allowed for _ in range(8)]

    assert verdicts == [True, True] + [False] * 6
