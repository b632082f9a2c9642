"""What a request through the gateway costs: CPU of the gateway's process, per request.

Three servers with the same gunicorn settings (our worker, 1 process, 8 threads), a client
in a process of its own with kept-alive connections: a bare Flask hello; the gateway,
with a member's token, before a trivial service; both answer the same bytes.
"""

import http.client
import json
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response

from bench.report import Goal, Row, compared, measured
from bench.servers import Child, Machine, job
from chassis.testing import tokens
from chassis.testing.rabbitmq import free_port
from chassis.testing.tokens import Person
from chassis.testing.waiting import eventually

REQUESTS = 4_000
WARM_UP = 400
CONNECTIONS = 8
PATH = "/api/v1/feed"
# The same in each process that imports this.
BODY = json.dumps(
    {"items": [{"id": str(UUID(int=7)), "title": "Hello"}] * 5, "next": None}
).encode()
SERVERS = ("bare Flask hello", "gateway")


def hello() -> Flask:
    """The base: one view, and nothing around it."""
    app = Flask("hello", static_folder=None)

    @app.get(PATH)
    def get_hello() -> Response:
        return Response(BODY, content_type="application/json")

    return app


def upstream() -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """A service that costs nothing, so that the gateway is what limits."""

    def application(_: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]
        start("200 OK", headers)
        return [BODY]

    return application


def run(machine: Machine, rounds: int) -> list[Row]:
    """Both servers stand all the time and are asked in turn."""
    cpu: dict[str, list[float]] = {name: [] for name in SERVERS}
    with ExitStack() as stack:
        ports = {name: free_port() for name in (*SERVERS, "upstream")}
        servers = _start(machine, stack, ports)
        for _ in range(rounds):
            for name in SERVERS:
                _ask(machine, ports[name], WARM_UP)
                before = servers[name].cpu_seconds()
                _ask(machine, ports[name], REQUESTS)
                cpu[name].append((servers[name].cpu_seconds() - before) / REQUESTS * 1e3)
    name, base = "gateway, CPU per forwarded request", ("bare Flask hello", cpu[SERVERS[0]])
    added = [ours - theirs for ours, theirs in zip(cpu["gateway"], cpu[SERVERS[0]], strict=True)]
    return [
        measured("gateway, CPU added to an answer of its own", added, "ms", Goal(0.7, "ms")),
        compared(name, cpu["gateway"], "ms", base, Goal(3)),
    ]


def _start(machine: Machine, stack: ExitStack, ports: dict[str, int]) -> dict[str, Child]:
    gunicorn = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    gunicorn += ["--worker-class", "gateway.server.Worker", "--bind"]
    bind = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    programs = {
        "bare Flask hello": [*gunicorn, bind["bare Flask hello"], "bench.gateway:hello()"],
        "upstream": [*gunicorn, bind["upstream"], "bench.gateway:upstream()"],
        "gateway": ["-m", "gateway", "serve", "--bind", bind["gateway"]],
    }
    environ = {
        "SKILLER_WEB_WORKERS": "1",
        "SKILLER_WEB_THREADS": "8",
        "SKILLER_LOG_FORMAT": "json",
        "SKILLER_PUBLIC_KEYS": tokens.public_keys(),
        "SKILLER_UPSTREAMS": f"discussion=http://{bind['upstream']}",
        "SKILLER_MEMBER_LIMIT": "1000000000/5minutes",
    }
    children = {}
    for name, arguments in programs.items():
        log = machine.folder / f"{name}.log"
        children[name] = stack.enter_context(Child(arguments, log, environ=environ))
    for name, child in children.items():
        eventually(partial(_answers, child, ports[name]), seconds=30)
    return children


def _answers(child: Child, port: int) -> bool:
    child.check()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        return bool(connection.getresponse().status)
    except OSError:
        return False
    finally:
        connection.close()


def _ask(machine: Machine, port: int, count: int) -> None:
    token = tokens.token_for(Person("Ada Lovelace", uuid4(), "Mathematician"))
    what = {"port": port, "count": count, "token": token}
    with Child(["-m", "bench.gateway"], machine.folder / "client.log", job=what) as client:
        client.wait(120)


def _request(of: dict[str, Any], failures: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", of["port"], timeout=10)
    headers = {"Authorization": f"Bearer {of['token']}", "Accept": "application/json"}
    try:
        for _ in range(of["count"] // CONNECTIONS):
            connection.request("GET", PATH, headers=headers)
            response = connection.getresponse()
            if response.read() != BODY or response.status != 200:
                failures.append(f"status {response.status}")
    except (OSError, http.client.HTTPException) as error:
        failures.append(repr(error))
    finally:
        connection.close()


def main() -> None:
    """The client process: `count` requests over 8 kept-alive connections."""
    of, failures = job(), list[str]()
    threads = [threading.Thread(target=_request, args=(of, failures)) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{len(failures)} failed, first: {failures[0]}")


if __name__ == "__main__":
    main()
