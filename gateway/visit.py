"""What is learnt about one request on its way through the proxy."""

from dataclasses import dataclass, field

from chassis.claims import Claims
from gateway.client import Client
from gateway.routes import Route
from gateway.upstream import Headers, UpstreamResponse


@dataclass(frozen=True, slots=True)
class Admitted:
    """What steps 1 to 5 found out about a request that is forwarded."""

    route: Route
    target: str
    client: Client


@dataclass(slots=True)
class Visit:
    """What is learnt about a request on its way, for its answer and its line in the log."""

    method: str
    started: float
    admitted: Admitted | None = None
    client: Client | None = None
    is_secret: bool = False
    is_open: bool = False  # strangers may write there
    route: str = "unknown"  # the pattern and not the path: a path may hold a token
    service: str = "gateway"
    member: Claims | None = None
    headers: Headers = field(default_factory=list)

    def learn(self, route: Route) -> None:
        """Keep what the route says of the answer and its line."""
        self.route, self.service, self.is_secret = route.pattern, route.service, route.secret
        self.is_open = self.method not in ("GET", "HEAD") and route.is_public(self.method)

    def trace_of(self, response: UpstreamResponse) -> dict[str, str]:
        """What the line tells of a client that was refused, or is where strangers may write."""
        if self.client is None or not (response.status in (401, 403, 429) or self.is_open):
            return {}
        return {"client": self.client.area}
