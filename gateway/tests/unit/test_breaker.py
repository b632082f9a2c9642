"""The breaker with a clock of its own."""

import pytest

from gateway.breaker import FAILURES, REST_SECONDS, Breaker
from gateway.errors import UpstreamUnavailable


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(clock: Clock) -> Breaker:
    breaker = Breaker("skills", clock)
    for _ in range(FAILURES):
        breaker.check()
        breaker.failed()
    return breaker


def test_it_opens_after_failures_in_a_row_and_says_how_long(clock: Clock) -> None:
    breaker = opened(clock)
    clock.seconds += 1.5

    with pytest.raises(UpstreamUnavailable) as refused:
        breaker.check()

    assert refused.value.retry_after == 4


def test_what_one_caller_misses_says_nothing_of_the_service(clock: Clock) -> None:
    breaker = Breaker("skills", clock)
    for _ in range(FAILURES * 3):
        breaker.failed("Ada")

    breaker.check()


def test_what_several_callers_miss_opens_it(clock: Clock) -> None:
    breaker = Breaker("skills", clock)
    for caller in range(FAILURES - 1):
        breaker.failed(str(caller))
    breaker.check()

    breaker.failed("one more")

    with pytest.raises(UpstreamUnavailable):
        breaker.check()


def test_failures_among_successes_do_not_open_it(clock: Clock) -> None:
    breaker = Breaker("skills", clock)

    for _ in range(FAILURES * 3):
        breaker.check()
        breaker.failed()
        breaker.succeeded()

    breaker.check()


def test_after_the_rest_one_trial_passes_and_the_next_request_waits(clock: Clock) -> None:
    breaker = opened(clock)
    clock.seconds += REST_SECONDS

    breaker.check()

    with pytest.raises(UpstreamUnavailable):
        breaker.check()


def test_a_trial_that_succeeds_closes_it(clock: Clock) -> None:
    breaker = opened(clock)
    clock.seconds += REST_SECONDS
    breaker.check()

    breaker.succeeded()

    breaker.check()
    breaker.failed()
    breaker.check()


def test_a_trial_that_fails_opens_it_again(clock: Clock) -> None:
    breaker = opened(clock)
    clock.seconds += REST_SECONDS
    breaker.check()

    breaker.failed()

    with pytest.raises(UpstreamUnavailable):
        breaker.check()


def test_a_trial_whose_outcome_is_lost_is_followed_by_another(clock: Clock) -> None:
    breaker = opened(clock)
    clock.seconds += REST_SECONDS
    breaker.check()

    clock.seconds += REST_SECONDS

    breaker.check()
