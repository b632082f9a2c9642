"""`forward()`: one request to one service, guarded by that service's breaker."""

from collections.abc import Mapping

from chassis.logs import get_logger
from gateway.breaker import Breaker
from gateway.errors import UpstreamTimeout, UpstreamUnavailable
from gateway.upstream import Upstream, UpstreamRequest, UpstreamResponse

log = get_logger("gateway")


class Forwarder:
    """The deployed services; one that is down leaves the others alone."""

    def __init__(self, upstreams: Mapping[str, Upstream]) -> None:
        self._guarded = {name: (upstream, Breaker(name)) for name, upstream in upstreams.items()}

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the deployed services."""
        return tuple(self._guarded)

    def forward(self, service: str, request: UpstreamRequest, caller: str) -> UpstreamResponse:
        """The service's response; raises UpstreamUnavailable or UpstreamTimeout.

        `caller` is a member's id or a stranger's network, anything that tells them apart.
        """
        upstream, breaker = self._guarded[service]
        breaker.check()
        try:
            response = upstream.send(request)
        except (UpstreamUnavailable, UpstreamTimeout) as failure:
            breaker.failed(caller if failure.was_reached else None)
            log.warning("no answer", service=service, code=failure.code, reason=failure.reason)
            raise
        breaker.succeeded()
        return response
