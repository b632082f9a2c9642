"""A service under test: real PostgreSQL, Flask client, `deliver` in and `published` out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from flask import Flask
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import MetaData, create_engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from chassis import migrations
from chassis.database import Database, driver_url
from chassis.messaging.consumer import Consumer, Message
from chassis.messaging.envelope import seal, unseal
from chassis.messaging.failures import list_failed
from chassis.service import Service
from chassis.settings import Secret, ServiceSettings
from chassis.tables import OUTBOX
from chassis.testing import tokens
from chassis.testing.tokens import Person
from chassis.web import equip
from contracts import EVENTS, Event, decode

E = TypeVar("E", bound=Event)
Prepare = Callable[[Session], None]


class Server:
    """A PostgreSQL server for tests; makes databases from migrated templates."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url  # of a role that may create databases
        self._templates: dict[tuple[str, Prepare | None], str] = {}

    def url(self, database: str) -> str:
        return urlsplit(self.admin_url)._replace(path=f"/{database}").geturl()

    def template_of(self, service: Service, prepare: Prepare | None = None) -> str:
        """A database with the service's migrations, and prepared, made once per run."""
        key = (service.name, prepare)
        if key not in self._templates:
            name = f"template_{service.name}_{uuid4().hex[:8]}"
            if prepare is None:
                self._execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
                migrations.migrate(self.url(name), service.folder / "migrations", service.seed)
            else:
                self._execute(_copy_of(self.template_of(service), name))
                database = Database(self.url(name))
                with database.transaction() as session:
                    prepare(session)
                database.close()
            self._templates[key] = name
        return self._templates[key]

    @contextmanager
    def database(self, service: Service, prepare: Prepare | None = None) -> Iterator[str]:
        """The URL of a fresh, migrated database, dropped after the block.

        `prepare` changes what the migrations left, once for all databases that it is given for.
        """
        with self._copy(self.template_of(service, prepare), service.name) as url:
            yield url

    @contextmanager
    def database_of(self, metadata: MetaData, name: str) -> Iterator[str]:
        """The same for tables without migrations."""
        key = (name, None)
        if key not in self._templates:
            template = f"template_{name}_{uuid4().hex[:8]}"
            self._execute(SQL("CREATE DATABASE {}").format(Identifier(template)))
            engine = create_engine(driver_url(self.url(template)))
            metadata.create_all(engine)
            engine.dispose()
            self._templates[key] = template
        with self._copy(self._templates[key], name) as url:
            yield url

    @contextmanager
    def database_at(self, service: Service, revision: str) -> Iterator[str]:
        """The URL of an empty database of an earlier release, dropped after the block."""
        with self.new_database(f"{service.name}_{revision}") as url:
            migrations.migrate(url, service.folder / "migrations", to=revision)
            yield url

    @contextmanager
    def new_database(self, prefix: str) -> Iterator[str]:
        """The URL of a database without any table, dropped after the block."""
        name = f"{prefix}_{uuid4().hex[:8]}"
        self._execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield self.url(name)
        finally:
            self._execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    @contextmanager
    def _copy(self, template: str, prefix: str) -> Iterator[str]:
        name = f"{prefix}_{uuid4().hex[:8]}"
        self._execute(_copy_of(template, name))
        try:
            yield self.url(name)
        finally:
            self._execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def close(self) -> None:
        """Drop the templates."""
        for name in self._templates.values():
            self._execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def _execute(self, statement: Any) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(statement)


def _copy_of(template: str, name: str) -> Composed:
    # Copying the files takes a fifth of the time that writing every page to the log takes.
    copy = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    return copy.format(Identifier(name), Identifier(template))


class MemberClient:
    """Speaks to the API as one person; paths are relative to /api/v1."""

    def __init__(self, client: Any, person: Person | None) -> None:
        self._client = client
        self._person = person

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self._person:
            headers.setdefault("Authorization", f"Bearer {tokens.token_for(self._person)}")
        response: TestResponse = self._client.open(
            f"/api/v1{path}", method=method, headers=headers, **options
        )
        return response

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.request("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.request("DELETE", path, **options)


class ServiceUnderTest:
    """One service with a fresh database."""

    def __init__(self, service: Service, url: str, **settings: Any) -> None:
        self.service = service
        self.settings = service.settings(
            database_url=Secret(url), public_keys=tokens.public_keys(), **settings
        )
        self.database = Database(url)
        self.app = _take_app(service, self.settings, self.database)
        self.consumer = Consumer(service.name, self.database, service.handlers)

    def as_member(self, person: Person) -> MemberClient:
        """A client with the person's token."""
        return MemberClient(self.app.test_client(), person)

    def as_stranger(self) -> MemberClient:
        """A client without a token."""
        return MemberClient(self.app.test_client(), None)

    def deliver(self, *events: Event) -> None:
        """Let the service handle events that arrive together, and fail where it could not."""
        self.consumer.handle([Message(seal(event)[1].encode()) for event in events])
        with self.session() as session:
            failed = list_failed(session)
        assert not failed, failed[0].error

    def published(self, kind: type[E]) -> list[E]:
        """What the service recorded of one kind, in order; the outbox is left as it is."""
        with self.session() as session:
            rows = session.execute(
                select(OUTBOX.c.body).where(OUTBOX.c.type == kind.type).order_by(OUTBOX.c.id)
            )
            envelopes = [unseal(row.body.encode()) for row in rows]
        return [decode(kind, envelope.data) for envelope in envelopes if envelope.type in EVENTS]

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction on the service's database."""
        with self.database.transaction() as session:
            yield session

    def close(self) -> None:
        self.database.close()
        _spare_apps.append((self.service, self.app))


# Applications of services whose tests have ended: most tests want one, and each costs 30 ms.
_spare_apps: list[tuple[Service, Flask]] = []


def _take_app(service: Service, settings: ServiceSettings, database: Database) -> Flask:
    """An application that no test uses now; a new one where there is none."""
    for number, (known, app) in enumerate(_spare_apps):
        if known is service:
            del _spare_apps[number]
            equip(app, settings, database)
            return app
    return service.create_app(settings, database)
