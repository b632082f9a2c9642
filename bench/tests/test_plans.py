"""What discussion's lists, searches and feeds read in a large community: indexes alone."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bench import growth, growth_probe
from chassis.database import Database
from chassis.testing.service import Server
from services.discussion.app import SERVICE

POSTS = 80_000
# What grows with a community; of the others' few rows PostgreSQL may read all.
LARGE = {"posts", "post_keywords", "likes", "follow_refs"}
# A feed of many is looked for among the newest of all, where one of few came up empty.
STATEMENTS = {"feed of 3,000": 2, "page of a popular keyword": 3}
KINDS = (
    "feed of 30 active",
    "feed of 30 long silent",
    "feed of 3,000",
    "list",
    "list of a popular keyword",
    "list of a rare keyword",
    "list of an author",
    "search for a frequent word",
    "search for an uncommon word",
    "search for a rare word",
    "page of a popular keyword",
    "for you",
)


@pytest.fixture(scope="module")
def community(server: Server) -> Iterator[Database]:
    with server.database(SERVICE) as url:
        growth.grow(url, 0, POSTS)
        database = Database(url, pool_size=1)
        yield database
        database.close()


def test_all_kinds_of_reading_are_looked_at() -> None:
    assert set(growth_probe.calls(growth.VIEWERS, growth.KEYWORDS)) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_goes_by_indexes_alone(community: Database, kind: str) -> None:
    call = growth_probe.calls(growth.VIEWERS, growth.KEYWORDS)[kind]
    plans = [_plan(text) for text in _told(community, call)]

    read_whole = {
        node["Relation Name"]
        for plan in plans
        for node in _nodes(plan)
        if node["Node Type"] in ("Seq Scan", "Sample Scan")
        and node.get("Actual Loops", 0)
        and node["Relation Name"] in LARGE
    }
    assert len(plans) == STATEMENTS.get(kind, 1)
    assert not read_whole
    rows = [node["Actual Rows"] * node["Actual Loops"] for p in plans for node in _nodes(p)]
    assert max(rows) <= 3_500, "more than a page, its neighbours and whom one follows"


def _told(database: Database, call: Any) -> list[str]:
    """The plans of a call as auto_explain tells them, made as for any viewer."""
    told: list[str] = []
    with growth_probe.driver(database) as connection:
        for statement in growth_probe.EXPLAIN:
            connection.execute(statement)
        connection.add_notice_handler(lambda notice: told.append(notice.message_primary))
    for _ in range(8):
        told.clear()
        with database.reading() as session:
            call(session)
    return [one for one in told if one.startswith("duration")]


def _plan(text: str) -> Mapping[str, Any]:
    found = re.match(r"duration: [0-9.]+ ms\s+plan:\s*(\{.*)", text, re.DOTALL)
    assert found
    plan: Mapping[str, Any] = json.loads(found[1])["Plan"]
    return plan


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)
