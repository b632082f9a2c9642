"""The databases to import into, of a running standalone or named by variables.

A database that goes away, or whose tables are still being made, is waited for, and what was being
done is done again from its start: so every act first looks whether it is done already.
"""

import time
from collections.abc import Callable, Mapping
from typing import Self, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis.database import Database, is_unfinished, is_unreachable
from standalone.databases import NothingRuns

PATIENCE = 600.0  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
T = TypeVar("T")
Say = Callable[[str], None]


class WentAway(Exception):
    """A database did not come back."""


class Machine:
    """The services' databases; as a context manager it closes them.

    `find` is asked again while one is away: after a restart passwords are others.
    """

    def __init__(
        self, find: Callable[[], Mapping[str, str]], say: Say, patience: float = PATIENCE
    ) -> None:
        self.say = say
        self._find, self._patience = find, patience
        self._urls = dict(find())
        self._databases = {name: Database(url, pool_size=2) for name, url in self._urls.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        for database in self._databases.values():
            database.close()

    @property
    def services(self) -> list[str]:
        """Whose databases these are."""
        return list(self._databases)

    def url(self, service: str) -> str:
        """Where a service's database is reached now, for what takes many transactions."""
        return self._urls[service]

    def do(self, service: str, act: Callable[[Session], T]) -> T:
        """Do something in one transaction of a service; raises WentAway.

        It is done again where the database was away, also when only the answer to its
        commit was lost: `act` leaves what it finds done.
        """
        deadline, pause = time.monotonic() + self._patience, FIRST_PAUSE
        while True:
            try:
                with self._databases[service].transaction() as session:
                    return act(session)
            except SQLAlchemyError as error:
                if not (is_unreachable(error) or is_unfinished(error)):
                    raise
            if time.monotonic() > deadline:
                raise WentAway(
                    f"The database of {service} did not come back in {self._patience:.0f} s."
                    " The same command goes on from here."
                )
            if pause == FIRST_PAUSE * 4:
                self.say(f"The database of {service} does not answer; waiting for it.")
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self._find_again(service)

    def _find_again(self, service: str) -> None:
        try:
            url = self._find()[service]
        except (NothingRuns, OSError, ValueError):
            return  # what is written down is just being written
        if url != self._urls[service]:
            self._databases[service].close()
            self._urls[service] = url
            self._databases[service] = Database(url, pool_size=2)
