"""The connections of one process: how many there may be, and who has to go."""

from collections.abc import Iterator

from gateway.connection import Connection, Phase

MOST_UNSENT = 32 * 1024 * 1024  # bytes of answers that clients have not read yet


class Crowd:
    """Every open connection, in the order of their coming."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one  # of one client's address; 0 for no such limit
        self._all: dict[Connection, None] = {}
        self._by_network: dict[str, dict[Connection, None]] = {}

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, connection: Connection) -> list[Connection]:
        """Take one in; returns those that have to go for it.

        It is never refused itself: whoever has kept us waiting longest goes, of the same
        address first, so a crowd from one address takes the room of nobody else.
        """
        neighbours = self._by_network.setdefault(connection.network, {})
        leaving = []
        if self._most_of_one and len(neighbours) >= self._most_of_one:
            leaving += longest_waiting(neighbours)
        elif len(self._all) >= self._most:
            leaving += self.longest_waiting()
        self._all[connection] = neighbours[connection] = None
        return leaving

    def remove(self, connection: Connection) -> None:
        """Forget one that is closed."""
        del self._all[connection]
        neighbours = self._by_network[connection.network]
        del neighbours[connection]
        if not neighbours:
            del self._by_network[connection.network]

    def in_phase(self, *phases: Phase) -> list[Connection]:
        """Those whose phase is one of these."""
        return [connection for connection in self._all if connection.phase in phases]

    def late(self, now: float, keep_alive: float) -> list[Connection]:
        """Those that have had their time."""
        return [connection for connection in self._all if connection.is_late(now, keep_alive)]

    def longest_waiting(self) -> list[Connection]:
        """The one that has kept us waiting longest, or none where threads have them all."""
        return longest_waiting(self._all)

    def slowest_readers(self) -> Iterator[Connection]:
        """Those that have to go until what clients leave unread fits into MOST_UNSENT."""
        sending = sorted(self.in_phase(Phase.SENDING), key=lambda connection: connection.since)
        unsent = sum(connection.unsent for connection in sending)
        for connection in sending:
            if unsent <= MOST_UNSENT:
                return
            unsent -= connection.unsent
            yield connection


def longest_waiting(connections: dict[Connection, None]) -> list[Connection]:
    """The one whose client has had the turn for longest."""
    waiting = [connection for connection in connections if connection.phase is not Phase.BUSY]
    return [min(waiting, key=lambda connection: connection.since)] if waiting else []
