"""Whether twenty texts that are slow to render keep others waiting: one member's, at once."""

import http.client
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from uuid import uuid4

from bench.report import Goal, Row, show
from bench.servers import Machine
from bench.site import Site, site
from chassis.testing.tokens import Person, token_for

BODIES, READS = 20, 200
GOAL = Goal(2)
# Of what the parser takes long for, each as long as a body may be.
PIECES = ("**a*b ", "[a](b", "| a | b |\n|---|---|\n", "- a\n  - b\n", "`a ``b ", "<http://a.b> _c")
LONGEST = 20_000


@dataclass
class Member:
    """Somebody who asks a site over one connection."""

    port: int
    token: str

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, float, bytes]:
        """Status, milliseconds and what was answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        started = time.perf_counter()
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v1{path}", sent, headers)
        answer = connection.getresponse()
        content = answer.read()
        milliseconds = (time.perf_counter() - started) * 1000
        connection.close()
        return answer.status, milliseconds, content


def run(machine: Machine, rounds: int) -> list[Row]:
    """Reads of one member alone, then while another's slow texts are rendered."""
    alone: list[float] = []
    beside: list[float] = []
    with site(machine.folder / "standalone-slow.log", SKILLER_MEMBER_LIMIT="10000/minute") as found:
        reader = _member(found)
        asked = {"title": "How is bread made?", "body": "Flour, water and salt."}
        _, _, question = reader.ask("POST", "/questions", asked)
        path = f"/questions/{json.loads(question)['id']}"
        list(_reads(reader, path, 30))
        for _ in range(rounds):
            alone.append(median(_reads(reader, path, READS)))
            beside.append(median(_while_writing(_member(found), reader, path)))
    ratio = median(b / a for a, b in zip(alone, beside, strict=True))
    return [
        Row(
            f"one question beside {BODIES} slow bodies of one member",
            show(beside, "ms"),
            f"alone: {show(alone, 'ms')}",
            f"{ratio:.2f}",
            str(GOAL),
            "yes" if GOAL.is_met(ratio) else "NO",
        )
    ]


def _while_writing(writer: Member, reader: Member, path: str) -> Sequence[float]:
    bodies = [(PIECES[n % len(PIECES)] * LONGEST)[: LONGEST - n] for n in range(BODIES)]
    found: list[float] = []
    with ThreadPoolExecutor(BODIES) as threads:
        writing = [
            threads.submit(writer.ask, "POST", "/questions", {"title": f"Slow {n}", "body": body})
            for n, body in enumerate(bodies)
        ]
        while not all(one.done() for one in writing):
            found += _reads(reader, path, 1)
    refused = [one.result()[0] for one in writing if one.result()[0] not in (201, 422)]
    if refused:
        raise RuntimeError(f"slow bodies were answered {refused}")
    return found


def _reads(reader: Member, path: str, times: int) -> Iterator[float]:
    for _ in range(times):
        status, milliseconds, _ = reader.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"a read was answered {status}")
        yield milliseconds


def _member(found: Site) -> Member:
    keys = found.folder / "keys"
    [public] = json.loads((keys / "public.json").read_text())["keys"]
    pem = (keys / "signing.pem").read_text()
    token = token_for(Person("Ada", uuid4()), key=pem, header={"kid": public["kid"]})
    return Member(found.port, token)
