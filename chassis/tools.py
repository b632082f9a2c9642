"""What commands of a service are given: its settings and its database."""

from collections.abc import Callable
from contextlib import closing
from functools import update_wrapper
from typing import Any

import click

from chassis import logs
from chassis import settings as chassis_settings
from chassis.database import Database
from chassis.service import Service
from chassis.settings import ServiceSettings


class Tools:
    """What a command gets: the service, its settings and, when asked for, its database."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.lock_seconds = 0  # an operator waits for as long as it takes
        self.settings: Any = chassis_settings.read(service.settings)
        self._database: Database | None = None

    @property
    def database(self) -> Database:
        if self._database is None:
            settings: ServiceSettings = self.settings
            self._database = Database(
                settings.database_url,
                pool_size=settings.pool_size,
                lock_seconds=self.lock_seconds,
            )
        return self._database

    def close(self) -> None:
        """End the database's connections, if there are any."""
        if self._database is not None:
            self._database.close()


def with_tools(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its `Tools`, with the log configured."""

    @click.pass_obj
    def wrapper(service: Service, *args: Any, **kwargs: Any) -> Any:
        with closing(Tools(service)) as tools:
            logs.configure(tools.settings, process=f"{service.name}-cli")
            return function(tools, *args, **kwargs)

    return update_wrapper(wrapper, function)
