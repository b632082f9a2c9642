"""The worker process of one machine, as it begins."""

import os
from pathlib import Path

import psycopg

from chassis.testing.service import Server
from chassis.testing.waiting import eventually
from contracts.services import SERVICES
from services.identity import keys
from services.identity.app import SERVICE as IDENTITY
from standalone.children import Child
from standalone.services import database_variable


def test_database_of_a_newer_release_ends_the_worker_with_one_clear_line(
    tmp_path: Path, server: Server
) -> None:
    keys.write_pair(tmp_path)
    with server.database(IDENTITY) as url:
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        environ = {
            **os.environ,
            **{database_variable(name): url for name in SERVICES},
            "SKILLER_PUBLIC_KEYS_FILE": str(tmp_path / keys.PUBLIC_FILE),
            "SKILLER_SIGNING_KEY_FILE": str(tmp_path / keys.PRIVATE_FILE),
        }
        arguments = ["-m", "standalone", "work", str(tmp_path)]
        child = Child("worker", arguments, environ, tmp_path / "worker.log")

        child.start()
        eventually(lambda: not child.is_running, seconds=60)

    assert child.last_words.startswith("The database identity_")
    assert not (tmp_path / "worker.ready").exists()
