"""A service over HTTP, at every address that its name has.

The name is resolved again every 10 s, so that `--scale discussion=2` is noticed
without a restart; requests go round the addresses.
"""

import itertools
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from chassis.logs import get_logger
from gateway.errors import UpstreamTimeout, UpstreamUnavailable
from gateway.pool import ConnectFailed, ConnectionBroken, Pool
from gateway.upstream import UpstreamRequest, UpstreamResponse

RESOLVE_SECONDS = 10.0
Resolve = Callable[[str, int], list[str]]
log = get_logger("gateway")


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpUpstream:
    """Round robin over a service's addresses; one second try, on another one where possible."""

    def __init__(
        self,
        url: str,
        *,
        connect_seconds: float = 0.5,
        read_seconds: float = 5.0,
        resolve: Resolve = resolve,
        resolve_seconds: float = RESOLVE_SECONDS,
    ) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._resolve, self._resolve_seconds = resolve, resolve_seconds
        self._pools: tuple[Pool, ...] = ()
        self._turn = itertools.count()
        self._resting: dict[str, float] = {}  # address that refused a connection → until when
        self._stale_at = 0.0
        self._resolving = threading.Lock()

    def send(self, request: UpstreamRequest) -> UpstreamResponse:
        """As `Upstream.send`; a second try where nothing was sent, or it may be sent twice."""
        pools = self._in_order()
        try:
            return pools[0].exchange(request)
        except ConnectFailed as failure:
            self._resting[pools[0].address] = time.monotonic() + self._resolve_seconds
            # Nothing was sent, so any request may try another address.
            others = pools[1:]
            if not others:
                raise _refusal(failure) from failure
            log.warning("address refused", upstream=self._host, error=str(failure))
        except ConnectionBroken as failure:
            # A restarted service breaks all its kept connections alike.
            pools[0].close()
            others = [*pools[1:], pools[0]]
            if not request.is_repeatable:
                raise UpstreamUnavailable(str(failure)) from failure
        try:
            return others[0].exchange(request, fresh=True)
        except (ConnectFailed, ConnectionBroken) as failure:
            raise _refusal(failure) from failure

    def close(self) -> None:
        """Close the kept connections."""
        for pool in self._pools:
            pool.close()

    def _in_order(self) -> list[Pool]:
        """All pools, the one whose turn it is first, those that refused lately last."""
        self._refresh()
        pools, start = self._pools, next(self._turn)
        turned = [pools[(start + step) % len(pools)] for step in range(len(pools))]
        if self._resting:
            now = time.monotonic()
            turned.sort(key=lambda pool: self._resting.get(pool.address, 0.0) > now)
        return turned

    def _refresh(self) -> None:
        """Resolve when it is time: the first request waits for it, later ones use what is known."""
        if not self._pools:
            with self._resolving:
                if not self._pools:
                    self._look_up()
            if not self._pools:
                raise UpstreamUnavailable(f"{self._host} has no address", was_reached=False)
        elif time.monotonic() >= self._stale_at and self._resolving.acquire(blocking=False):
            self._stale_at = time.monotonic() + self._resolve_seconds
            threading.Thread(target=self._look_up_again, daemon=True).start()

    def _look_up_again(self) -> None:
        try:
            self._look_up()
        finally:
            self._resolving.release()

    def _look_up(self) -> None:
        """Keep the pools of addresses that stay; a name that fails keeps its addresses."""
        try:
            addresses = self._resolve(self._host, self._port)
        except OSError as error:
            log.warning("name not resolved", upstream=self._host, error=str(error))
            return
        known = {pool.address: pool for pool in self._pools}
        self._pools = tuple(
            known.pop(address) if address in known else self._pool(address) for address in addresses
        )
        self._resting = {a: until for a, until in self._resting.items() if a in addresses}
        self._stale_at = time.monotonic() + self._resolve_seconds
        for gone in known.values():
            gone.close()

    def _pool(self, address: str) -> Pool:
        return Pool(address, self._port, connect=self._connect_seconds, read=self._read_seconds)


def _refusal(failure: Exception) -> UpstreamUnavailable | UpstreamTimeout:
    was_reached = not isinstance(failure, ConnectFailed)
    if isinstance(failure.__cause__, TimeoutError):
        return UpstreamTimeout(str(failure), was_reached=was_reached)
    return UpstreamUnavailable(str(failure), was_reached=was_reached)
