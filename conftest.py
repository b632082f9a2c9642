"""What tests of every folder share: PostgreSQL, RabbitMQ, and services with a database each."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

from chassis import garbage
from chassis.service import Service
from chassis.testing.rabbitmq import Node, answers, find_program
from chassis.testing.service import Prepare, Server, ServiceUnderTest
from standalone.accounts import choose_home
from standalone.postgres import Postgres
from tests.together import arrange

MEMORY = Path("/dev/shm")
ROOM = 1 << 30  # bytes that the databases of tests may take for a moment
LOCAL_BROKER = "amqp://guest:guest@127.0.0.1:5672/%2F"
MakePostgres = Callable[[], Postgres]
MakeService = Callable[..., ServiceUnderTest]


def pytest_configure() -> None:
    """Log failures plainly: with the values of all variables, a catalogue's, each took seconds."""
    *processors, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*processors, plain])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs a whole Skiller first, together: see `tests.together`."""
    shared: dict[str, Any] | None = getattr(config, "workerinput", None)
    if shared is not None:
        order = arrange([item.nodeid for item in items], shared["workercount"])
        items[:] = [items[number] for number in order]


def pytest_collection_finish() -> None:
    """Thousands of tests and all that they import stand until the end."""
    garbage.look_seldom()


@pytest.fixture(scope="session")
def make_postgres() -> Iterator[MakePostgres]:
    """Makes PostgreSQL servers, started, that do not wait for disks; all stopped at the end."""
    with ExitStack() as stack:
        data, system = _make_place(stack, _memory_or_disk()), _make_place(stack, Path("/tmp"))

        def make() -> Postgres:
            folder = data / str(len(list(data.iterdir())))
            home = choose_home(data, folder, os.environ, system=system)
            fast = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
            server = Postgres(
                home.binaries, home.data / "postgres", run_as=home.account, settings=fast
            )
            return stack.enter_context(server)

        yield make


@pytest.fixture(scope="session")
def server(make_postgres: MakePostgres) -> Iterator[Server]:
    """The server on which tests make their databases: their own, or SKILLER_TEST_DATABASE_URL's."""
    given = os.environ.get("SKILLER_TEST_DATABASE_URL")
    server = Server(given or make_postgres().admin_url())
    yield server
    server.close()


@pytest.fixture
def service_under_test(server: Server) -> Iterator[MakeService]:
    """Makes `service_under_test(SERVICE, **settings)`: a service with a fresh database.

    `prepare` is what `Server.database` says.
    """
    with ExitStack() as stack:

        def make(
            service: Service, *, prepare: Prepare | None = None, **settings: Any
        ) -> ServiceUnderTest:
            url = stack.enter_context(server.database(service, prepare))
            under_test = ServiceUnderTest(service, url, **settings)
            stack.callback(under_test.close)
            return under_test

        yield make


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """A RabbitMQ node of the tests' own, to stop and start; for tests marked `node`."""
    program = find_program()
    if program is None:
        _miss("no rabbitmq-server is installed")
    node = Node(program)
    node.start()
    yield node
    node.close()


@pytest.fixture(scope="session")
def broker_url(request: pytest.FixtureRequest) -> str:
    """A RabbitMQ to share: SKILLER_TEST_BROKER_URL, the machine's, or the tests' own node."""
    given = os.environ.get("SKILLER_TEST_BROKER_URL")
    if given or answers(LOCAL_BROKER):
        return given or LOCAL_BROKER
    node: Node = request.getfixturevalue("node")
    return node.url


def _memory_or_disk() -> Path:
    """Memory where the machine shares enough: every test makes a database and drops it."""
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else Path("/tmp")


def _make_place(stack: ExitStack, parent: Path) -> Path:
    """A folder until the end of the run."""
    place = Path(tempfile.mkdtemp(prefix="skiller-postgres-", dir=parent))
    stack.callback(shutil.rmtree, place, ignore_errors=True)
    place.chmod(0o711)  # as root the server has another account
    return place


def _miss(reason: str) -> Any:
    """Skip, or fail where SKILLER_REQUIRE_BROKER=1 says that the broker must be there."""
    if os.environ.get("SKILLER_REQUIRE_BROKER") == "1":
        pytest.fail(f"RabbitMQ is required: {reason}")
    pytest.skip(f"needs a RabbitMQ: {reason}")
