"""The limits: what Flask and a pooled psycopg spend on the same, under the same server.

Twenty rows, or one, as JSON, and one durable insert: no Skiller in it but its gunicorn settings
and `gateway.server.Worker`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from queue import LifoQueue
from typing import Any

import psycopg
from flask import Flask, Response, request

from bench.load import Request, fetch
from bench.servers import Child, Machine, cpu_of
from bench.site import Cpu
from chassis import settings
from chassis.testing.rabbitmq import free_port
from chassis.testing.waiting import eventually

THREADS = 8
NAME = "bench-limits"
PLACE = "BENCH_LIMITS_URL"
TABLE = """
CREATE TABLE rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author text, title text,
                   body text, liked boolean, likes int, written_at timestamptz DEFAULT now());
INSERT INTO rows (author, title, body, liked, likes)
SELECT 'Member ' || n % 1000, 'Question ' || n, repeat('word ', 30 + n % 50), n % 2 = 0, n % 20
FROM generate_series(1, 10000) AS n;
ANALYZE rows;
"""


def app() -> Flask:
    """The bare application."""
    flask = Flask("limits", static_folder=None)
    pool: LifoQueue[psycopg.Connection[Any]] = LifoQueue()
    for _ in range(THREADS):
        pool.put(psycopg.connect(settings.environment()[PLACE], autocommit=True))

    @flask.get("/rows")
    def get_rows() -> Response:
        connection = pool.get()
        try:
            cursor = connection.execute(
                "SELECT * FROM rows ORDER BY id DESC LIMIT %s", [int(request.args["limit"])]
            )
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        finally:
            pool.put(connection)
        return Response(json.dumps({"items": rows}, default=str), content_type="application/json")

    @flask.post("/rows")
    def post_row() -> Response:
        row = request.get_json()
        connection = pool.get()
        try:
            connection.execute(
                "INSERT INTO rows (author, title, body) VALUES (%s, '', %s)",
                [row["author"], row["body"]],
            )
        finally:
            pool.put(connection)
        return Response('{"done": true}', content_type="application/json")

    return flask


class Limits:
    """The bare application, running; measured as a site is."""

    def __init__(self, child: Child, port: int, connection: psycopg.Connection[Any]) -> None:
        self.port = port
        self._child, self._connection = child, connection
        self._before = 0.0

    def measure(self) -> "Limits":
        """Begin to measure."""
        self._before = self._spent()
        return self

    def stop(self) -> Cpu:
        """What was spent since."""
        return Cpu(self._spent() - self._before, 0.0)

    def settle(self) -> None:
        """Nothing is left to do."""

    def _spent(self) -> float:
        rows = self._connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s", [NAME]
        )
        return self._child.cpu_seconds() + sum(cpu_of(row[0]) for row in rows)


@contextmanager
def limits(machine: Machine) -> Iterator[Limits]:
    """The application under gunicorn, on the measure's own PostgreSQL."""
    port, database = free_port(), "bench_limits"
    arguments = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    arguments += ["--worker-class", "gateway.server.Worker", "--bind", f"127.0.0.1:{port}"]
    with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
        url = machine.server.url(database)
        try:
            with psycopg.connect(url, autocommit=True) as filling:
                filling.execute(TABLE)
            environ = {PLACE: url, "PGAPPNAME": NAME, "SKILLER_LOG_FORMAT": "json"}
            log = machine.folder / "limits.log"
            with Child([*arguments, "bench.limits:app()"], log, environ=environ) as child:
                eventually(lambda: _answers(child, port), seconds=30)
                yield Limits(child, port, connection)
        finally:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


def _answers(child: Child, port: int) -> bool:
    child.check()
    try:
        return bool(fetch(Request("GET", "/rows?limit=1"), port))
    except OSError:
        return False
