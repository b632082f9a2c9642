"""How long members wait for pages on a busy machine: 400 of them, 20 pages and 5 writes a second.

The community of `api.py` on one standalone, 400 of its members with a browser each. Requests are
sent when they are due, whether those before were answered or not, and what one takes is counted
from the moment when it was due.
"""

import http.client
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import local

from bench import load
from bench.api import Town
from bench.load import Request
from bench.pages import KINDS, filler
from bench.report import Goal, Row, measured
from bench.servers import Child, Machine, job
from bench.site import site
from bench.visible import quantile

MEMBERS, PAGES, WRITES = 400, 20, 5  # the latter a second
SECONDS, WARM_SECONDS, CONNECTIONS = 60, 10, 64
GOAL = Goal(300, "ms")


def run(machine: Machine, rounds: int) -> list[Row]:
    """A minute each round, on one machine that goes on."""
    found: dict[str, list[list[float]]] = {"page": [], "write": []}
    with site(machine.folder / "standalone-busy.log") as of:
        town = Town(of, asking=MEMBERS)
        _send(machine, town, WARM_SECONDS)
        for number in range(rounds):
            spent = _send(machine, town, SECONDS, seed=number)
            for kind, times in spent.items():
                found[kind].append(sorted(times))
            of.settle()
    beside = f"{MEMBERS} members, {PAGES} pages/s beside {WRITES} writes/s"
    return [
        measured(
            f"{beside}: a {kind}, p{part * 100:g}",
            [quantile(times, part) for times in found[kind]],
            "ms",
            GOAL if (kind, part) == ("page", 0.99) else None,
        )
        for kind in found
        for part in (0.5, 0.99)
    ]


def _send(machine: Machine, town: Town, seconds: int, seed: int = -1) -> dict[str, list[float]]:
    """Milliseconds of each page and each write."""
    chance, fill = random.Random(seed), filler(town)
    pages = [
        Request("GET", fill(chance.choice(KINDS).path), town.next_token())
        for _ in range(PAGES * seconds)
    ]
    writes = [
        request
        for kind, share in (("like", 4), ("answer", 1))
        for request in town.requests(kind, WRITES * seconds * share // 5)
    ]
    chance.shuffle(writes)
    due = sorted(
        [(number / PAGES, "page", asdict(one)) for number, one in enumerate(pages)]
        + [(number / WRITES, "write", asdict(one)) for number, one in enumerate(writes)],
        key=lambda one: one[:2],
    )
    asked, took = machine.folder / "busy.json", machine.folder / "busy-took.json"
    asked.write_text(json.dumps(due))
    of = {"port": town.site.port, "due": str(asked), "took": str(took)}
    with Child(["-m", "bench.busy"], machine.folder / "busy.log", job=of) as client:
        client.wait(seconds + 60)
    found: dict[str, list[float]] = json.loads(took.read_text())
    return found


def main() -> None:
    """Send what the file says when it is due; tell what each took."""
    of, own = job(), local()
    due = json.loads(Path(of["due"]).read_text())
    spent: dict[str, list[float]] = {"page": [], "write": []}
    started = time.monotonic() + 0.5

    def send(at: float, kind: str, request: Request) -> None:
        if not hasattr(own, "connection"):
            own.connection = http.client.HTTPConnection("127.0.0.1", of["port"], timeout=30)
        load.ask(own.connection, request)
        spent[kind].append((time.monotonic() - started - at) * 1_000)

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        sent = []
        for at, kind, request in due:
            time.sleep(max(0.0, started + at - time.monotonic()))
            sent.append(threads.submit(send, at, kind, Request(**request)))
        for one in sent:
            one.result()
    Path(of["took"]).write_text(json.dumps(spent))


if __name__ == "__main__":
    main()
