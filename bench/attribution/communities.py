"""A real community as posts and votes, what was known at a moment, and what came after it.

The data lie beside the project, in `../shared/data`; nothing of them goes in here. The definitions
are those of docs/attribution.md, section 1.
"""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
DAY = 86_400
WHOLLY = 100


@dataclass(frozen=True, slots=True)
class Post:
    """A question or an answer; `at` in seconds of Unix.

    `relevances` say in hundredths how much it is about each of its skills: wholly where none is.
    """

    id: int
    is_answer: bool
    parent: int
    author: int
    at: int
    skills: tuple[str, ...]
    relevances: tuple[int, ...] = ()

    def relevance(self, skill: str) -> int:
        """How much it is about one of its skills, in hundredths."""
        return self.relevances[self.skills.index(skill)] if self.relevances else WHOLLY


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote; `voter` is None where the data do not say whose."""

    at: int
    post: int
    voter: int | None
    value: int
    kind: str


@dataclass(frozen=True)
class Community:
    """All posts and votes, the earliest first."""

    name: str
    posts: Mapping[int, Post]
    votes: Sequence[Vote]
    # Where the data say so: when members joined, and comments (when, on which post, whose).
    joined: Mapping[int, int] = field(default_factory=dict)
    comments: Sequence[tuple[int, int, int]] = ()

    @property
    def answers(self) -> list[Post]:
        return sorted((one for one in self.posts.values() if one.is_answer), key=lambda p: p.at)

    def split(self, share: float) -> int:
        """The day before which this share of the answers was written."""
        answers = self.answers
        at = answers[int(len(answers) * share)].at
        return at - at % DAY


def read_community(name: str, folder: Path) -> Community:
    """A data set; raises FileNotFoundError where it is not at hand."""
    posts = {}
    for row in rows_of(folder / f"{name}_posts.csv.gz"):
        skills = tuple(one for one in row["skills"].split(";") if one)
        parent = int(row["parent_id"] or 0)
        author, at = int(row["author"]), int(row["ts"])
        post_id = int(row["post_id"])
        posts[post_id] = Post(post_id, row["kind"] == "a", parent, author, at, skills)
    votes = [
        Vote(
            int(row["ts"]),
            int(row["post_id"]),
            int(float(row["voter"])) if row["voter"] not in ("", "nan") else None,
            int(row["value"]),
            row["kind"],
        )
        for row in rows_of(folder / f"{name}_votes.csv.gz")
    ]
    users = _rows_or_none(folder / f"{name}_users.csv.gz")
    comments = _rows_or_none(folder / f"{name}_comments.csv.gz")
    return Community(
        name,
        posts,
        sorted(votes, key=lambda vote: vote.at),
        {int(row["user"]): int(row["ts_created"]) for row in users},
        [(int(row["ts"]), int(row["post_id"]), int(row["user"])) for row in comments],
    )


@dataclass
class Known:
    """What was written and voted strictly before a moment."""

    community: Community
    until: int
    answers: list[Post] = field(default_factory=list)
    questions: list[Post] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    up: Counter[int] = field(default_factory=Counter)
    down: Counter[int] = field(default_factory=Counter)
    accepted: set[int] = field(default_factory=set)
    # By skill and member: their answers, their questions.
    answered: dict[str, dict[int, list[Post]]] = field(default_factory=dict)
    asked: dict[str, dict[int, list[Post]]] = field(default_factory=dict)

    @classmethod
    def before(cls, community: Community, until: int) -> "Known":
        """Votes that came later on older posts are not known either."""
        known = cls(community, until)
        posts = community.posts
        known.votes = [v for v in community.votes if v.at < until and posts[v.post].at < until]
        for vote in known.votes:
            if vote.kind == "accept":
                known.accepted.add(vote.post)
            elif vote.kind == "up":
                known.up[vote.post] += 1
            elif vote.kind == "down":
                known.down[vote.post] += 1
        known.answers = [one for one in community.answers if one.at < until]
        known.questions = [p for p in posts.values() if not p.is_answer and p.at < until]
        for kept, written in ((known.answered, known.answers), (known.asked, known.questions)):
            for post in written:
                for skill in post.skills:
                    kept.setdefault(skill, {}).setdefault(post.author, []).append(post)
        return known

    def with_more(self, posts: Sequence[Post], likes: Iterable[int]) -> "Known":
        """The same with posts, whose questions and answers are in one skill each, and likes."""
        community = replace(
            self.community, posts={**self.community.posts, **{one.id: one for one in posts}}
        )
        known = replace(self, community=community, up=self.up + Counter(likes))
        known.answers = self.answers + [one for one in posts if one.is_answer]
        known.questions = self.questions + [one for one in posts if not one.is_answer]
        known.answered, known.asked = dict(self.answered), dict(self.asked)
        for post in posts:
            kept = known.answered if post.is_answer else known.asked
            for skill in post.skills:
                mine = kept[skill] = dict(kept.get(skill, {}))
                mine[post.author] = [*mine.get(post.author, ()), post]
        return known


@dataclass(frozen=True)
class Query:
    """A skill, who may be proposed, and how many best answers each of them wrote afterwards."""

    skill: str
    candidates: Sequence[int]
    wins: Mapping[int, int]


def best_answers(community: Community, since: int) -> set[int]:
    """Answers written since a moment that were accepted, or got the most votes of their thread.

    None to one's own question, and none without a vote.
    """
    up: Counter[int] = Counter()
    accepted = set()
    for vote in community.votes:
        if vote.kind == "accept":
            accepted.add(vote.post)
        elif vote.kind in ("up", "down"):
            up[vote.post] += vote.value
    threads: dict[int, list[Post]] = defaultdict(list)
    for answer in community.answers:
        threads[answer.parent].append(answer)
    best = set()
    for question, answers in threads.items():
        most = max(up[answer.id] for answer in answers)
        asker = community.posts[question].author if question in community.posts else None
        for answer in answers:
            is_top = up[answer.id] >= 1 and up[answer.id] == most
            is_best = answer.id in accepted or is_top
            if answer.at >= since and answer.author != asker and is_best:
                best.add(answer.id)
    return best


def queries_of(
    known: Known, *, candidates: int = 10, winners: int = 3, most_answers: int | None = None
) -> list[Query]:
    """Skills with enough candidates and enough of them who win later.

    `most_answers` leaves those who wrote more in the skill out: who is new to it.
    """
    wins: dict[str, Counter[int]] = defaultdict(Counter)
    for answer_id in best_answers(known.community, known.until):
        post = known.community.posts[answer_id]
        for skill in post.skills:
            wins[skill][post.author] += 1
    found = []
    for skill, members in known.answered.items():
        few = most_answers
        of = [m for m, written in members.items() if few is None or len(written) <= few]
        later = {member: wins[skill][member] for member in of if wins[skill][member]}
        if len(of) >= candidates and len(later) >= winners:
            found.append(Query(skill, of, later))
    return sorted(found, key=lambda query: query.skill)


def _rows_or_none(path: Path) -> list[dict[str, str]]:
    return rows_of(path) if path.exists() else []


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a compressed table."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
