"""What the migrations make is what the models say."""

import importlib.util
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from chassis import migrations
from chassis.database import driver_url
from chassis.service import Service
from chassis.testing.service import Server
from standalone.services import SERVICES

DEFINITIONS = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}

pytestmark = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def test_models_ask_for_nothing_that_migrations_did_not_make(
    service: Service, server: Server
) -> None:
    with server.database(service) as url, _connected(url) as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, service.metadata) == []


def test_migrated_and_modelled_databases_are_defined_alike(
    service: Service, server: Server
) -> None:
    """To the last check, default, and predicate of an index, which Alembic does not compare."""
    modelled = server.database_of(service.metadata, f"models_{service.name}")
    with server.database(service) as migrated_url, modelled as modelled_url:
        migrated, wanted = _definitions(migrated_url), _definitions(modelled_url)

    assert migrated == wanted


def test_migrations_are_numbered_without_a_gap(service: Service) -> None:
    for number, path in enumerate(_files(service), start=1):
        module = _load(path)
        before = f"{number - 1:04}" if number > 1 else None
        assert re.fullmatch(rf"{number:04}_[a-z]+(_[a-z]+)*\.py", path.name)
        assert (module.revision, module.down_revision) == (f"{number:04}", before)
        assert callable(module.upgrade) and not hasattr(module, "downgrade")
    assert service.newest_migration == len(_files(service)) > 0


def test_newer_database_is_refused_in_one_sentence_and_left_alone(
    service: Service, server: Server
) -> None:
    with server.database(service) as url, _connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
        connection.commit()

        with pytest.raises(migrations.DatabaseNewer) as refused:
            migrations.migrate(url, service.folder / "migrations", service.seed)

        known = f"{service.newest_migration:04}"
        told = refused.value.message
        assert told.startswith(f"The database {service.name}")
        assert f"is at migration 0099, and this release knows up to {known}" in told
        kept = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        assert kept == "0099"


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _definitions(url: str) -> dict[str, set[tuple[Any, ...]]]:
    with _connected(url) as connection:
        return {
            name: {tuple(row) for row in connection.execute(text(query)) if "alembic" not in row[0]}
            for name, query in DEFINITIONS.items()
        }


def _files(service: Service) -> list[Path]:
    return sorted((service.folder / "migrations" / "versions").glob("*.py"))


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"migration_{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
