"""Real servers in temporary folders: what standalone promises about its database and who runs it.

Nothing is written outside those folders, and the machine's own PostgreSQL is not touched.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy

from standalone.accounts import (
    Account,
    as_account,
    can_reach,
    choose_home,
    find_account,
    give,
    make_folder,
)
from standalone.binaries import Binaries, find_binaries
from standalone.data_folder import list_servers, read_pidfile
from standalone.errors import StandaloneError
from standalone.postgres import Postgres

ROOT = Path(__file__).parents[2]
FAST = {"fsync": "off"}
PASSWORD = "p'a@s/s w%rd é"
Make = Callable[[Path], Postgres]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="is about root")

# What a process of its own does: it starts a server, keeps a row, says where, and waits.
STARTER = """
import os, sys
from pathlib import Path
import psycopg
from standalone.accounts import choose_home
from standalone.postgres import Postgres

checkout, system = Path(sys.argv[1]), Path(sys.argv[2])
home = choose_home(checkout, checkout / "var", {}, system=system)
fast = {"fsync": "off"}
server = Postgres(home.binaries, home.data / "postgres", run_as=home.account, settings=fast)
server.start()
server.ensure_database("kept", "keeper", "secret")
with psycopg.connect(server.url("kept", "keeper", "secret")) as connection:
    connection.execute("CREATE TABLE kept AS SELECT 'from the first' AS word")
print(server.pid, home.account, server.url("kept", "keeper", "secret"), flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account can enter, unlike root's `tmp_path`."""
    folder = Path(tempfile.mkdtemp(prefix="skiller-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def binaries() -> Binaries:
    return find_binaries({})


@pytest.fixture(scope="session")
def account() -> Account | None:
    return find_account() if os.geteuid() == 0 else None


@pytest.fixture
def make(place: Path, binaries: Binaries, account: Account | None) -> Iterator[Make]:
    """Makes servers, not started, without waiting for disks; those left running are stopped."""
    made: list[Postgres] = []

    def make_server(data: Path) -> Postgres:
        made.append(Postgres(binaries, data, run_as=account, settings=FAST))
        return made[-1]

    yield make_server
    for server in made:
        server.stop()


def eventually(claim: Callable[[], bool], seconds: float = 15) -> bool:
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not claim():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.01)
    return True


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def keep_row(server: Postgres) -> None:
    with psycopg.connect(server.admin_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'from the first' AS word")


def kill(server: Postgres) -> None:
    """Kill the first process, and wait until the others have followed."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert eventually(lambda: server.pid is None and not list_servers(server.data))


def kept_rows(server: Postgres) -> list[tuple[Any, ...]]:
    return ask(server.admin_url(), "SELECT word FROM kept")


class Starter:
    """A process that runs STARTER; `pid` is its server's, `said` the rest of its line."""

    def __init__(
        self, checkout: Path, *, python: str = sys.executable, user: str | None = None
    ) -> None:
        self.process = subprocess.Popen(
            [python, "-c", STARTER, str(checkout), str(checkout.parent / "system")],
            env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            user=user,
        )
        assert self.process.stdout is not None
        pid, self.said = self.process.stdout.readline().split(" ", 1)
        self.pid = int(pid)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> int:
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def start_elsewhere(place: Path) -> Iterator[Callable[..., Starter]]:
    """Makes Starters; those still there are killed."""
    with contextlib.ExitStack() as stack:

        def make_starter(checkout: Path, **options: str) -> Starter:
            starter = Starter(checkout, **options)
            stack.callback(starter.kill)
            return starter

        yield make_starter


def test_first_start_makes_a_server_for_one_small_machine(place: Path, make: Make) -> None:
    server = make(place / "var/postgres")

    server.start()

    settings = dict(ask(server.admin_url(), "SELECT name, setting FROM pg_settings"))
    assert settings["server_encoding"] == "UTF8"
    assert (settings["max_connections"], settings["shared_buffers"], settings["jit"]) == (
        "60",
        "4096",
        "off",
    )
    assert (settings["autovacuum"], settings["full_page_writes"], settings["TimeZone"]) == (
        "on",
        "on",
        "UTC",
    )
    assert ask(server.admin_url(), "SELECT lower('É')") == [("é",)]


def test_fsync_is_on_unless_a_setting_says_otherwise(
    place: Path, binaries: Binaries, account: Account | None
) -> None:
    with Postgres(binaries, place / "postgres", run_as=account) as server:
        assert ask(server.admin_url(), "SHOW fsync") == [("on",)]


def test_only_the_private_socket_reaches_the_server(place: Path, make: Make) -> None:
    server = make(place / "postgres")

    server.start()

    assert ask(server.admin_url(), "SHOW listen_addresses") == [("",)]
    socket = place / "postgres.socket"
    assert socket.stat().st_mode & 0o777 == 0o700
    assert (place / "postgres.password").stat().st_mode & 0o777 == 0o600
    assert (
        socket.stat().st_uid
        == server.data.stat().st_uid
        == Path(f"/proc/{server.pid}").stat().st_uid
    )
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url("postgres", "postgres", "wrong"))


def test_second_start_finds_the_data(place: Path, make: Make) -> None:
    first = make(place / "postgres")
    first.start()
    keep_row(first)
    first.stop()

    second = make(place / "postgres")
    second.start()

    assert kept_rows(second) == [("from the first",)]


def test_starting_or_stopping_twice_changes_nothing(place: Path, make: Make) -> None:
    server = make(place / "postgres")

    server.start()
    pid = server.pid
    server.start()

    assert server.pid == pid is not None
    server.stop()
    server.stop()
    assert server.pid is None
    assert list_servers(server.data) == []


def test_leaving_the_context_ends_every_process(place: Path, make: Make) -> None:
    with make(place / "postgres") as server:
        assert len(list_servers(server.data)) > 1

    assert list_servers(server.data) == []
    assert not (place / "postgres.socket").exists()


def test_keys_of_the_terminal_do_not_reach_the_server(place: Path, make: Make) -> None:
    with make(place / "postgres") as server:
        assert server.pid is not None
        assert os.getpgid(server.pid) != os.getpgrp()
        assert os.getsid(server.pid) != os.getsid(0)


def test_start_belongs_to_the_main_thread(place: Path, make: Make) -> None:
    errors: list[BaseException] = []

    def start() -> None:
        try:
            make(place / "postgres").start()
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert "main thread" in str(errors)


def test_large_log_is_set_aside_at_a_start(place: Path, make: Make) -> None:
    (place / "postgres.log").write_text("old\n" * 300_000)

    make(place / "postgres").start()

    assert (place / "postgres.log.1").stat().st_size == 1_200_000
    assert (place / "postgres.log").stat().st_size < 10_000


def test_log_repeats_no_row_that_breaks_a_constraint(place: Path, make: Make) -> None:
    server = make(place / "postgres")
    server.start()
    server.ensure_database("kept", "keeper", PASSWORD)
    with psycopg.connect(server.url("kept", "keeper", PASSWORD), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE kept (key text UNIQUE, word text CHECK (word <> ''),"
            " of text REFERENCES kept (key))"
        )
        row = "INSERT INTO kept VALUES (%s, %s, %s)"
        address = "private.address@example.org"
        connection.execute(row, (address, "x", None))
        for broken in ((address, "x", None), (f"2{address}", "", None), ("x", "x", f"3{address}")):
            with pytest.raises(psycopg.IntegrityError):
                connection.execute(row, broken)

    log = (place / "postgres.log").read_text()

    assert log.count("violates") == 3
    assert "private.address" not in log


def test_databases_are_closed_to_other_roles(place: Path, make: Make) -> None:
    server = make(place / "postgres")
    server.start()

    server.ensure_database("skills", "skills", PASSWORD)
    server.ensure_database("social data", 'so"cial', "other")

    own = server.url("skills", "skills", PASSWORD)
    assert ask(own, "SELECT current_user::text, current_database()::text") == [("skills", "skills")]
    assert ask(server.url("social data", 'so"cial', "other"), "SELECT 1") == [(1,)]
    for closed in ("social data", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.url(closed, "skills", PASSWORD))


def test_ensuring_a_database_again_keeps_it_and_sets_the_password(place: Path, make: Make) -> None:
    server = make(place / "postgres")
    server.start()
    server.ensure_database("skills", "skills", "old")
    with psycopg.connect(server.url("skills", "skills", "old")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    server.ensure_database("skills", "skills", "new")

    assert ask(server.url("skills", "skills", "new"), "SELECT one FROM kept") == [(1,)]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url("skills", "skills", "old"))


def test_a_new_connection_pays_for_one_round_of_hashing(
    place: Path, make: Make, binaries: Binaries
) -> None:
    if binaries.major < 16:
        pytest.skip("this PostgreSQL cannot be told")
    server = make(place / "postgres")
    server.start()

    server.ensure_database("skills", "skills", PASSWORD)

    secrets = ask(server.admin_url(), "SELECT rolpassword FROM pg_authid WHERE rolcanlogin")
    assert [secret.partition(":")[0] for (secret,) in secrets] == ["SCRAM-SHA-256$1"] * 2


def test_services_can_create_their_extensions(place: Path, make: Make) -> None:
    server = make(place / "postgres")
    server.start()
    server.ensure_database("skills", "skills", "secret")

    with psycopg.connect(server.url("skills", "skills", "secret")) as connection:
        for extension in ("pg_trgm", "unaccent", "citext"):
            connection.execute(f"CREATE EXTENSION {extension}".encode())
        assert connection.execute("SELECT unaccent('élève')").fetchone() == ("eleve",)


@pytest.mark.parametrize("name", ["short", "long" * 30])
def test_killed_server_starts_again_in_its_place_with_what_was_committed(
    place: Path, make: Make, name: str
) -> None:
    server = make(place / name / "postgres")
    server.start()
    keep_row(server)
    url = server.admin_url()

    kill(server)
    server.start()

    assert kept_rows(server) == [("from the first",)]
    assert server.admin_url() == url


def test_server_ends_with_the_process_that_started_it(
    place: Path, make: Make, start_elsewhere: Callable[..., Starter]
) -> None:
    starter = start_elsewhere(place)
    data = place / "var/postgres"
    assert starter.pid in list_servers(data)

    starter.kill()

    assert eventually(lambda: not list_servers(data))
    again = make(data)
    again.start()
    assert ask(again.admin_url("kept"), "SELECT word FROM kept") == [("from the first",)]


def test_start_at_once_after_a_killed_starter_finds_its_data(
    place: Path, make: Make, start_elsewhere: Callable[..., Starter]
) -> None:
    start_elsewhere(place).kill()

    again = make(place / "var/postgres")
    again.start()

    assert ask(again.admin_url("kept"), "SELECT word FROM kept") == [("from the first",)]


def test_orphan_on_the_same_data_is_ended_first(
    place: Path, make: Make, binaries: Binaries, account: Account | None
) -> None:
    server = make(place / "postgres")
    server.start()
    keep_row(server)
    server.stop()
    command = [f"{binaries.directory}/postgres", f"-D{server.data}", "-clisten_addresses="]
    command.append(f"-cunix_socket_directories={server.data}")
    orphan = subprocess.Popen(command, **as_account(account), stderr=subprocess.DEVNULL)
    assert eventually(lambda: read_pidfile(server.data) == (orphan.pid, "ready"))

    server.start()

    assert orphan.wait(10) == 0
    assert server.pid in list_servers(server.data)
    assert kept_rows(server) == [("from the first",)]


def test_busy_child_of_a_killed_server_does_not_stop_the_start(place: Path, make: Make) -> None:
    server = make(place / "postgres")
    server.start()
    connection = psycopg.connect(server.admin_url(), options="-c statement_timeout=60s")
    busy, pid = connection.info.backend_pid, server.pid
    assert pid is not None
    connection.pgconn.send_query(b"DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$")
    states = f"SELECT state::text FROM pg_stat_activity WHERE pid = {busy}"
    assert eventually(lambda: ask(server.admin_url(), states) == [("active",)])
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: server.pid is None and list_servers(server.data) == [busy])

    server.start()

    assert busy not in list_servers(server.data)
    connection.close()


def test_pid_that_another_program_has_now_does_not_stop_the_start(
    place: Path, make: Make, account: Account | None
) -> None:
    server = make(place / "postgres")
    server.start()
    keep_row(server)
    kill(server)
    other = subprocess.Popen(["cat"], **as_account(account) | {"stdin": subprocess.PIPE})
    for left in (server.data / "postmaster.pid", place / "postgres.socket/.s.PGSQL.5432.lock"):
        left.write_text("\n".join([str(other.pid), *left.read_text().splitlines()[1:], ""]))

    server.start()

    assert kept_rows(server) == [("from the first",)]
    assert other.poll() is None
    other.communicate()


def test_half_made_data_of_a_killed_first_start_are_made_again(place: Path, make: Make) -> None:
    (place / "postgres.new/base").mkdir(parents=True)
    (place / "postgres.new/PG_VERSION").write_text("18\n")

    server = make(place / "postgres")
    server.start()

    assert ask(server.admin_url(), "SELECT 1") == [(1,)]
    assert not (place / "postgres.new").exists()


def refusal(server: Postgres) -> str:
    with pytest.raises(StandaloneError) as caught:
        server.start()
    assert server.pid is None
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_data_of_another_major_are_refused(
    place: Path, make: Make, binaries: Binaries, account: Account | None
) -> None:
    server = make(place / "postgres")
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("14\n")

    line = refusal(server)

    assert "written by PostgreSQL 14" in line
    assert f"PostgreSQL {binaries.major} was found" in line
    assert str(binaries.directory) in line
    assert "SKILLER_POSTGRES_BIN" in line and "dump" in line


def test_folder_that_cannot_be_made_is_refused(place: Path, make: Make) -> None:
    (place / "file").write_text("")

    assert refusal(make(place / "file/postgres")) == f"{place}/file is not a folder"
    assert "Not a directory" in refusal(make(place / "file/var/postgres"))


def test_folder_with_other_files_is_refused_and_left_alone(
    place: Path, make: Make, account: Account | None
) -> None:
    (place / "postgres").mkdir()
    give(place / "postgres", account)
    (place / "postgres/letter").write_text("dear")

    assert "neither empty nor PostgreSQL's" in refusal(make(place / "postgres"))
    assert [entry.name for entry in (place / "postgres").iterdir()] == ["letter"]


def test_empty_folder_is_taken(place: Path, make: Make, account: Account | None) -> None:
    (place / "postgres").mkdir()
    give(place / "postgres", account)

    make(place / "postgres").start()

    assert (place / "postgres/PG_VERSION").exists()


def test_two_at_once_is_refused_naming_the_process(
    place: Path, make: Make, start_elsewhere: Callable[..., Starter]
) -> None:
    starter = start_elsewhere(place)

    line = refusal(make(place / "var/postgres"))

    assert f"process {starter.process.pid}" in line
    assert starter.pid in list_servers(place / "var/postgres")
    assert starter.end() == 0


def test_lost_password_file_is_refused(place: Path, make: Make) -> None:
    server = make(place / "postgres")
    server.start()
    server.stop()
    (place / "postgres.password").unlink()

    assert f"{place}/postgres.password cannot be used: No such file" in refusal(server)


def test_failed_start_says_why_and_leaves_nothing(
    place: Path, make: Make, binaries: Binaries, account: Account | None
) -> None:
    server = make(place / "postgres")
    server.start()
    server.stop()
    broken = Postgres(binaries, server.data, run_as=account, settings={"shared_buffers": "plenty"})

    line = refusal(broken)

    assert "shared_buffers" in line and str(server.log) in line
    assert list_servers(server.data) == []
    server.start()


@as_root
def test_data_of_another_user_are_refused(place: Path, make: Make) -> None:
    (place / "postgres").mkdir()

    assert "belongs to user 0" in refusal(make(place / "postgres"))


@as_root
def test_root_itself_is_refused(place: Path, binaries: Binaries) -> None:
    assert "does not run as root" in refusal(Postgres(binaries, place / "postgres", run_as=None))


@pytest.mark.parametrize("name", ["long" * 30, "with,comma", 'with "quotes", and spaces'])
def test_path_unfit_for_a_socket_gets_a_short_private_one(
    place: Path, make: Make, name: str
) -> None:
    server = make(place / name / "postgres")

    server.start()

    link = place / name / "postgres.socket"
    folder = link.readlink()
    assert folder.parent == Path("/tmp")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.stat().st_uid == server.data.stat().st_uid
    assert ask(server.admin_url(), "SELECT 1") == [(1,)]
    server.stop()
    assert not folder.exists() and not link.is_symlink()


@pytest.mark.parametrize("name", ["with space", 'with"quote', "with%41ü"])
def test_odd_path_and_password_are_quoted_in_the_url(place: Path, make: Make, name: str) -> None:
    server = make(place / name / "postgres")

    server.start()

    assert not (place / name / "postgres.socket").is_symlink()
    assert ask(server.admin_url(), "SELECT 1") == [(1,)]
    server.ensure_database("skills", "skills", PASSWORD)
    url = server.url("skills", "skills", PASSWORD).replace("postgresql:", "postgresql+psycopg:")
    with sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool).connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT current_user")) == "skills"


def test_short_socket_folder_of_a_killed_starter_is_removed(
    place: Path, make: Make, start_elsewhere: Callable[..., Starter]
) -> None:
    checkout = place / ("long" * 30)
    starter = start_elsewhere(checkout)
    left = (checkout / "var/postgres.socket").readlink()
    starter.kill()
    assert left.is_dir()

    server = make(checkout / "var/postgres")
    server.start()

    assert not left.exists()
    assert (checkout / "var/postgres.socket").readlink() != left


def test_system_without_the_locale_gets_plain_c(
    place: Path, account: Account | None, binaries: Binaries
) -> None:
    strict = place / "bin"
    strict.mkdir()
    for program in ("postgres", "initdb"):
        (strict / program).write_text(f'#!/bin/sh\nexec {binaries.directory / program} "$@"\n')
        (strict / program).chmod(0o755)
    (strict / "initdb").write_text(
        '#!/bin/sh\ncase "$*" in *C.UTF-8*) echo "error: invalid locale name" >&2; exit 1;; esac\n'
        f'exec {binaries.directory / "initdb"} "$@"\n'
    )

    with Postgres(
        Binaries(strict, binaries.major, "test"), place / "postgres", run_as=account, settings=FAST
    ) as server:
        row = ask(
            server.admin_url(),
            "SELECT datcollate::text, pg_encoding_to_char(encoding)::text FROM pg_database",
        )

    assert set(row) == {("C", "UTF8")}


@as_root
def test_ordinary_user_gets_a_server_of_their_own_in_the_folder_asked_for(
    place: Path, start_elsewhere: Callable[..., Starter]
) -> None:
    nobody = pwd.getpwnam("nobody")
    pythons = [python for python in (sys.executable, "/usr/bin/python3") if runs_psycopg(python)]
    if not pythons:
        pytest.skip("no Python of this version that nobody can run")
    checkout = place / "checkout"
    checkout.mkdir(mode=0o700)
    os.chown(checkout, nobody.pw_uid, nobody.pw_gid)

    starter = start_elsewhere(checkout, python=pythons[0], user="nobody")

    account, url = starter.said.split()
    assert account == "None"
    assert Path(f"/proc/{starter.pid}").stat().st_uid == nobody.pw_uid
    assert ask(url, "SELECT word FROM kept") == [("from the first",)]
    assert (checkout / "var").stat().st_mode & 0o777 == 0o700
    assert {path.owner() for path in checkout.rglob("*")} == {"nobody"}
    assert [entry.name for entry in place.iterdir()] == ["checkout"]
    assert starter.end() == 0
    assert list_servers(checkout / "var/postgres") == []


def runs_psycopg(python: str) -> bool:
    """Whether nobody can run our requirements with this Python."""
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        return not subprocess.run(
            [python, "-c", "import psycopg"],
            env=path,
            cwd="/",
            user="nobody",
            stderr=subprocess.DEVNULL,
        ).returncode
    except OSError:
        return False


@as_root
def test_reachable_checkout_keeps_the_data(place: Path) -> None:
    home = choose_home(place, place / "var", {}, system=place / "system")

    assert home.account == find_account()
    assert home.data == place / "var"
    assert home.notice is None
    assert home.data.is_dir() and can_reach(home.account, home.data)
    assert not (place / "system").exists()


@as_root
def test_unreachable_checkout_moves_the_data_and_says_so_in_one_line(
    tmp_path: Path, place: Path
) -> None:
    parents = [tmp_path, *tmp_path.parents]
    modes = [folder.stat().st_mode for folder in parents]

    home = choose_home(tmp_path, tmp_path / "var", {}, system=place / "system")

    assert home.data.is_relative_to(place / "system")
    assert home.notice is not None and "\n" not in home.notice
    assert home.account is not None
    assert str(home.data) in home.notice and home.account.name in home.notice
    with Postgres(
        home.binaries, home.data / "postgres", run_as=home.account, settings=FAST
    ) as server:
        assert ask(server.admin_url(), "SELECT 1") == [(1,)]
    assert [folder.stat().st_mode for folder in parents] == modes
    assert list(tmp_path.iterdir()) == []


@as_root
def test_data_once_moved_are_found_again(tmp_path: Path, place: Path) -> None:
    checkout = place / "checkout"
    checkout.mkdir(mode=0o700)
    first = choose_home(checkout, checkout / "var", {}, system=place / "system")
    checkout.chmod(0o755)

    second = choose_home(checkout, checkout / "var", {}, system=place / "system")

    assert second.data == first.data
    assert second.data.is_relative_to(place / "system")


@as_root
def test_two_folders_of_one_checkout_stay_apart(tmp_path: Path, place: Path) -> None:
    homes = [
        choose_home(tmp_path, tmp_path / name / "var", {}, system=place / "system")
        for name in ("a", "b")
    ]

    assert homes[0].data != homes[1].data
    assert homes[0].data.parent == homes[1].data.parent


@as_root
def test_unreachable_wheel_is_copied_once(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = find_binaries({}).directory.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, tmp_path / part.name)
    monkeypatch.syspath_prepend(tmp_path)

    home = choose_home(place, place / "var", {}, system=place / "system")

    assert home.binaries.directory.is_relative_to(place / "system")
    assert home.data == place / "var"
    assert home.notice is not None and str(home.binaries.directory) in home.notice
    with Postgres(
        home.binaries, home.data / "postgres", run_as=home.account, settings=FAST
    ) as server:
        assert os.readlink(f"/proc/{server.pid}/exe") == str(home.binaries.directory / "postgres")
    made = home.binaries.directory.stat().st_ino
    again = choose_home(place, place / "var", {}, system=place / "system")
    assert again.binaries.directory.stat().st_ino == made


@as_root
def test_unreachable_chosen_binaries_are_refused(tmp_path: Path, place: Path) -> None:
    chosen = tmp_path / "bin"
    chosen.mkdir()
    for program in ("postgres", "initdb"):
        (chosen / program).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n")
        (chosen / program).chmod(0o755)

    with pytest.raises(StandaloneError, match="cannot run"):
        choose_home(
            place, place / "var", {"SKILLER_POSTGRES_BIN": str(chosen)}, system=place / "system"
        )


@as_root
def test_account_nobody_serves_where_there_is_no_postgres_without_our_groups(
    place: Path, binaries: Binaries, request: pytest.FixtureRequest
) -> None:
    account = find_account(("no-such-account", "nobody"))
    groups = os.getgroups()
    os.setgroups([*groups, 12345])
    request.addfinalizer(lambda: os.setgroups(groups))

    with Postgres(binaries, place / "postgres", run_as=account, settings=FAST) as server:
        status = Path(f"/proc/{server.pid}/status").read_text().splitlines()

    lines = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    assert lines["Uid"].split() == [str(account.uid)] * 4
    assert lines["Gid"].split() == [str(account.gid)] * 4
    assert lines["Groups"].split() == []


def test_no_account_is_one_line() -> None:
    with pytest.raises(StandaloneError, match="start as an ordinary user"):
        find_account(("no-such-account",))


def test_made_folders_have_their_mode_and_existing_ones_keep_theirs(place: Path) -> None:
    place.chmod(0o750)
    previous = os.umask(0o077)
    try:
        make_folder(place / "a/b", 0o711)
    finally:
        os.umask(previous)

    assert [(place / name).stat().st_mode & 0o777 for name in ("", "a", "a/b")] == [
        0o750,
        0o711,
        0o711,
    ]
