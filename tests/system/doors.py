"""Doors before the processes of a service, old and new: as a name that has several addresses."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T")
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# A connection that carries nothing for so long is closed, as often enough as to meet everybody.
IDLE_SECONDS = 0.1
PIECE = 65536  # bytes


class Door:
    """Each connection to `port` leads to the next of the ports `leads_to`, of those that answer."""

    def __init__(self, *leads_to: int) -> None:
        self.leads_to = list(leads_to)
        self.port = 0
        self._count = 0  # connections so far

    async def open(self) -> asyncio.Server:
        """Listen from now on."""
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside = None
        with suppress(asyncio.CancelledError):  # at the end
            inside = await self._reach()
            if inside is not None:
                await _carry((reader, writer), inside)
        for end in (writer, inside[1] if inside else writer):
            end.close()

    async def _reach(self) -> Ends | None:
        self._count += 1
        start, ports = self._count, list(self.leads_to)
        for step in range(len(ports)):
            with suppress(OSError):
                port = ports[(start + step) % len(ports)]
                return await asyncio.open_connection("127.0.0.1", port)
        return None


async def _carry(client: Ends, server: Ends) -> None:
    """Pass on what either says, until one ends or nothing is asked."""
    is_asked = asyncio.Event()

    async def ask() -> None:
        while said := await client[0].read(PIECE):
            is_asked.set()
            server[1].write(said)

    asking = asyncio.create_task(ask())
    with suppress(OSError):
        while not asking.done():
            try:
                said = await asyncio.wait_for(server[0].read(PIECE), IDLE_SECONDS)
            except TimeoutError:
                if is_asked.is_set():
                    continue
                break
            if not said:
                break
            is_asked.clear()
            client[1].write(said)
            await client[1].drain()
    asking.cancel()
    with suppress(asyncio.CancelledError, OSError):
        await asking


@contextmanager
def opened(*doors: Door) -> Iterator[None]:
    """Doors that are open inside the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def do(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    servers = []
    try:
        servers = [do(door.open()) for door in doors]
        yield
    finally:
        do(_end(servers))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(servers: Sequence[asyncio.Server]) -> None:
    """Close, with all that is under way."""
    for server in servers:
        server.close()
    under_way = asyncio.all_tasks() - {asyncio.current_task()}
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
