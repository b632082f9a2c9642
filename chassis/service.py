"""What makes a service, said once in its `app.py` and used by the web, the worker and the CLI."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis import members, reconciling, tracing, upkeep
from chassis import settings as chassis_settings
from chassis.chores import Chore
from chassis.database import WEB_LOCK_SECONDS, Database
from chassis.logs import get_logger
from chassis.messaging.handlers import Handlers
from chassis.messaging.republish import History
from chassis.reconciling import Share
from chassis.retries import Queue
from chassis.settings import ServiceSettings
from chassis.web import Blueprint, create_app

log = get_logger("service")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: what it serves, what it hears, what it owns."""

    name: str
    metadata: MetaData
    blueprints: Sequence[Blueprint]
    settings: type[ServiceSettings] = ServiceSettings
    # Its replica of the members (`chassis.members`), where it keeps one.
    member_refs: Any = None
    handlers: Handlers = field(default_factory=Handlers)
    history: Sequence[History] = ()
    # Empties what is made from other services' events; None where nothing is.
    empty: Callable[[Session], None] | None = None
    # Ends what a restored database still holds and the present may have ended (sessions, mails).
    after_restore: Callable[[Session], None] | None = None
    # Fills what the code brings along (a catalogue); runs after each migration.
    seed: Callable[[Session], None] | None = None
    # Its own rows that others keep, and what it keeps of others' beside the members.
    shares: Sequence[Share] = ()
    # Tables of what is tried again beside events (mails), for the measures.
    queues: Mapping[str, Queue] = field(default_factory=dict)
    # What its worker does beside its events, and beside what every worker does.
    own_chores: Sequence[Chore] = ()
    # Reads what requests need and takes long, when a process begins to serve and nobody waits.
    warm_up: Callable[[Database], None] | None = None

    @property
    def all_shares(self) -> Sequence[Share]:
        """All that it shares with other services, the members included."""
        if self.member_refs is None:
            return self.shares
        return [Share("identity", "members", self.member_refs), *self.shares]

    @property
    def chores(self) -> Sequence[Chore]:
        """All that its worker does again and again."""
        common = upkeep.chores_of(self.name, self.handlers, self.queues)
        common.append(reconciling.counting(self.name, self.all_shares))
        if self.member_refs is not None:
            common += [members.erase_late(self.member_refs), members.forget_closed_sessions]
        return [*common, *self.own_chores]

    @property
    def folder(self) -> Path:
        return ROOT / "services" / self.name

    @property
    def newest_migration(self) -> int:
        """The number of the newest migration file, e.g. 1 for `0001_first_tables.py`."""
        files = (self.folder / "migrations" / "versions").glob("[0-9]*_*.py")
        return max(int(re.match(r"\d+", file.name).group()) for file in files)  # type: ignore[union-attr]

    def create_app(
        self, settings: ServiceSettings | None = None, database: Database | None = None
    ) -> Flask:
        """The web application; reads the environment where nothing is given."""
        settings = settings or chassis_settings.read(self.settings)
        tracing.start(settings, self.name)
        if database is None:
            database = Database(
                settings.database_url, pool_size=settings.pool_size, lock_seconds=WEB_LOCK_SECONDS
            )
            self._begin_to_warm_up(database)
        return create_app(
            self.name,
            settings=settings,
            database=database,
            blueprints=self.blueprints,
            newest_migration=self.newest_migration,
        )

    def _begin_to_warm_up(self, database: Database) -> None:
        """Beside the first requests, which wait for nothing but what they need of it."""
        if self.warm_up is not None:
            work = threading.Thread(target=self._warm_up, args=(database,), daemon=True)
            work.start()

    def _warm_up(self, database: Database) -> None:
        assert self.warm_up is not None
        try:
            self.warm_up(database)
        except DBAPIError as error:
            # The first request that needs it reads it, or says what is wrong.
            log.info("not warmed up", service=self.name, error=str(error.args[0]))
