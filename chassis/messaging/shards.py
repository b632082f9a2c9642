"""Which relay hands over which subjects: an outbox's shards, divided among the relays that live.

A subject belongs to one shard for good, and a shard to one relay at a time: that relay's
connection holds an advisory lock, which ends with it. So the events of a subject keep their
order, however many relays there are, and what a killed one left is taken within two looks.
"""

import time
from collections.abc import Sequence
from zlib import crc32

import psycopg

SHARDS = 16  # as many relays can work at once; stored with each row, so never changed alone
LOOK_SECONDS = 1.0
# A key that every relay shares while it works, followed by one for each shard. An earlier
# release's relay has the first for itself, and so the whole outbox: beside it nobody works.
_RELAYS = crc32(b"relay")


def shard_of(subject: str) -> int:
    """The same for a subject in every process and release."""
    return crc32(subject.encode()) % SHARDS


class Share:
    """The shards of one relay, by the locks of its connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._held: list[int] = []
        self._next_look = 0.0

    def join(self) -> bool:
        """Be counted among the relays; False while one of an earlier release works."""
        return self._ask("SELECT pg_try_advisory_lock_shared(%s)", _RELAYS)

    def settle(self) -> Sequence[int]:
        """Now and then give back what is more than an even share, and take what nobody has.

        Call it between batches only: what is given back must have nothing under way. Returns
        the shards that are held.
        """
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            keys = [key for (key,) in self._connection.execute(_LOCKED, _LOCKED_BY)]
            even = -(-SHARDS // keys.count(0))
            for shard in self._held[even:]:
                self._ask("SELECT pg_advisory_unlock(%s)", _key(shard))
            free = [shard for shard in range(SHARDS) if shard + 1 not in keys]
            self._held = self._held[:even]
            while free and len(self._held) < even:
                self._try(free.pop())
        return self._held

    def _try(self, shard: int) -> None:
        if self._ask("SELECT pg_try_advisory_lock(%s)", _key(shard)):
            self._held.append(shard)

    def _ask(self, statement: str, key: int) -> bool:
        row = self._connection.execute(statement, [key]).fetchone()
        return bool(row and row[0])


def _key(shard: int) -> int:
    return _RELAYS + 1 + shard


# How many relays there are (0 for each), and which shards are taken (1 for the first).
_LOCKED = """SELECT objid::bigint - %(first)s FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 0 AND objsubid = 1 AND granted
    AND objid::bigint BETWEEN %(first)s AND %(first)s + %(shards)s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_LOCKED_BY = {"first": _RELAYS, "shards": SHARDS}
