"""The client process: requests over 8 kept-alive connections, each answer a success."""

import http.client
import json
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.servers import Child, job

CONNECTIONS = 8


@dataclass(frozen=True)
class Request:
    """One request; `token` is a member's, empty for nobody's. A body that is text is a file."""

    method: str
    path: str
    token: str = ""
    body: Any = None


def send(requests: Iterable[Request], port: int, log: Path) -> None:
    """Send them all; raises where an answer is no success."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([asdict(request) for request in requests], file)
        file.flush()
        what = {"port": port, "file": file.name}
        with Child(["-m", "bench.load"], log, job=what) as client:
            client.wait(300)


def fetch(request: Request, port: int) -> Any:
    """The answer to one request, as JSON; raises where it is no success."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        return json.loads(ask(connection, request))
    finally:
        connection.close()


def fetch_page(request: Request, port: int) -> bytes:
    """The answer to one request as a browser gets it; raises where it is no success."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        return ask(connection, request, "br")
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection, request: Request, encoding: str = "") -> bytes:
    """The body of the answer; raises where it is no success."""
    headers = {"Accept": "application/json", "Accept-Encoding": encoding}
    if request.token and request.path.startswith("/api"):
        headers["Authorization"] = f"Bearer {request.token}"
    elif request.token:  # a page, by a browser
        headers |= {"Cookie": f"skiller-access={request.token}", "Accept": "text/html"}
    body: bytes | None = None
    if request.body is not None:
        is_file = isinstance(request.body, str)
        headers["Content-Type"] = "text/csv" if is_file else "application/json"
        body = request.body.encode() if is_file else json.dumps(request.body).encode()
    connection.request(request.method, request.path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"{request.method} {request.path}: {answer.status} {text[:200]!r}")
    return text


def _send_some(requests: Sequence[Request], port: int, failures: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        for request in requests:
            ask(connection, request)
    except (OSError, http.client.HTTPException, RuntimeError) as error:
        failures.append(repr(error))
    finally:
        connection.close()


def main() -> None:
    """Send what the file says."""
    of, failures = job(), list[str]()
    with open(of["file"], encoding="utf-8") as file:
        requests = [Request(**request) for request in json.load(file)]
    parts = [requests[start::CONNECTIONS] for start in range(CONNECTIONS)]
    threads = [
        threading.Thread(target=_send_some, args=(part, of["port"], failures)) for part in parts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{len(failures)} connections failed, first: {failures[0]}")


if __name__ == "__main__":
    main()
