"""What the web client's pages cost: CPU of all processes, and of its own code alone.

The community of `api.py` on one machine; each page is asked for by members' browsers through the
gateway. Its own code is measured in this process, before a gateway whose answers were recorded.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median

from flask.testing import FlaskClient

from bench import load
from bench.api import Town
from bench.load import Request
from bench.report import Goal, Row, show
from bench.servers import Machine
from bench.site import site
from chassis.settings import Secret
from web.api import transport
from web.app import create_app
from web.config import Settings

REQUESTS, WARM_UP, ALONE = 200, 100, 200
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OWN, LARGEST = Goal(4.0, "ms"), Goal(20.0, "kB")


@dataclass(frozen=True)
class Kind:
    """A page: how many calls it makes, and what is promised of all processes together."""

    name: str
    path: str  # `{…}` is filled in
    calls: int
    goal: float


KINDS = (
    Kind("home, a feed of 20", "/", 4, 12.0),
    Kind("where I can help", "/help-out", 2, 8.0),
    Kind("a question with 20 answers", "/questions/{full_question}", 4, 12.0),
    Kind("a member", "/members/{author}", 5, 12.0),
    Kind("a keyword", "/keywords/{keyword}", 3, 12.0),
    Kind("the catalogue", "/skills", 1, 8.0),
    Kind("the form to ask", "/ask", 0, 8.0),
)


class Recorded:
    """A gateway that says again what it said once; `reads` are what it was asked to show."""

    def __init__(self, url: str) -> None:
        self._gateway = transport.HttpTransport(url)
        self._answers: dict[str, transport.Response] = {}
        self.reads: list[str] = []

    def send(self, request: transport.Request) -> transport.Response:
        """As `Transport.send`."""
        answer = self._answers.get(request.target)
        if answer is None:
            answer = self._answers[request.target] = self._gateway.send(request)
            if request.method == "GET":
                self.reads.append(request.target)
        return answer


def run(machine: Machine, rounds: int) -> list[Row]:
    """Each page in turn in each round."""
    with site(machine.folder / "standalone-pages.log") as of:
        town = Town(of)
        fill = filler(town)
        found = []
        for kind in KINDS:
            whole = [_spend(machine, town, kind, fill) for _ in range(rounds)]
            own = [_own(town, kind, fill) for _ in range(rounds)]
            size = _size(town, kind, fill)
            found += _rows(kind, whole, own, size)
            found += _shares(machine, town, kind, fill)
    return found


def filler(town: Town) -> Callable[[str], str]:
    """What puts into an address of a page what it names, one at random each time."""
    made: Mapping[str, Callable[[], str]] = town.names()

    def fill(path: str) -> str:
        for name, make in made.items():
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", make())
        return path

    return fill


def _spend(machine: Machine, town: Town, kind: Kind, fill: Callable[[str], str]) -> float:
    return _cost(machine, town, lambda: fill(kind.path))


def _cost(machine: Machine, town: Town, path: Callable[[], str]) -> float:
    """Milliseconds of all processes for one request."""
    log = machine.folder / "client-pages.log"

    def requests(count: int) -> list[Request]:
        return [Request("GET", path(), town.next_token()) for _ in range(count)]

    load.send(requests(WARM_UP), town.site.port, log)
    town.site.settle()
    measure = town.site.measure()
    load.send(requests(REQUESTS), town.site.port, log)
    town.site.settle()
    return measure.stop().requests * 1_000 / REQUESTS


def _shares(machine: Machine, town: Town, kind: Kind, fill: Callable[[str], str]) -> list[Row]:
    """What each call of a page costs when a client makes it alone, through the gateway."""
    gateway = Recorded(f"http://127.0.0.1:{town.site.port}")
    _open(town, gateway, fill(kind.path))
    return [
        Row(
            f"page: {kind.name}, its call {_named(target)}",
            show([_cost(machine, town, partial(str, target))], "ms"),
        )
        for target in gateway.reads
    ]


def _named(target: str) -> str:
    """A path without what differs: ids, and what is asked of it."""
    return _ID.sub("…", target.partition("?")[0].removeprefix("/api/v1"))


def _own(town: Town, kind: Kind, fill: Callable[[str], str]) -> float:
    """Milliseconds of a page of which every answer is at hand."""
    path = fill(kind.path)
    client = _open(town, Recorded(f"http://127.0.0.1:{town.site.port}"), path)
    started = time.process_time()
    for _ in range(ALONE):
        client.get(path)
    return (time.process_time() - started) * 1_000 / ALONE


def _open(town: Town, gateway: Recorded, path: str) -> FlaskClient:
    """A browser that has opened a page some times, its answers at hand; raises RuntimeError."""
    client = create_app(Settings(web_secret=Secret("measured")), gateway).test_client()
    client.set_cookie("skiller-access", town.next_token())
    for _ in range(10):
        if client.get(path).status_code != 200:
            raise RuntimeError(f"{path}: no page")
    return client


def _size(town: Town, kind: Kind, fill: Callable[[str], str]) -> float:
    """Kilobytes of the page as a browser gets it, compressed."""
    answer = load.fetch_page(Request("GET", fill(kind.path), town.next_token()), town.site.port)
    return len(answer) / 1_000


def _rows(kind: Kind, whole: list[float], own: list[float], size: float) -> list[Row]:
    goal = Goal(kind.goal, "ms")
    return [
        Row(
            f"page: {kind.name}, {kind.calls} calls, CPU of all processes",
            show(whole, "ms"),
            goal=str(goal),
            met="yes" if goal.is_met(median(whole)) else "NO",
        ),
        Row(
            f"page: {kind.name}, the web client's own CPU",
            show(own, "ms"),
            goal=str(OWN),
            met="yes" if OWN.is_met(median(own)) else "NO",
        ),
        Row(
            f"page: {kind.name}, compressed",
            f"{size:.1f} kB",
            goal=str(LARGEST),
            met="yes" if LARGEST.is_met(size) else "NO",
        ),
    ]
