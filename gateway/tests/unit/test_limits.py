"""What windows are, wherever they are counted, and how one process keeps them."""

from collections.abc import Iterator

import pytest

from chassis.settings import Secret, SettingsError
from gateway.config import Settings
from gateway.counters import Counters, CountersAway, Counting, SharedCounters, Window
from gateway.limits import Limits
from gateway.tests.redis_server import needs_redis, redis_server
from gateway.tests.rig import unused_port


@pytest.fixture(params=["own", pytest.param("shared", marks=needs_redis)])
def counters(request: pytest.FixtureRequest) -> Iterator[Counting]:
    if request.param == "own":
        yield Counters()
    else:
        with redis_server() as server:
            yield SharedCounters(Secret(server.url))


def test_each_key_has_a_window_of_its_own_that_begins_with_its_first_request(
    counters: Counting,
) -> None:
    windows = [counters.hit(key, 300) for key in ("ada", "ada", "bob", "ada")]

    assert [window.count for window in windows] == [1, 2, 1, 3]
    assert all(200 < window.seconds_left <= 300 for window in windows)
    assert windows[0].seconds_left >= windows[1].seconds_left >= windows[3].seconds_left


def test_a_new_window_is_no_longer_than_it_was_asked_for() -> None:
    """This clock and 300 s make 300.0000000001 s more, which would be told as 301."""
    counters = Counters(now=lambda: 1048475.9999999999)

    assert counters.hit("ada", 300).seconds_left <= 300


def test_a_verdict_tells_what_is_left_and_refuses_the_first_too_many() -> None:
    limits = Limits(Settings(member_limit="2/minute"))

    verdicts = [limits.hit_member("ada") for _ in range(4)]

    assert [verdict.is_allowed for verdict in verdicts] == [True, True, False, False]
    assert [dict(verdict.headers)["RateLimit-Remaining"] for verdict in verdicts] == list("1000")
    assert dict(verdicts[0].headers)["RateLimit-Reset"] == "60"
    assert limits.hit_member("bob").is_allowed


def test_memory_does_not_grow_with_the_addresses_seen() -> None:
    counters = Counters(most=100, now=lambda: 1000.0)

    for number in range(1000):
        counters.hit(f"address {number}", 300)

    assert len(counters) == 100
    assert counters.hit("address 999", 300).count == 2


def test_ended_windows_make_room_before_running_ones() -> None:
    now = [1000.0]
    counters = Counters(most=100, now=lambda: now[0])
    for number in range(50):
        counters.hit(f"early {number}", 300)

    now[0] += 300
    counters.hit("late", 300)

    assert len(counters) == 1


def test_a_window_ends_and_the_next_begins_at_one() -> None:
    now = [1000.0]
    counters = Counters(now=lambda: now[0])
    assert [counters.hit("a", 300).count, counters.hit("a", 300).count] == [1, 2]

    now[0] += 300

    assert counters.hit("a", 300) == Window(1, 300)


@pytest.mark.parametrize(
    "address",
    ["http://limits", "redis://:pa/sword@limits:6379", "redis://:sword@limits:port", "limits"],
)
def test_an_address_that_cannot_be_one_is_one_clear_line_without_its_words(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Limits(Settings(limits_url=Secret(address)))

    assert refused.value.mistakes == ["SKILLER_LIMITS_URL: expected redis://… or rediss://…"]


def test_a_server_that_is_not_there_is_told_as_away() -> None:
    counters = SharedCounters(Secret(f"redis://127.0.0.1:{unused_port()}"))

    with pytest.raises(CountersAway):
        counters.hit("ada", 300)
