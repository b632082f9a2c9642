"""Where the services' databases are: of a running standalone, or named by variables.

For what comes from outside, brings communities or measures.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from standalone.children import ROOT
from standalone.services import SERVICES, database_variable


class NothingRuns(Exception):
    """No way to the services' databases is known."""


def find_databases(environ: Mapping[str, str]) -> dict[str, str]:
    """The URL of each service's database by its name; raises NothingRuns.

    `SKILLER_IDENTITY_DATABASE_URL` and so on, else what `make run` wrote when it started.
    """
    file = data_folder(environ) / "run" / "databases.json"
    known = dict(environ)
    if database_variable("identity") not in known and file.exists():
        known |= json.loads(file.read_text(encoding="utf-8"))
    names = [service.name for service in SERVICES]
    missing = [database_variable(name) for name in names if database_variable(name) not in known]
    if missing:
        raise NothingRuns(
            "Start Skiller first (make run), or say where its databases are: " + ", ".join(missing)
        )
    return {name: known[database_variable(name)] for name in names}


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where standalone keeps everything."""
    return Path(environ.get("SKILLER_DATA", ROOT / "var"))
