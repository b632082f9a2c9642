"""What a like costs in skills: on a post and a member with few likes and with many.

Rows go straight into the tables, the service weighs them itself (`rows.weigh`); then likes are
handled as the consumer hands them over, one alone and a hundred in a batch, and experts of a
skill that 50,000 members hold are ranked.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from uuid import UUID

import psycopg

from bench import rows
from bench.likes import new_like
from bench.report import Goal, Row, show
from bench.servers import Machine
from chassis import migrations
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.statements import Connection
from chassis.testing.people import suspended
from chassis.testing.tokens import Person
from services.skills.actions import growth
from services.skills.actions.batches import apply_batch
from services.skills.actions.recounts import recount_liker
from services.skills.app import SERVICE
from services.skills.queries import experts, skills, who_knows
from services.skills.queries.best import Choice

DATABASE = "bench_skills"
FEW, MANY = 10, 10_000
HOLDERS, FOLLOWED = 50_000, 5_000
ALONE, BATCHES, BATCH = 200, 20, 100
FLAT = Goal(1.5)
SUSPENDED_LIKES = 5_000
SLUG = "postgresql"


def run(machine: Machine, rounds: int) -> list[Row]:
    """Each kind of like in turn, `rounds` times; then the ranking."""
    with _database(machine) as database:
        posts = _fill(database)
        found: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, post in posts.items():
                found.setdefault(name, []).append(_alone(database, *post))
            found.setdefault("batch", []).append(_batched(database, *posts["few"]))
        return [*_rows(found), *_reading(database, rounds), *_suspension(database)]


def _rows(found: dict[str, list[float]]) -> Iterator[Row]:
    few, many, batch = found["few"], found["many"], found["batch"]
    yield _row("one like alone", few, Goal(2, "ms"))
    ratio = median(m / f for m, f in zip(many, few, strict=True))
    yield Row(
        f"one like alone, on a post with {MANY:,}, of a member with {10 * MANY:,}",
        show(many, "ms"),
        f"with {FEW}: {show(few, 'ms')}",
        f"{ratio:.2f}",
        str(FLAT),
        "yes" if FLAT.is_met(ratio) else "NO",
    )
    yield _row(f"a like in a batch of {BATCH}", batch, Goal(0.4, "ms"))
    rates = [1000 / value for value in batch]
    yield Row("likes a second, one worker", f"{median(rates):,.0f}", goal="≥ 1,500/s")


def _row(name: str, values: list[float], goal: Goal) -> Row:
    met = "yes" if goal.is_met(median(values)) else "NO"
    return Row(name, show(values, "ms"), goal=str(goal), met=met)


@contextmanager
def _database(machine: Machine) -> Iterator[Database]:
    with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    url = machine.server.url(DATABASE)
    migrations.migrate(url, SERVICE.folder / "migrations", SERVICE.seed)
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
        with psycopg.connect(machine.server.admin_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _fill(database: Database) -> dict[str, tuple[UUID, UUID]]:
    """A post with few likes and one with many, and their authors."""
    now = datetime.now(UTC)
    posts: dict[str, tuple[UUID, UUID]] = {}
    with database.transaction() as session:
        connection = session.connection().connection.dbapi_connection
        assert connection is not None
        cursor = connection.cursor()
        cursor.execute("SELECT id FROM skills WHERE slug = %s", [SLUG])
        skill = cursor.fetchone()
        assert skill is not None
        for name, likes, others in (("few", FEW, 0), ("many", MANY, 9)):
            author = new_id()
            for number in range(others + 1):
                post = new_id()
                at = now - timedelta(days=30 * number)
                cursor.execute(POST, [post, author, at])
                cursor.execute(MENTION, [post, skill[0]])
                cursor.execute(_LIKES, [post, at, likes])
                if not number:
                    posts[name] = (post, author)
    rows.weigh(database)
    with database.transaction() as session:
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        driver.cursor().execute(_HOLDERS, [SLUG, HOLDERS])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        plain.exec_driver_sql("VACUUM (ANALYZE)")
    return posts


def _alone(database: Database, post_id: UUID, author_id: UUID) -> float:
    """Milliseconds of one like in a transaction of its own."""
    spent = []
    for _ in range(ALONE):
        like = new_like(post_id, author_id)
        started = time.perf_counter()
        with database.transaction() as session:
            apply_batch(session, [like])
        spent.append((time.perf_counter() - started) * 1000)
    return median(spent)


def _batched(database: Database, post_id: UUID, author_id: UUID) -> float:
    """The same of one in batches."""
    spent = []
    for _ in range(BATCHES):
        likes = [new_like(post_id, author_id) for _ in range(BATCH)]
        started = time.perf_counter()
        with database.transaction() as session:
            apply_batch(session, likes)
        spent.append((time.perf_counter() - started) * 1000 / BATCH)
    return median(spent)


def _reading(database: Database, rounds: int) -> Iterator[Row]:
    """What is read of a skill that many hold; the viewer follows many of them."""
    viewer_id = new_id()
    with database.transaction() as session:
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        driver.cursor().execute(_FOLLOWS, [viewer_id, FOLLOWED])
        driver.cursor().execute("ANALYZE follow_refs")
        while growth.count_holders(session):
            pass
    near = Choice(is_near_first=True)
    calls: dict[str, Callable[[Connection], object]] = {
        f"first page of a skill that {HOLDERS:,} hold": lambda session: experts.list_experts(
            session, viewer_id=viewer_id, slug=SLUG, limit=20, cursor=None
        ),
        f"its own page, with its growth, for who follows {FOLLOWED:,}": partial(
            skills.get_skill_page, viewer_id=viewer_id, slug=SLUG
        ),
        f"who knows it, the near first, for who follows {FOLLOWED:,}": partial(
            who_knows.get_knowing, viewer_id=viewer_id, words=SLUG, limit=20, choice=near
        ),
    }
    goals = (Goal(20, "ms"), Goal(20, "ms"), None)
    for (name, call), goal in zip(calls.items(), goals, strict=True):
        spent = [_timed(database, call) for _ in range(10 * rounds)]
        yield _row(name, spent, goal) if goal else Row(name, show(spent, "ms"))


def _timed(database: Database, call: Callable[[Connection], object]) -> float:
    started = time.perf_counter()
    with database.reading() as session:
        call(session)
    return (time.perf_counter() - started) * 1000


def _suspension(database: Database) -> Iterator[Row]:
    """Each page of the likes that cease to count; whoever likes the same posts waits for one."""
    member_id, author_id = new_id(), new_id()
    now = datetime.now(UTC)
    with database.transaction() as session:
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        cursor = driver.cursor()
        cursor.execute(_MANY_LIKED, [SUSPENDED_LIKES, author_id, now, member_id, now, SLUG])
    rows.weigh(database)
    person = Person("Somebody", member_id)
    with database.transaction() as session:
        apply_batch(session, [suspended(person)])
    spent = []
    while True:
        started = time.perf_counter()
        with database.transaction() as session:
            more_waits = recount_liker(session)
        if not more_waits:
            break
        spent.append(time.perf_counter() - started)
    name = f"a page of {SUSPENDED_LIKES:,} likes of a member who is suspended"
    yield Row(
        f"{name}: {len(spent)} pages, {sum(spent):.1f} s in all",
        show(spent, "s"),
        goal="≤ 0.5 s, the worst",
        met="yes" if max(spent) <= 0.5 else "NO",
    )


_MANY_LIKED = """WITH posts AS (
    INSERT INTO post_refs (id, kind, author_id, title, prose, published_at, revision, catalogue)
    SELECT gen_random_uuid(), 'answer', a.id, '', 'PostgreSQL', a.at, 1, 1000000
    FROM generate_series(1, %s), (SELECT %s::uuid AS id, %s::timestamptz AS at) a RETURNING id
), likes AS (
    INSERT INTO like_refs (post_id, liker_id, is_liked, liked_at, revision)
    SELECT id, %s, true, %s, 1 FROM posts
) INSERT INTO mentions (post_id, skill_id, relevance, reason)
SELECT posts.id, skills.id, 60, 'body' FROM posts, skills WHERE slug = %s"""
_FOLLOWS = """INSERT INTO follow_refs (follower_id, followed_id, is_following, revision)
    SELECT %s, id, true, 1 FROM member_refs ORDER BY random() LIMIT %s"""
POST = """INSERT INTO post_refs (id, kind, author_id, title, prose, published_at, revision,
    catalogue) VALUES (%s, 'answer', %s, '', 'PostgreSQL', %s, 1, 1000000)"""
MENTION = "INSERT INTO mentions (post_id, skill_id, relevance, reason) VALUES (%s, %s, 60, 'body')"
_LIKES = """INSERT INTO like_refs (post_id, liker_id, is_liked, liked_at, revision)
    SELECT %s, gen_random_uuid(), true, %s, 1 FROM generate_series(1, %s)"""
_HOLDERS = """WITH held AS (
    INSERT INTO attributions (member_id, skill_id, evidence, strength, by_answers, voices,
        all_voices, liker_count, evidence_count, answer_count, fortnight_count, level, revision)
    SELECT gen_random_uuid(), (SELECT id FROM skills WHERE slug = %s), -1e6 * ln(1 - random()),
        1000 * random(), 1000, 3, 3, 3, 5, 3, 2, 2, 1 FROM generate_series(1, %s)
    RETURNING member_id
), members AS (
    INSERT INTO member_refs (id, name, headline, state, revision)
    SELECT member_id, 'Somebody', '', 'active', 1 FROM held
) INSERT INTO post_refs (id, kind, author_id, title, published_at, revision, catalogue, weighing)
SELECT gen_random_uuid(), 'question', member_id, '', now() - random() * interval '90 days', 1,
    1000000, 1000000 FROM held"""
