"""What members made, as sums over the rows of its owners: the same before and after an upgrade."""

from collections.abc import Mapping

import psycopg
from psycopg.sql import SQL, Identifier

# By service. What is made of these rows may be made otherwise by another release: `SHOWN`.
TABLES = {
    "identity": (
        *("members", "credentials", "invitations", "invitation_requests", "moderation_acts"),
        *("sessions", "refresh_tokens", "portraits"),
    ),
    "social": ("follows", "keyword_follows"),
    "discussion": ("posts", "likes", "keywords", "post_keywords"),
    "skills": ("evidence",),
}
SHOWN = {"body_html"}
Columns = Mapping[tuple[str, str], list[str]]  # by service and table
_COLUMNS = """SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s ORDER BY column_name"""
_SUM = """SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))
    FROM (SELECT {} FROM {}) AS t"""


def columns_of(urls: Mapping[str, str]) -> Columns:
    """The columns that a release has, but for what it shows of others."""
    found = {}
    for service, tables in TABLES.items():
        with psycopg.connect(urls[service]) as connection:
            for table in tables:
                names = {name for (name,) in connection.execute(_COLUMNS, [table])}
                found[service, table] = sorted(names - SHOWN)
    return found


def sums_of(urls: Mapping[str, str], columns: Columns) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a sum of what they hold in these columns."""
    sums = {}
    for (service, table), names in columns.items():
        chosen = SQL(", ").join(map(Identifier, names))
        with psycopg.connect(urls[service]) as connection:
            [row] = connection.execute(SQL(_SUM).format(chosen, Identifier(table)))
            sums[f"{service}.{table}"] = row
    return sums
