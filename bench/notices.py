"""What notices cost through the gateway: CPU of all processes, with few and with many.

One member, who follows a thousand others, has 2,000 notices, twenty of them unread; others have
what makes 10,000, then 1,000,000. Then somebody whom 100,000 follow asks a question for them.
"""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from bench import load
from bench.api import V1, Town
from bench.load import Request
from bench.report import Goal, Row, measured
from bench.servers import Machine
from bench.site import Site, site

REQUESTS, WARM_UP = 300, 100
PEOPLE, MINE, UNREAD = 1_000, 2_000, 20
FEW, MANY = 10_000, 1_000_000
FOLLOWERS = 100_000
LONGEST = 120.0  # seconds that telling so many is waited for
LIST, COUNT = Goal(2.0, "ms"), Goal(1.0, "ms")
FLAT, TOLD, ALL_TOLD, OTHERS = Goal(1.5), Goal(0.2, "ms"), Goal(60.0, "s"), Goal(2.0, "s")


def run(machine: Machine, rounds: int) -> list[Row]:
    """The list and the count, few and many; then the question for many followers."""
    with site(machine.folder / "standalone-notices.log") as of:
        town = Town(of)
        reader, token = next(iter(town.asking.items()))
        _people(of, reader)
        _mine(of, reader)
        kinds: dict[str, Callable[[], Sequence[Request]]] = {
            "list of 20": lambda: [Request("GET", f"{V1}/notices", token)] * REQUESTS,
            "count": lambda: [Request("GET", f"{V1}/notices/count", token)] * REQUESTS,
        }
        spent = {}
        for total in (FEW, MANY):
            _others(of, total)
            for name, asked in kinds.items():
                spent[name, total] = [_spend(machine, of, asked()) for _ in range(rounds)]
        rows = []
        for name, goal in (("list of 20", LIST), ("count", COUNT)):
            few, many = spent[name, FEW], spent[name, MANY]
            rows.append(
                measured(f"notices: {name} among {MANY:,}, CPU of all processes", many, "ms", goal)
            )
            ratios = [after / before for before, after in zip(few, many, strict=True)]
            rows.append(measured(f"notices: {name}, beside {FEW:,}", ratios, "×", FLAT))
        return [*rows, *_many_followers(of, town)]


def _people(of: Site, reader: UUID) -> None:
    """A thousand members whom the reader follows."""
    database = of.database("notifications")
    database.execute(
        "INSERT INTO member_refs (id, name, headline, state, revision) SELECT gen_random_uuid(),"
        " 'Member ' || n, 'Baker', 'active', 1 FROM generate_series(1, %s) AS n",
        [PEOPLE],
    )
    database.execute(
        "INSERT INTO follow_refs (follower_id, followed_id, is_following, revision, changed_at)"
        " SELECT %s, id, true, 1, now() - INTERVAL '1 year' FROM member_refs"
        " WHERE name LIKE 'Member %%'",
        [reader],
    )


def _mine(of: Site, reader: UUID) -> None:
    """Half are questions of whom the reader follows, half likes of three for own posts."""
    database = of.database("notifications")
    for kind, author in (("question", "m.id"), ("like", "%(reader)s::uuid")):
        database.execute(
            "INSERT INTO object_refs (id, type, author_id, title, title_fr, audience, state, level,"
            " named, is_there, happened_at, revision) SELECT gen_random_uuid(), 'question',"
            f" {author}, '{kind} ' || row_number() OVER (), '', 'followers', '', 0, '', true,"
            " now() - random() * INTERVAL '80 days', 1 FROM member_refs AS m"
            " WHERE m.name LIKE 'Member %%' LIMIT %(most)s",
            {"reader": reader, "most": MINE // 2},
        )
    database.execute(
        "INSERT INTO notice_actors (member_id, object_id, kind, actor_id, source_id, part,"
        " is_acting, done_at, came_at, revision) SELECT %s, o.id, 'like', a.id, o.id, '2026-01-01',"
        " true, o.happened_at, o.happened_at, 1 FROM object_refs AS o, LATERAL (SELECT id FROM"
        " member_refs WHERE name LIKE 'Member %%' ORDER BY md5(id::text || o.id::text) LIMIT 3)"
        " AS a WHERE o.title LIKE 'like %%'",
        [reader],
    )
    ours = "o.title LIKE 'question %%' OR o.title LIKE 'like %%'"
    _notices(of, f"SELECT %s::uuid AS member_id, o.* FROM object_refs AS o WHERE {ours}", [reader])
    database.execute(
        "UPDATE notices SET is_unread = true, read_at = NULL WHERE id IN"
        " (SELECT id FROM notices WHERE member_id = %s ORDER BY happened_at DESC LIMIT %s)",
        [reader, UNREAD],
    )


def _notices(of: Site, told: str, values: Sequence[object]) -> None:
    of.database("notifications").execute(
        "INSERT INTO notices (id, member_id, kind, class, object_id, part, actor_id, happened_at,"
        " is_unread, read_at) SELECT gen_random_uuid(), t.member_id, CASE WHEN t.title LIKE"
        " 'like %%' THEN 'like' ELSE 'question' END, 'to_me', t.id, CASE WHEN t.title LIKE"
        " 'like %%' THEN '2026-01-01' ELSE '' END, CASE WHEN t.title LIKE 'like %%' THEN NULL"
        f" ELSE t.author_id END, t.happened_at, false, t.happened_at FROM ({told}) AS t"
        " ON CONFLICT DO NOTHING",
        values,
    )


def _others(of: Site, total: int) -> None:
    """So many notices in all, of those whom the reader follows."""
    database = of.database("notifications")
    each = (total - MINE) // PEOPLE
    _notices(
        of,
        "SELECT m.id AS member_id, o.* FROM member_refs AS m, LATERAL (SELECT * FROM object_refs"
        " WHERE title LIKE 'question %%' ORDER BY id LIMIT %s) AS o WHERE m.name LIKE 'Member %%'",
        [each],
    )
    database.execute("VACUUM ANALYZE")
    # What was written is flushed now, and not while requests are measured.
    database.execute("CHECKPOINT")
    # A connection that planned for few would weigh these plans against them for hundreds of
    # requests; a community does not grow a hundredfold while one is kept.
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def _many_followers(of: Site, town: Town) -> list[Row]:
    """A question for 100,000: when all are told, what one costs, how long another's takes."""
    asker, token = list(town.asking.items())[1]
    other, others_token = list(town.asking.items())[2]
    database = of.database("notifications")
    database.execute(
        "INSERT INTO follow_refs (follower_id, followed_id, is_following, revision, changed_at)"
        " SELECT gen_random_uuid(), %s, true, 1, now() - INTERVAL '1 year'"
        " FROM generate_series(1, %s)",
        [asker, FOLLOWERS],
    )
    database.execute("VACUUM ANALYZE follow_refs")
    of.settle()
    measure, began = of.measure(), time.monotonic()
    body = {"title": "Who reads this?", "body": "All of you.", "audience": "followers"}
    asked = load.fetch(Request("POST", f"{V1}/questions", token, body), of.port)
    load.fetch(Request("PUT", f"{V1}/members/{asker}/follow", others_token), of.port)
    delay = _until(of, "kind = 'follower' AND actor_id = %s", [other], 1) - began
    ended = _until(of, "object_id = %s", [UUID(asked["id"])], FOLLOWERS)
    spent = measure.stop()
    each = (spent.requests + spent.consumers) * 1_000 / FOLLOWERS
    return [
        measured(
            f"notices: {FOLLOWERS:,} followers, until all are told", [ended - began], "s", ALL_TOLD
        ),
        measured("notices: one of these, CPU of all processes", [each], "ms", TOLD),
        measured("notices: another's meanwhile", [delay], "s", OTHERS),
    ]


def _until(of: Site, which: str, values: Sequence[object], count: int) -> float:
    """When so many notices are there."""
    ends = time.monotonic() + LONGEST
    while time.monotonic() < ends:
        asked = f"SELECT count(*) FROM notices WHERE {which}"
        row = of.database("notifications").execute(asked, values).fetchone()
        if row is not None and row[0] >= count:
            return time.monotonic()
        time.sleep(0.1)
    raise TimeoutError(which)


def _spend(machine: Machine, of: Site, asked: Sequence[Request]) -> float:
    """Milliseconds of CPU of all processes for each of these requests."""
    log = machine.folder / "client-notices.log"
    load.send(asked[:WARM_UP], of.port, log)
    of.settle()
    measure = of.measure()
    load.send(asked, of.port, log)
    of.settle()
    return measure.stop().requests * 1_000 / len(asked)
