"""What a push costs: planned, sealed, signed and handed to a push service on loopback.

A question reaches members who have a device each; the worker's own chores do the rest. The service
is a process of its own that answers 201: real ones are further away, and take their time.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.report import Goal, Row, measured
from bench.servers import Machine
from chassis import clock
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.settings import Secret
from services.notifications import chores
from services.notifications.app import SERVICE
from services.notifications.config import Settings
from services.notifications.posting import Posting
from services.notifications.preferences import NEVER_QUIET, ClassWish, Preferences, write
from services.notifications.pushing.endpoints import text_of
from services.notifications.pushing.sending import Sender
from services.notifications.pushing.vapid import make_key

DEVICES = 500
PUSH = Goal(3.0, "ms")


def run(machine: Machine, rounds: int) -> list[Row]:
    """Milliseconds of a push, as they pass and of the worker's process alone."""
    passed, spent = [], []
    with machine.server.database(SERVICE) as url, _push_service() as port:
        settings = Settings(database_url=Secret(url), vapid_key=Secret(make_key()))
        database = Database(url)
        before = Posting.open_sender
        Posting.open_sender = staticmethod(
            lambda: Sender(lambda _: HTTPConnection("127.0.0.1", port, timeout=5))
        )
        try:
            author = _members(url)
            _push_all(database, settings, url, author)  # warms up: what is imported, plans
            for _ in range(rounds):
                began, cpu = time.monotonic(), time.process_time()
                _push_all(database, settings, url, author)
                passed.append((time.monotonic() - began) * 1_000 / DEVICES)
                spent.append((time.process_time() - cpu) * 1_000 / DEVICES)
        finally:
            Posting.open_sender = before
            database.close()
    return [
        measured("pushes: one, planned, sealed and handed over", passed, "ms", PUSH),
        measured("pushes: of that the worker's CPU", spent, "ms"),
    ]


def _push_all(database: Database, settings: Settings, url: str, author: UUID) -> None:
    """Tell everybody of a question, and let the worker do what it does then."""
    _tell(url, author)
    for chore in (chores.plan_pushes, chores.send_pushes):
        while chore(database, settings):
            pass
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pushes WHERE sent_at IS NOT NULL").fetchone()
        if row != (DEVICES,):
            raise RuntimeError(f"{row} were pushed")
        # As on a day without pushes: ten are the most.
        connection.execute("DELETE FROM pushes")


def _members(url: str) -> UUID:
    """Members who follow an author, with a device each, told of what is for them."""
    author = new_id()
    statements: list[tuple[str, list[Any]]] = [
        (
            "INSERT INTO member_refs (id, name, headline, state, revision) VALUES"
            " (%s, 'Ada', '', 'active', 1)",
            [author],
        ),
        (
            "INSERT INTO member_refs (id, name, headline, state, revision) SELECT"
            " gen_random_uuid(), 'Member ' || n, '', 'active', 1 FROM generate_series(1, %s) AS n",
            [DEVICES],
        ),
        (
            "INSERT INTO follow_refs (follower_id, followed_id, is_following, revision, changed_at)"
            f" SELECT id, %s, true, 1, now() - INTERVAL '1 year' {_OTHERS}",
            [author],
        ),
        (
            "INSERT INTO preferences (member_id, version, choices, undone, changed_at)"
            f" SELECT id, 1, %s::jsonb, '{{}}', now() - INTERVAL '1 year' {_OTHERS}",
            [_chosen()],
        ),
        (
            "INSERT INTO push_subscriptions (id, member_id, session_id, endpoint, public_key,"
            " auth_secret, created_at) SELECT gen_random_uuid(), id, id,"
            " 'https://fcm.googleapis.com/fcm/send/' || id, %s, %s, now() - INTERVAL '1 year'"
            f" {_OTHERS}",
            [_point(), text_of(os.urandom(16))],
        ),
        (f"INSERT INTO agendas (member_id) SELECT id {_OTHERS}", []),
    ]
    with psycopg.connect(url) as connection:
        for statement, values in statements:
            connection.execute(statement, values)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return author


def _point() -> str:
    """The public key of a browser."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    return text_of(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _chosen() -> str:
    """All that happens is pushed, at any time."""
    classes = {name: ClassWish("digest", True) for name in ("to_me", "my_circle", "my_keywords")}
    wanted = Preferences(time_zone="UTC", classes=classes, quiet=NEVER_QUIET)
    return json.dumps(write(wanted), default=str)


def _tell(url: str, author: UUID) -> None:
    now, question = clock.now(), new_id()
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO object_refs (id, type, author_id, title, title_fr, audience, state, level,"
            " named, is_there, happened_at, revision) VALUES (%s, 'question', %s, 'Who knows how"
            " rye rises in a cold kitchen?', '', 'followers', '', 0, '', true, %s, 1)",
            [question, author, now],
        )
        connection.execute(
            "INSERT INTO notices (id, member_id, kind, class, object_id, part, actor_id,"
            " happened_at, is_unread, told_at) SELECT gen_random_uuid(), id, 'question', 'to_me',"
            f" %s, '', %s, %s, true, %s {_OTHERS}",
            [question, author, now, now],
        )
        connection.execute("UPDATE agendas SET push_at = %s", [now])


@contextmanager
def _push_service() -> Iterator[int]:
    """The port of one, for the block."""
    ours, theirs = get_context("spawn").Pipe()
    child = get_context("spawn").Process(target=_serve, args=[theirs], daemon=True)
    child.start()
    try:
        yield ours.recv()
    finally:
        child.terminate()
        child.join()


def _serve(told: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    told.send(server.server_address[1])
    server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads them."""


_OTHERS = "FROM member_refs WHERE name LIKE 'Member %%'"
