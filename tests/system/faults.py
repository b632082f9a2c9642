"""What is made wrong on purpose, for an audit to name: a check that finds nothing is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tests.system import audit
from tests.system.audit import Rows
from tests.system.ledger import Ledger


@dataclass(frozen=True)
class Fault:
    """A statement makes rows of a service wrong; `named` stands in what is said of them."""

    service: str
    statement: str
    named: str


def _one(table: str, where: str = "true") -> str:
    return f"ctid = (SELECT ctid FROM {table} WHERE {where} LIMIT 1)"


def _delete(service: str, table: str, named: str, where: str = "true") -> Fault:
    return Fault(service, f"DELETE FROM {table} WHERE {_one(table, where)}", named)


def _change(service: str, table: str, change: str, named: str, where: str = "true") -> Fault:
    return Fault(service, f"UPDATE {table} SET {change} WHERE {_one(table, where)}", named)


_IS_SAID = """EXISTS (SELECT FROM notice_actors a WHERE is_acting AND
    (a.member_id, a.object_id, a.kind, a.part) = (n.member_id, n.object_id, n.kind, n.part))"""

FAULTS = (
    # All rows: of one of them nobody may have been told.
    Fault("discussion", "DELETE FROM posts", "answers were confirmed and are lost"),
    Fault("discussion", "UPDATE posts SET id = gen_random_uuid()", "or nobody made them"),
    Fault("projects", "DELETE FROM calls", "calls were confirmed and are lost"),
    Fault("discussion", "UPDATE likes SET is_liked = NOT is_liked", "of like are not as confirmed"),
    Fault("identity", "UPDATE members SET headline = 'No'", "of headline are not as confirmed"),
    _delete("skills", "member_refs", "skills lacks 1 of identity's members"),
    _delete("notifications", "follow_refs", "notifications lacks 1 of social's follows"),
    _change("projects", "follow_refs", "revision = revision + 1", "that social has not"),
    _change("skills", "like_refs", "revision = revision - 1", "skills lacks 1 of discussion's"),
    _change("discussion", "posts", "like_count = like_count + 1", "like and answer counts"),
    _change("discussion", "keywords", "post_count = post_count - 1", "keywords' counts"),
    _change("projects", "project_updates", "like_count = like_count + 1", "likes of news"),
    _delete("notifications", "notices n", "notices of groups", _IS_SAID),
    _change("skills", "like_refs", "voice_id = NULL", "likes that count", "voice_id IS NOT NULL"),
    _change("skills", "post_voices", "like_count = like_count + 1", "voices of posts"),
    _change("skills", "post_refs", "support = support + 100", "sums of posts"),
    _delete("skills", "contributions", "contributions of posts"),
    _change("skills", "contributions", "member_id = post_id", "contributions of posts"),
    _change("skills", "supporters", "answers = answers + 1", "supporters of attributions"),
    _change("skills", "attributions", "liker_count = liker_count + 1", "voices of attributions"),
    _change("skills", "contributions", "asked = asked + 1", "fortnights of attributions"),
    _change("skills", "fortnights", "like_count = like_count + 1", "evidence of attributions"),
    _change(
        *("skills", "attributions", "evidence = evidence * (1 + 1e-15)", "are summed up wrongly"),
        where="evidence > 0",
    ),
    Fault(
        "social",
        "INSERT INTO outbox (event_id, type, body) VALUES (gen_random_uuid(), 'x.done', '{}')",
        "social's outbox holds {'x.done': 1}",
    ),
    Fault(
        "notifications",
        "INSERT INTO failed_events (id, type, body, error, state, attempts, first_failed_at,"
        " last_failed_at) VALUES (gen_random_uuid(), 'x.done', '', '', 'dead', 4, now(), now())",
        "notifications's failed_events holds {'x.done': 1}",
    ),
)


def find_unnoticed(rows: Rows, ledger: Ledger) -> list[Fault]:
    """The faults that an audit does not name; each is made alone, and taken back."""
    return [fault for fault in FAULTS if not _is_named(fault, rows, ledger)]


def _is_named(fault: Fault, rows: Rows, ledger: Ledger) -> bool:
    with rows[fault.service].transaction(force_rollback=True):
        # What refers to the row is left as it is.
        rows[fault.service].execute("SET LOCAL session_replication_role = replica")
        made = rows[fault.service].execute(fault.statement.encode())
        assert made.rowcount > 0, fault
        return any(fault.named in sentence for sentence in audit.find_in(rows, ledger))


@contextmanager
def raised(database_url: str, table: str, column: str, where: str) -> Iterator[None]:
    """A number in some rows is one higher inside the block, for everybody."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        change = f"UPDATE {table} SET {column} = {column} {{}} WHERE {where}"
        connection.execute(change.format("+ 1").encode())
        try:
            yield
        finally:
            connection.execute(change.format("- 1").encode())
