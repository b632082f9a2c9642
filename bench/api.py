"""What the API's requests cost through the gateway of a whole machine: CPU of all its processes.

PostgreSQL's are in it. A made-up community (`community.py`) is written into the tables, then
asked over 8 kept-alive connections by 80 of its members, who take turns. Likes and answers are
new ones; what the consumers then spend is told apart. In the same rounds the limits are asked,
and another checkout where one is named.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from statistics import median
from typing import Any
from uuid import UUID

from bench import load, rows
from bench.community import Community, Member, Post, made_up
from bench.limits import Limits, limits
from bench.load import Request
from bench.report import Goal, Row, show
from bench.servers import ROOT, Machine
from bench.signing import token_of
from bench.site import Cpu, Site, name_of, site
from chassis.database import Database

REQUESTS, WARM_UP = 1_000, 320
# Members: each asks often enough to be known to every process, and answers no more than one may.
ASKING = 160
V1 = "/api/v1"


@dataclass(frozen=True)
class Kind:
    """A kind of request: which limit it is held against, what is promised, what a peer spends.

    `nodebb` is milliseconds of NodeBB on Redis with the same data, from an earlier trial.
    """

    name: str
    limit: str
    goal: float
    most_limits: float | None = None
    consumers_goal: float | None = None
    nodebb: float | None = None
    items: int | None = None  # how many its answer has
    is_new: bool = False  # an earlier release has no such thing


KINDS = (
    Kind("feed of 20", "20 rows", 2.0, most_limits=3.0, nodebb=7.2, items=20),
    Kind("list of 20", "20 rows", 2.0, nodebb=7.2, items=20),
    Kind("a question's 20 answers", "20 rows", 2.0, nodebb=5.7, items=20),
    Kind("one question", "1 row", 1.2),
    Kind("one member", "1 row", 1.2),
    Kind("a member's skills", "20 rows", 1.2),
    Kind("search", "20 rows", 6.0, is_new=True),
    Kind("keyword page", "20 rows", 3.0, is_new=True),
    Kind("for you", "20 rows", 4.0, is_new=True),
    Kind("like", "insert", 2.5, consumers_goal=1.0, nodebb=4.2),
    Kind("answer", "insert", 4.0, consumers_goal=1.2, nodebb=18.1),
)
LIMITS: Mapping[str, Request] = {
    "20 rows": Request("GET", "/rows?limit=20"),
    "1 row": Request("GET", "/rows?limit=1"),
    "insert": Request("POST", "/rows", body={"author": "Member 7", "body": "word " * 60}),
}
LIMIT_NAMES = {
    "20 rows": "bare Flask and psycopg, 20 rows as JSON",
    "1 row": "bare Flask and psycopg, one row as JSON",
    "insert": "bare Flask and psycopg, one durable insert",
}


COMPLETED = (
    "UPDATE posts SET search = setweight(to_tsvector('english', title), 'A')"
    " || setweight(to_tsvector('english', body), 'C')",
    "UPDATE keywords SET post_count = (SELECT count(*) FROM post_keywords WHERE keyword_id ="
    " keywords.id), follower_count = (SELECT count(*) FROM keyword_follow_refs AS follows"
    " WHERE follows.slug = keywords.slug)",
    "VACUUM ANALYZE",
)


class Town:
    """The community on one site, and the requests of its members."""

    def __init__(self, of: Site, asking: int = ASKING) -> None:
        """`asking` is how many of its members ask."""
        self.site = of
        skills = of.database("skills").execute("SELECT id, slug, label_en FROM skills ORDER BY id")
        self._community: Community = made_up(skills.fetchall())
        self._fill()
        members = self._community.members[:: len(self._community.members) // asking][:asking]
        tokens = _tokens(of, members)
        self._asking = cycle(list(zip(members, tokens, strict=True)))
        self._tokens = {member.id: token for member, token in zip(members, tokens, strict=True)}
        self._members = members

    def requests(self, kind: str, count: int) -> list[Request]:
        """Requests of one kind, in turn by each of the members who ask."""
        make: Mapping[str, Callable[[], Request]] = {
            "feed of 20": lambda: self._get("/feed?limit=20"),
            "list of 20": lambda: self._get("/questions?limit=20"),
            "a question's 20 answers": lambda: self._get(
                f"/questions/{self._one_of(self._community.full_questions)}/answers?limit=20"
            ),
            "one question": lambda: self._get(
                f"/questions/{self._one_of(self._community.questions)}"
            ),
            "one member": lambda: self._get(f"/members/{self._author()}"),
            "a member's skills": lambda: self._get(f"/members/{self._author()}/skills"),
            "search": lambda: self._get(f"/search?q={self._community.search()}"),
            "keyword page": lambda: self._get(f"/keywords/{self._word()}"),
            "for you": lambda: self._get("/feed/for-you?view=card"),
            "like": self._like,
            "answer": lambda: self._ask(
                "POST",
                f"/questions/{self._one_of(self._community.other_questions)}/answers",
                {"body": self._community.text()},
            ),
        }
        return [make[kind]() for _ in range(count)]

    def names(self) -> Mapping[str, Callable[[], str]]:
        """What addresses of pages name, one at random each time."""
        return {
            "full_question": lambda: self._one_of(self._community.full_questions),
            "author": self._author,
            "keyword": self._word,
        }

    def next_token(self) -> str:
        """Of the member whose turn it is."""
        return next(self._asking)[1]

    def new_likes(self, count: int) -> list[tuple[str, str, str, str]]:
        """Of any members, never given before: post, its author, who likes it, and its kind."""
        likes = [self._community.next_like(self._community.members) for _ in range(count)]
        return [
            (str(like.post.id), str(like.post.author.id), str(like.liker.id), like.post.kind)
            for like in likes
        ]

    @property
    def asking(self) -> Mapping[UUID, str]:
        """The members who ask, with a token of each."""
        return self._tokens

    def _fill(self) -> None:
        of = self._community
        tables = {
            "identity": rows.of_identity(of),
            "social": rows.of_social(of),
            "discussion": rows.of_discussion(of),
            "skills": rows.of_skills(of),
        }
        for service, theirs in tables.items():
            rows.fill(self.site.database(service), theirs)
        self._complete()
        database = Database(self.site.url("skills"))
        rows.weigh(database)
        database.close()
        self.site.database("skills").execute(
            "UPDATE skills SET post_count = counted.posts FROM (SELECT skill_id, count(*) AS posts"
            " FROM mentions JOIN post_refs ON post_refs.id = post_id AND kind = 'question'"
            " GROUP BY skill_id) AS counted WHERE counted.skill_id = skills.id"
        )

    def _complete(self) -> None:
        """What this release keeps beside the rows: words to be found by, and counts."""
        database = self.site.database("discussion")
        new = "SELECT 1 FROM information_schema.columns WHERE column_name = 'search'"
        if database.execute(new).fetchone():
            for statement in COMPLETED:
                database.execute(statement)

    def _word(self) -> str:
        return self._community.choice(self._community.questions).keywords[0].slug

    def _one_of(self, posts: Sequence[Post]) -> str:
        return str(self._community.choice(posts).id)

    def _author(self) -> str:
        return str(self._community.choice(self._community.posts).author.id)

    def _like(self) -> Request:
        like = self._community.next_like(self._members)
        return Request("PUT", f"{V1}/posts/{like.post.id}/like", self._tokens[like.liker.id])

    def _get(self, path: str) -> Request:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: Any = None) -> Request:
        return Request(method, f"{V1}{path}", next(self._asking)[1], body)


def run(machine: Machine, rounds: int) -> list[Row]:
    """Ours, the limits, and the checkout beside, in turn for each kind in each round."""
    checkouts = {"ours": ROOT} | ({"beside": machine.beside} if machine.beside else {})
    spent: dict[tuple[str, str], list[Cpu]] = {}
    with ExitStack() as stack:
        towns = {}
        for name, checkout in checkouts.items():
            log = machine.folder / f"standalone-{name}.log"
            towns[name] = Town(stack.enter_context(site(log, checkout)))
        bare = stack.enter_context(limits(machine))
        for name, town in towns.items():
            _check(name, town)
        # What writes puts off (checkpoints, vacuum) is to be spent under writes, not under reads.
        reads = [kind for kind in KINDS if kind.limit != "insert"]
        writes = [kind for kind in KINDS if kind.limit == "insert"]
        for kinds in [reads] * rounds + [writes] * rounds:
            for kind in kinds:
                # Right beside what is held against it: a machine's speed changes within a round.
                request = LIMITS[kind.limit]
                cpu = _spend(machine, bare, [request] * WARM_UP, [request] * REQUESTS)
                spent.setdefault(("limits", kind.name), []).append(cpu)
                for name, town in towns.items():
                    if kind.is_new and name != "ours":
                        continue
                    warm = town.requests(kind.name, WARM_UP)
                    cpu = _spend(machine, town.site, warm, town.requests(kind.name, REQUESTS))
                    spent.setdefault((name, kind.name), []).append(cpu)
    beside = name_of(machine.beside) if machine.beside else ""
    return [row for kind in KINDS for row in _rows(kind, spent, beside)]


def _check(name: str, town: Town) -> None:
    """Each kind once: lists must be as long as their names say."""
    for kind in KINDS:
        if kind.is_new and name != "ours":
            continue
        answer = load.fetch(town.requests(kind.name, 1)[0], town.site.port)
        if kind.items is not None and len(answer["items"]) != kind.items:
            raise RuntimeError(f"{name}: {kind.name} has {len(answer['items'])} items")


def _spend(
    machine: Machine, of: Site | Limits, warm: Sequence[Request], requests: Sequence[Request]
) -> Cpu:
    """Milliseconds of CPU a request, of those that follow the warm ones."""
    log = machine.folder / "client.log"
    load.send(warm, of.port, log)
    of.settle()
    measure = of.measure()
    load.send(requests, of.port, log)
    of.settle()
    cpu = measure.stop()
    per = 1_000 / len(requests)
    return Cpu(cpu.requests * per, cpu.consumers * per)


def _rows(kind: Kind, spent: Mapping[tuple[str, str], list[Cpu]], beside: str) -> list[Row]:
    def samples(of: str, part: str) -> list[float]:
        return [getattr(cpu, part) for cpu in spent.get((of, kind.name), [])]

    def text_beside(part: str) -> str:
        found = samples("beside", part)
        return f"{beside}: {show(found)}" if found else ""

    limit = samples("limits", "requests")
    ours = samples("ours", "requests")
    ratios = [one / other for one, other in zip(ours, limit, strict=True)]
    peer = f"; NodeBB on Redis, earlier trial: {kind.nodebb}" if kind.nodebb else ""
    goals, met = [f"≤ {kind.goal:g} ms"], median(ours) <= kind.goal
    if kind.most_limits:
        goals.append(f"≤ {kind.most_limits:g} ×")
        met = met and median(ratios) <= kind.most_limits
    found = [
        Row(
            f"{kind.name}, CPU a request",
            show(ours, "ms"),
            f"{LIMIT_NAMES[kind.limit]}: {show(limit)}{peer}",
            show(ratios),
            ", ".join(goals),
            "yes" if met else "NO",
            text_beside("requests"),
        )
    ]
    if kind.consumers_goal:
        consumers, goal = samples("ours", "consumers"), Goal(kind.consumers_goal, "ms")
        found.append(
            Row(
                f"{kind.name}, the consumers' CPU",
                show(consumers, "ms"),
                goal=str(goal),
                met="yes" if goal.is_met(median(consumers)) else "NO",
                beside=text_beside("consumers"),
            )
        )
    return found


def _tokens(of: Site, members: Sequence[Member]) -> list[str]:
    """Access tokens signed with the site's own key."""
    return [token_of(of.folder, one.id, one.name, rows.HEADLINE) for one in members]
