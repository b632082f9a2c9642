"""A community in files, and the services that it is imported into."""

import csv
import gzip
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import structlog

from chassis.database import Database
from chassis.messaging import worker
from chassis.messaging.consumer import Consumer
from chassis.testing.service import Server
from demo.communities import POST_COLUMNS, VOTE_COLUMNS, Community, read_community
from demo.machine import Machine
from demo.tests.bees import POSTS, VOTES, Row, Write
from standalone.services import SERVICES


@pytest.fixture(autouse=True, scope="module")
def quiet_log() -> Iterator[None]:
    """Warnings and failures only: a whole community has a hundred thousand lines to tell."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.configure(**before)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes posts and votes as the community `bees`; answers the folder."""

    def write(posts: Sequence[Row], votes: Sequence[Row]) -> Path:
        for part, columns, rows in (("posts", POST_COLUMNS, posts), ("votes", VOTE_COLUMNS, votes)):
            with gzip.open(tmp_path / f"bees_{part}.csv.gz", "wt", newline="") as text:
                csv.writer(text).writerows([columns, *rows])
        return tmp_path

    return write


@pytest.fixture
def community(write: Write) -> Community:
    return read_community(write(POSTS, VOTES), "bees")


@pytest.fixture
def urls(server: Server) -> Iterator[dict[str, str]]:
    with new_databases(server) as found:
        yield found


@pytest.fixture
def machine(urls: dict[str, str]) -> Iterator[Machine]:
    with Machine(lambda: urls, lambda _: None) as found:
        yield found


@pytest.fixture
def delivered(urls: dict[str, str], machine: Machine) -> Iterator[Machine]:
    """The machine, with a worker that delivers between its databases."""
    with delivering(urls):
        yield machine


@contextmanager
def new_databases(server: Server) -> Iterator[dict[str, str]]:
    """An empty database of each service, by its name."""
    with ExitStack() as stack:
        yield {s.name: stack.enter_context(server.database(s)) for s in SERVICES}


@contextmanager
def delivering(urls: Mapping[str, str]) -> Iterator[None]:
    """A worker that delivers between these databases."""
    databases = {name: Database(url) for name, url in urls.items()}
    consumers = {s.name: Consumer(s.name, databases[s.name], s.handlers) for s in SERVICES}
    loops = worker.local_loops(databases, consumers)
    for loop in loops:
        loop.start()
    yield
    worker.stop(loops)
    for database in databases.values():
        database.close()
