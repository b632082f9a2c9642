"""Flood guards: so many requests per member and per stranger's address.

Counted per process, or for all gateways together where `SKILLER_LIMITS_URL` names a
Redis-compatible server. Limits that protect secrets are identity's, in its database.
"""

import math
from dataclasses import dataclass

import limits
from limits import RateLimitItem

from chassis.logs import get_logger
from gateway.breaker import Breaker
from gateway.config import Settings
from gateway.counters import Counters, CountersAway, Counting, SharedCounters, Window
from gateway.errors import UpstreamUnavailable
from gateway.upstream import Headers

log = get_logger("gateway")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether this request is one too many, and what to tell about it."""

    is_allowed: bool
    headers: Headers
    reset_seconds: int


class Limits:
    """What a member, a stranger's address, pages and pictures may ask for; one per process."""

    def __init__(self, settings: Settings) -> None:
        self._member = limits.parse(settings.member_limit)
        self._address = limits.parse(settings.address_limit)
        self._page = limits.parse(settings.page_limit)
        self._picture = limits.parse(settings.picture_limit)
        self._own = Counters()
        url = settings.limits_url
        self._shared: Counting | None = SharedCounters(url) if url else None
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

    def _hit(self, rate: RateLimitItem, kind: str, who: str) -> Verdict:
        # Another length is another window: the shared ones outlive a change of settings.
        seconds = rate.get_expiry()
        key = f"{kind}:{seconds}:{who}"
        window = self._hit_shared(key, seconds) or self._own.hit(key, seconds)
        return _judge(rate.amount, window)

    def _hit_shared(self, key: str, seconds: int) -> Window | None:
        """None without shared counters, and while they are away.

        Counting apart is better than answering nobody. What fails is not asked again at once,
        and is told when it begins and when it ends.
        """
        if self._shared is None:
            return None
        try:
            self._breaker.check()
            window = self._shared.hit(key, seconds)
        except UpstreamUnavailable:
            return None
        except CountersAway as error:
            if self._breaker.failed():
                log.warning("shared limits away", error=str(error), counting="apart")
            return None
        if self._breaker.succeeded():
            log.info("shared limits back")
        return window


def _judge(amount: int, window: Window) -> Verdict:
    reset = max(0, math.ceil(window.seconds_left))
    headers = [
        ("RateLimit-Limit", str(amount)),
        ("RateLimit-Remaining", str(max(0, amount - window.count))),
        ("RateLimit-Reset", str(reset)),
    ]
    return Verdict(window.count <= amount, headers, max(1, reset))
