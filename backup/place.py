"""Where Skiller runs, as a backup needs it: one machine, or containers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

# How pg_dump and pg_restore are told to: owners and rights are the place's own.
DUMP = ("--format=custom", "--no-owner", "--no-privileges")
RESTORE = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
HAS_TABLES = "SELECT 'table' FROM information_schema.tables WHERE table_schema = 'public' LIMIT 1"


class Place(Protocol):
    """Databases, keys and verbs of all services. What fails raises BackupError."""

    name: str

    @property
    def keys(self) -> Sequence[Path]:
        """Files and folders that hold keys and settings, below `root`."""

    @property
    def root(self) -> Path:
        """What `keys` are below, here and in a backup."""

    def settings(self) -> str:
        """Settings that stand in no file, as lines `NAME=value`."""

    def dump(self, service: str, file: Path) -> None:
        """A service's database into a file, as it is at one moment."""

    def query(self, service: str, statement: str) -> Sequence[str]:
        """The first column of a statement's rows, as texts."""

    def ledger(self) -> str:
        """Who left, as identity's worker has written it down; empty where nobody has."""

    def prepare(self) -> None:
        """Let the databases run alone; raises BackupError where they hold anything."""

    def restore(self, service: str, file: Path) -> None:
        """A dump into a service's empty database."""

    def migrate(self) -> None:
        """Bring all databases to this release."""

    def purge_queues(self) -> None:
        """Forget what was on its way: it is of a future that is gone."""

    def act(self, service: str, *verb: str, said: str = "") -> str:
        """What a verb of a service prints; `said` is read by it."""

    def start_workers(self) -> None:
        """Let events travel; nobody is served yet."""

    def finish(self) -> str:
        """End what was started for this alone; returns what to do next."""
