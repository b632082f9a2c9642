"""What a night of trust costs a large community: 100,000 members and 3 million likes.

Rows go straight into the tables. The first night with full trust weighs every like anew; the one
after it, with a day's likes new, is an ordinary one. Each is passed by a process of its
own, whose memory is told (`python -m bench.night URL MOMENT`).
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import structlog

from bench.report import Goal, Row
from bench.servers import ROOT, Machine
from chassis import clock, migrations
from chassis.database import Database
from chassis.settings import Secret
from contracts.discussion import PostLiked
from services.skills.actions import nights
from services.skills.actions.batches import apply_batch
from services.skills.app import SERVICE
from services.skills.chores import pass_night
from services.skills.config import Settings

DATABASE, STAGES = "bench_night", nights.STAGES[:-1]
MEMBERS, POSTS, LIKES = 100_000, 300_000, 3_000_000
DAYS = 700  # over which the likes are spread
NEW_LIKES, BATCH = LIKES // DAYS, 500
DAY = timedelta(days=1)
MEMORY, SECONDS = Goal(1_000, "MB"), Goal(60, "s")


def run(machine: Machine, rounds: int) -> list[Row]:
    """Both nights, once: what they cost is far above the noise."""
    del rounds
    with _database(machine) as url:
        _fill(url)
        now = datetime.now(UTC)
        first = _pass(url, now)
        _like(url)
        second = _pass(url, now + DAY)
        return [
            *_rows("first night of full trust, every like weighed anew", first),
            *_rows(f"a night of {MEMBERS:,} members, {LIKES:,} likes", second, SECONDS, MEMORY),
        ]


def _rows(
    name: str, found: dict[str, float], seconds: Goal | None = None, memory: Goal | None = None
) -> Iterator[Row]:
    told = ", ".join(f"{stage} {found[stage]:.1f}" for stage in STAGES)
    for what, value, unit, goal in (
        (f"{name}: {told}", found["seconds"], "s", seconds),
        (f"{name}: memory of the worker", found["megabytes"], "MB", memory),
    ):
        met = "" if goal is None else "yes" if goal.is_met(value) else "NO"
        yield Row(what, f"{value:,.1f} {unit}", goal=str(goal or ""), met=met)


@contextmanager
def _database(machine: Machine) -> Iterator[str]:
    with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    url = machine.server.url(DATABASE)
    try:
        migrations.migrate(url, SERVICE.folder / "migrations", SERVICE.seed)
        yield url
    finally:
        with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _fill(url: str) -> None:
    values = {"members": MEMBERS, "posts": POSTS, "likes": LIKES}
    with psycopg.connect(url, autocommit=True) as connection:
        # Keys in their order, and few checkpoints: else filling takes longer than nights.
        connection.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET work_mem = '256MB'")
        for statement in _FILL.split(";\n"):
            connection.execute(statement % values)
        connection.execute("VACUUM (ANALYZE)")


def _pass(url: str, moment: datetime) -> dict[str, float]:
    """A night in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.night", url, moment.isoformat()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(told.stdout)
    return found


def _like(url: str) -> None:
    """Likes as the consumer hands them over."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(_NEW, [NEW_LIKES]).fetchall()
    now = datetime.now(UTC)
    likes = [
        PostLiked(
            post_id=post_id,
            author_id=author_id,
            liker_id=liker_id,
            kind="answer",
            revision=9,
            liked_at=now,
        )
        for post_id, author_id, liker_id in rows
    ]
    database = Database(url)
    for start in range(0, len(likes), BATCH):
        with database.transaction() as session:
            apply_batch(session, likes[start : start + BATCH])
    database.close()


def probe(url: str, moment: datetime) -> None:
    """Pass the night of a moment, and print what it cost."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    database = Database(url)
    settings = Settings(database_url=Secret(url))
    spent: dict[str, float] = dict.fromkeys(STAGES, 0.0)
    with clock.at(moment):
        while True:
            with psycopg.connect(url) as connection:
                [stage] = connection.execute("SELECT stage FROM nights").fetchone() or ["done"]
            started = time.perf_counter()
            if not pass_night(database, settings):
                break
            spent["flow" if stage == "done" else stage] += time.perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**spent, "seconds": sum(spent.values()), "megabytes": most}))


_FILL = """CREATE TABLE people AS
    SELECT n::int AS n, gen_random_uuid() AS id, floor(n * random())::int AS above
    FROM generate_series(0, %(members)d - 1) n;
CREATE UNIQUE INDEX ON people (n);
INSERT INTO member_refs (id, name, headline, state, revision, sponsor_id)
    SELECT one.id, 'Somebody', '', 'active', 1, above.id FROM people one
    LEFT JOIN people above ON above.n = one.above AND one.n > 20;
CREATE TABLE writing AS SELECT n::int AS n, gen_random_uuid() AS id,
    floor(%(members)d * random() ^ 3)::int AS author,
    now() - random() * interval '700 days' AS at FROM generate_series(0, %(posts)d - 1) n;
CREATE UNIQUE INDEX ON writing (n);
CREATE TABLE topics AS SELECT (row_number() OVER (ORDER BY id) - 1)::int AS n, id FROM skills;
INSERT INTO like_refs (post_id, liker_id, is_liked, liked_at, revision, voice_id)
    SELECT w.id, p.id, true, w.at, 1, p.id FROM (
        SELECT DISTINCT floor(%(posts)d * random() ^ 2)::int AS post,
            floor(%(members)d * random() ^ 2)::int AS liker
        FROM generate_series(1, (%(likes)d * 1.02)::int)) pair
    JOIN writing w ON w.n = pair.post JOIN people p ON p.n = pair.liker
    WHERE w.author <> pair.liker ORDER BY w.id, p.id;
INSERT INTO post_refs (id, kind, author_id, title, published_at, revision, catalogue, weighing,
        support, like_count)
    SELECT w.id, 'answer', p.id, '', w.at, 1, 1000000, 1000000, 100 * coalesce(l.count, 0),
        coalesce(l.count, 0)
    FROM writing w JOIN people p ON p.n = w.author
    LEFT JOIN (SELECT post_id, count(*) FROM like_refs GROUP BY 1) l ON l.post_id = w.id;
INSERT INTO mentions (post_id, skill_id, relevance, reason)
    SELECT w.id, t.id, 60, 'body' FROM writing w
    JOIN topics t ON t.n = (w.author + floor(3 * random())::int) %% 300;
INSERT INTO post_voices (post_id, voice_id, like_count)
    SELECT post_id, voice_id, 1 FROM like_refs ORDER BY post_id, voice_id;
INSERT INTO contributions (post_id, skill_id, member_id, number, kind, backed, shared, asked,
        unbacked, like_count, liked_at)
    SELECT p.id, m.skill_id, p.author_id, extract(day FROM p.published_at - '2015-01-01')::int / 14,
        'answer', 600000 * round(1e6 * support / (support + 100))::bigint / 1000000, 0, 0,
        600000 * (1000000 - round(1e6 * support / (support + 100))::bigint) / 1000000, like_count,
        CASE WHEN like_count > 0 THEN p.published_at END
    FROM post_refs p JOIN mentions m ON m.post_id = p.id;
INSERT INTO fortnights (member_id, skill_id, number, backed, unbacked, like_count, answer_count)
    SELECT member_id, skill_id, number, sum(backed), sum(unbacked), sum(like_count),
        count(*) FILTER (WHERE backed > 0) FROM contributions GROUP BY 1, 2, 3;
INSERT INTO supporters (member_id, skill_id, voice_id, answers)
    SELECT c.member_id, c.skill_id, v.voice_id, count(*) FROM contributions c
    JOIN post_voices v ON v.post_id = c.post_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
INSERT INTO attributions (member_id, skill_id, evidence, strength, by_answers, voices, all_voices,
        liker_count, evidence_count, answer_count, fortnight_count, last_evidence_at)
    SELECT f.member_id, f.skill_id, f.sum, f.sum, f.sum, v.count, v.count, v.count, f.likes,
        f.answers, f.fortnights, now()
    FROM (SELECT member_id, skill_id, sum(2 ^ (number * 14 / 270.0) * backed / 1e6) AS sum,
            sum(like_count) AS likes, sum(answer_count) AS answers,
            count(*) FILTER (WHERE answer_count > 0) AS fortnights
        FROM fortnights GROUP BY 1, 2) f
    JOIN (SELECT member_id, skill_id, count(*) FROM supporters GROUP BY 1, 2) v
        USING (member_id, skill_id);
INSERT INTO nights (id, number, trust_began_at, founder_ids)
    SELECT 1, 100, now(), array_agg(id) FROM people WHERE n < 20"""
_NEW = """SELECT w.id, a.id, p.id FROM (
        SELECT floor(random() * (SELECT count(*) FROM writing))::int AS post,
            floor(random() * (SELECT count(*) FROM people))::int AS liker
        FROM generate_series(1, %s)) new
    JOIN writing w ON w.n = new.post JOIN people a ON a.n = w.author
    JOIN people p ON p.n = new.liker"""

if __name__ == "__main__":
    probe(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
