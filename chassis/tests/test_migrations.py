"""Migrating while others use the tables."""

import threading
from pathlib import Path

import psycopg
import pytest

from chassis import migrations
from chassis.testing.service import Server
from chassis.testing.waiting import eventually

SCRIPTS = {
    "0001_first.py": """
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.execute("CREATE TABLE member_refs (id int)")
    op.execute("CREATE TABLE changes (id int)")
""",
    "0002_more.py": """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("ALTER TABLE changes ADD more int")
    op.execute("ALTER TABLE member_refs ADD more int")
""",
}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text("from chassis.migrations import run\nrun()\n")
    for name, text in SCRIPTS.items():
        (tmp_path / "versions" / name).write_text(text)
    return tmp_path


def test_a_migration_meets_nobody_crosswise(server: Server, scripts: Path) -> None:
    """Whoever holds a member and waits for what is changed first would be in a deadlock."""
    with server.new_database("crosswise") as url:
        migrations.migrate(url, scripts, to="0001")
        holding = psycopg.connect(url)
        holding.execute("LOCK TABLE member_refs IN ROW SHARE MODE")
        migrating = threading.Thread(target=migrations.migrate, args=(url, scripts))
        migrating.start()
        eventually(lambda: _is_anybody_waiting(server))
        holding.execute("INSERT INTO changes VALUES (1)")
        holding.commit()
        holding.close()
        migrating.join(30)

        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT id, more FROM changes").fetchall() == [(1, None)]
            assert connection.execute("SELECT more FROM member_refs").fetchall() == []


def test_a_migration_that_finds_no_free_moment_leaves_all_as_it_was(
    server: Server, scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "BUSY_SECONDS", 0.1)
    with server.new_database("busy") as url:
        migrations.migrate(url, scripts, to="0001")
        with psycopg.connect(url) as reading:
            reading.execute("SELECT FROM member_refs")

            with pytest.raises(migrations.DatabaseBusy):
                migrations.migrate(url, scripts)

        with psycopg.connect(url) as connection:
            [(version,)] = connection.execute("SELECT version_num FROM alembic_version")
            assert version == "0001"


def _is_anybody_waiting(server: Server) -> bool:
    with psycopg.connect(server.admin_url) as connection:
        waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return connection.execute(waiting).fetchone() is not None
