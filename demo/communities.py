"""Reads a community's posts and likes from a folder of CSV files.

`<name>_posts.csv.gz`: post_id, kind (q or a), parent_id, author, ts, skills (by `;`), title.
`<name>_votes.csv.gz`: post_id, voter, kind, ts. Times are Unix seconds.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class CommunityNotFound(Exception):
    """The folder holds no such community, or one whose likers are not known."""


@dataclass(frozen=True)
class Post:
    """A question, or with `question` an answer to it."""

    id: str
    question: str | None
    author: str
    at: int
    skills: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class Like:
    """Who liked which post, and when."""

    post: str
    liker: str
    at: int


@dataclass(frozen=True)
class Community:
    """Everything that happened, posts and likes each in the order of time."""

    name: str
    posts: list[Post]
    likes: list[Like]

    @property
    def skills(self) -> list[str]:
        """The terms that its posts are about, the most frequent first."""
        counted = Counter(skill for post in self.posts for skill in post.skills)
        return sorted(counted, key=lambda skill: (-counted[skill], skill))

    @property
    def ends_at(self) -> int:
        """When the last thing happened."""
        return max(act.at for act in (*self.posts, *self.likes))

    def in_order(self) -> list[tuple[int, Post | Like]]:
        """Posts and likes with their moments, in order; none is before what it refers to."""
        begun = {post.id: post.at for post in self.posts}
        acts: list[Post | Like] = [*self.posts, *self.likes]

        def moment(act: Post | Like) -> tuple[int, int]:
            if isinstance(act, Like):
                return max(act.at, begun[act.post]), 2
            if act.question is None:
                return act.at, 0
            return max(act.at, begun[act.question] + 1), 1

        return [(moment(act)[0], act) for act in sorted(acts, key=moment)]


def read_community(folder: Path, name: str) -> Community:
    """Raises CommunityNotFound."""
    files = [folder / f"{name}_{part}.csv.gz" for part in ("posts", "votes")]
    if missing := [str(file) for file in files if not file.exists()]:
        raise CommunityNotFound(f"There is no {' and no '.join(missing)}.")
    likes = [
        Like(row["post_id"], row["voter"], int(row["ts"]))
        for row in _rows(files[1])
        if row["kind"] == "up"
    ]
    if not all(like.liker for like in likes):
        raise CommunityNotFound(f"{files[1]} does not say who liked: it cannot be imported.")
    posts = [
        Post(
            id=row["post_id"],
            question=row["parent_id"] if row["kind"] == "a" else None,
            author=row["author"],
            at=int(row["ts"]),
            skills=tuple(skill for skill in row["skills"].split(";") if skill),
            title=row["title"],
        )
        for row in _rows(files[0])
    ]
    return Community(name, posts, likes)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)
