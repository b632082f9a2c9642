"""Which databases to import into: those of a running standalone, or those named by variables."""

import json
from collections.abc import Mapping
from pathlib import Path

from chassis.database import Database
from standalone.children import ROOT
from standalone.services import SERVICES, database_variable


class NothingRuns(Exception):
    """No way to the services' databases is known."""


def find_databases(environ: Mapping[str, str]) -> dict[str, Database]:
    """The database of each service by its name; raises NothingRuns.

    `SKILLER_IDENTITY_DATABASE_URL` and so on, else what `make run` wrote when it started.
    """
    file = Path(environ.get("SKILLER_DATA", ROOT / "var")) / "run" / "databases.json"
    known = dict(environ)
    if database_variable("identity") not in known and file.exists():
        known |= json.loads(file.read_text(encoding="utf-8"))
    names = [service.name for service in SERVICES]
    missing = [database_variable(name) for name in names if database_variable(name) not in known]
    if missing:
        raise NothingRuns(
            "Start Skiller first (make run), or say where its databases are: " + ", ".join(missing)
        )
    return {name: Database(known[database_variable(name)], pool_size=2) for name in names}
