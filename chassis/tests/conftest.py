"""Fixtures of the delivery suite: a bus on each transport, quick loops, toy events."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog

from chassis.testing.service import Server
from chassis.tests import toys
from chassis.tests.bus import QUICK, Bus, MakeBus, Setup, Transport
from contracts import EVENTS


@pytest.fixture(autouse=True)
def toy_events(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let contracts know the toys' events."""
    for name, kind in toys.EVENTS.items():
        monkeypatch.setitem(EVENTS, name, kind)
    yield
    toys.mended.clear()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in QUICK:
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def make_bus(
    server: Server, quick: None, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[MakeBus]:
    """Makes `make_bus(transport, **Setup's fields)`; `server` may be another PostgreSQL."""
    with ExitStack() as stack:

        def make(transport: Transport, *, server: Server = server, **fields: Any) -> Bus:
            databases = {
                name: stack.enter_context(server.database_of(toys.Base.metadata, "toy"))
                for name in toys.SERVICES
            }
            if transport == "rabbitmq":
                fields.setdefault("broker_url", request.getfixturevalue("broker_url"))
            namespace = f"test-{uuid4().hex[:8]}."
            bus = Bus(Setup(transport, databases, namespace=namespace, **fields), tmp_path)
            stack.callback(bus.close)
            if transport == "rabbitmq":
                bus.declare()
            return bus

        yield make


@pytest.fixture(params=["local", pytest.param("rabbitmq", marks=pytest.mark.broker)])
def transport(request: pytest.FixtureRequest) -> Transport:
    chosen: Transport = request.param
    return chosen


@pytest.fixture
def bus(make_bus: MakeBus, transport: Transport) -> Bus:
    """A writer and two listeners, on each transport in turn."""
    return make_bus(transport)


@pytest.fixture
def rabbit_bus(make_bus: MakeBus) -> Bus:
    """The same where only RabbitMQ has the case; such tests are marked `broker`."""
    return make_bus("rabbitmq")


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """Warnings and failures only: a test's output is for what went wrong."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    yield
    structlog.configure(**before)
