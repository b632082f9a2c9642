"""An operator's commands while everything runs on one machine, which knows its databases.

`python -m standalone service skills dead-letters list` is the verb of that service;
`python -m standalone reconcile` compares all of them.
"""

import json
import runpy
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from chassis import reconciling, settings
from chassis.cli import say_differences
from chassis.database import Database
from chassis.reconciling import Total
from standalone.run import Settings, own_settings
from standalone.services import SERVICES, database_variable

SAMPLES = 3
SECONDS_BETWEEN = 1.0


def run_verb(service: str, arguments: list[str]) -> None:
    """Run a service's verb with the settings that it has on this machine."""
    if service not in {known.name for known in SERVICES}:
        sys.exit(f"There is no service {service}.")
    environ = settings.environment()
    own = _databases(environ)[database_variable(service)]
    here = own_settings(settings.read(Settings, environ), environ)
    settings.set_environment(here | {"SKILLER_DATABASE_URL": own})
    sys.argv = [f"services.{service}", *arguments]
    runpy.run_module(f"services.{service}", run_name="__main__", alter_sys=True)


def reconcile() -> None:
    """Count all that services share, a few times, and say what differs."""
    urls = _databases(settings.environment())
    totals: list[Total] = []
    for sample in range(SAMPLES):
        time.sleep(SECONDS_BETWEEN if sample else 0)
        for service in SERVICES:
            with (
                closing(Database(urls[database_variable(service.name)], pool_size=1)) as database,
                database.transaction() as session,
            ):
                totals += reconciling.count(session, service.name, service.all_shares)
    say_differences(totals)


def _databases(environ: Mapping[str, str]) -> dict[str, str]:
    """Written at the start, with the passwords of that run."""
    file: Path = settings.read(Settings, environ).data / "run" / "databases.json"
    try:
        urls: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.exit(f"Skiller does not run here: there is no {file}.")
    return urls
