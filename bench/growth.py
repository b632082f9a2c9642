"""Whether a list costs the same in a large community: PostgreSQL's part at 10⁴, 10⁵ and 10⁶ posts.

The rows go straight into the tables (`growth.sql`); discussion's own functions read them
(`growth_probe.py`), in this checkout and in one beside.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from hashlib import md5
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from bench.report import Goal, Row, show
from bench.servers import ROOT, Machine, interpreter_of
from bench.site import name_of

SIZES = (10_000, 100_000, 1_000_000)
FLAT, SEARCH = Goal(1.5), Goal(3)
SQL = Path(__file__).with_name("growth.sql")
PROBE = Path(__file__).with_name("growth_probe.py")
KEYWORDS = {"a popular": "popular", "a rare": "rare"}

# What a release fills in as soon as it has the column.
SINCE = {
    ("post_keywords", "published_at"): {
        "{published_at}": ", published_at",
        "{moment}": ", pg_temp.moment(n)",
    },
    ("post_keywords", "is_waiting"): {"{is_waiting}": ", is_waiting", "{waits}": ", n %% 40 = 0"},
    ("posts", "search"): {
        "{search}": ", excerpt, lang, rendering, search",
        "{found}": ", pg_temp.words(n), 'fr', 2, to_tsvector('french', pg_temp.words(n))",
        "{counts}": """
UPDATE keywords SET post_count = used.posts FROM (
    SELECT keyword_id, count(*) AS posts FROM post_keywords GROUP BY keyword_id
) AS used WHERE used.keyword_id = id;
""",
        "{interests}": """
INSERT INTO keyword_follow_refs (member_id, slug, is_following, revision)
SELECT pg_temp.member(4998), slug, true, 1 FROM (
    SELECT 'subject-' || n FROM generate_series(1, 30) AS n UNION ALL SELECT 'popular'
) AS followed(slug) ON CONFLICT DO NOTHING;
INSERT INTO skill_refs (member_id, slug, slug_en, slug_fr, is_held, revision)
SELECT pg_temp.member(4998), slug, slug, slug, true, 1 FROM (
    SELECT 'subject-' || n FROM generate_series(40, 80, 10) AS n UNION ALL SELECT 'popular'
) AS held(slug) ON CONFLICT DO NOTHING;
""",
    },
}
_HAS = "SELECT FROM information_schema.columns WHERE table_name = %s AND column_name = %s"


def _member(number: int) -> str:
    """As growth.sql names it."""
    return str(UUID(md5(f"member {number}".encode(), usedforsecurity=False).hexdigest()))


VIEWERS = {
    "30 active": _member(4998),
    "30 long silent": _member(4999),
    "3,000": _member(5000),
    "author": _member(7),
}
Samples = dict[tuple[str, str, int], list[Mapping[str, float]]]


def run(machine: Machine, rounds: int) -> list[Row]:
    """At each size the checkouts take turns, each on a database of its own."""
    checkouts = {"ours": ROOT} | ({"beside": machine.beside} if machine.beside else {})
    found: Samples = {}
    with ExitStack() as stack:
        urls = {name: stack.enter_context(_database(machine, name)) for name in checkouts}
        for name, checkout in checkouts.items():
            _probe(checkout, {"act": "migrate", "url": urls[name]})
        for before, size in zip((0, *SIZES), SIZES, strict=False):
            for url in urls.values():
                grow(url, before, size)
            for _ in range(rounds):
                for name, checkout in checkouts.items():
                    what = {"act": "measure", "url": urls[name]}
                    answer = _probe(checkout, {**what, "viewers": VIEWERS, "keywords": KEYWORDS})
                    for kind, values in answer.items():
                        found.setdefault((name, kind, size), []).append(values)
    beside = name_of(machine.beside) if machine.beside else ""
    kinds = dict.fromkeys(kind for _, kind, _ in found)
    return [row for kind in kinds for row in _rows(kind, found, beside)]


@contextmanager
def _database(machine: Machine, name: str) -> Iterator[str]:
    database = f"bench_growth_{name}"
    with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
    try:
        yield machine.server.url(database)
    finally:
        with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


def grow(url: str, before: int, after: int) -> None:
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        text = SQL.read_text(encoding="utf-8")
        for (table, column), parts in SINCE.items():
            known = connection.execute(_HAS, (table, column)).rowcount > 0
            for place, sql in parts.items():
                text = text.replace(place, sql if known else "")
        connection.execute(text, {"before": before, "after": after})
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _probe(checkout: Path, what: Mapping[str, Any]) -> dict[str, Mapping[str, float]]:
    """Run the probe in a checkout; what it found."""
    done = subprocess.run(
        [interpreter_of(checkout), "-c", PROBE.read_text(encoding="utf-8")],
        cwd=checkout,
        input=json.dumps(what),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{checkout.name}: {done.stderr.strip().splitlines()[-1:]}")
    lines = done.stdout.splitlines()
    answer: dict[str, Mapping[str, float]] = json.loads(lines[-1]) if lines else {}
    return answer


def _rows(kind: str, found: Samples, beside: str) -> Iterator[Row]:
    for part, unit, name in (("cpu", "µs", "CPU"), ("buffers", "", "buffers")):
        smallest, *_, largest = (
            [values[part] for values in found["ours", kind, size]] for size in SIZES
        )
        ratio = median(largest) / median(smallest)
        read = median(values["read"] for values in found["ours", kind, SIZES[-1]])
        # What the server's own memory does not hold, it gets from the system's.
        goal = SEARCH if kind.startswith("search") else FLAT
        of_which = f", of which {read:,.0f} not in shared_buffers" if part == "buffers" else ""
        yield Row(
            f"{kind}, PostgreSQL's {name} at {SIZES[-1]:,} posts",
            f"{show(largest, unit)}{of_which}",
            _course("ours", kind, part, found),
            f"{ratio:.2f}",
            str(goal),
            "yes" if goal.is_met(ratio) else "NO",
            f"{beside}: {_course('beside', kind, part, found)}" if beside else "",
            _points(kind, part, found) if part == "cpu" else (),
        )


def _points(kind: str, part: str, found: Samples) -> list[tuple[float, float]]:
    """The same for a picture."""
    medians = (median(values[part] for values in found["ours", kind, size]) for size in SIZES)
    return list(zip(SIZES, medians, strict=True))


def _course(of: str, kind: str, part: str, found: Samples) -> str:
    """The medians from size to size."""
    medians = (median(values[part] for values in found[of, kind, size]) for size in SIZES)
    return " → ".join(f"{value:,.0f}" for value in medians)
