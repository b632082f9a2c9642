"""Who relays an outbox, as tests and measurements see it."""

import psycopg

# Of an earlier release's relay this finds the one lock that it has.
_HELD = """SELECT pid, count(*) FROM pg_locks JOIN pg_database ON database = pg_database.oid
    WHERE datname = current_database() AND locktype = 'advisory' AND granted
    AND mode = 'ExclusiveLock' GROUP BY pid"""


def shares_of(database_url: str) -> dict[int, int]:
    """How many shards each relay holds, by the process id of its connection's backend."""
    with psycopg.connect(database_url) as connection:
        return dict(connection.execute(_HELD).fetchall())
