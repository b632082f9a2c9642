"""A TCP proxy between a client and a server, whose connections a test cuts."""

import socket
import threading
from contextlib import suppress


class Proxy:
    """Listens on a free port of the loopback interface and passes bytes on to `target`."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def cut(self) -> int:
        """End all connections in the midst of whatever they carry; returns how many."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _shut(end)
        return len(pairs)

    def close(self) -> None:
        _shut(self._listener)
        # Who came at the last moment is cut as well.
        self._threads[0].join()
        self.cut()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._pairs.append((client, server))
            carriers = [
                threading.Thread(target=_carry, args=ends)
                for ends in ((client, server), (server, client))
            ]
            tidier = threading.Thread(target=_tidy, args=(carriers, client, server))
            self._threads += [*carriers, tidier]
            for thread in self._threads[-3:]:
                thread.start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    _shut(sink)


def _tidy(carriers: list[threading.Thread], *ends: socket.socket) -> None:
    for carrier in carriers:
        carrier.join()
    for end in ends:
        end.close()


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
