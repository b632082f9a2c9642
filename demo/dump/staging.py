"""A dump on its way in: what is needed of its files, in a file of its own that is thrown away.

So memory stays small whatever the dump's size, and what happened can be read in order of time.
"""

import hashlib
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from demo import tidying
from demo.dump.markdown import markdown_of
from demo.dump.rows import read_rows
from demo.likers import Likers, drawn_note
from demo.sources import DAY, Accept, Act, CommunityNotFound, Like, Post, is_past

POSTS, USERS, VOTES, COMMENTS = FILES = ("Posts.xml", "Users.xml", "Votes.xml", "Comments.xml")
KINDS = {"1": "q", "2": "a"}
ACCEPTED, LIKED = "1", "2"  # of votes
BATCH = 5_000
_TABLES = """
CREATE TABLE posts (id INTEGER PRIMARY KEY, kind TEXT, parent INTEGER, author TEXT, at INTEGER,
    tags TEXT, title TEXT, body TEXT, accepted INTEGER, moment INTEGER);
CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT, since INTEGER, votes INTEGER);
CREATE TABLE votes (post INTEGER, kind TEXT, at INTEGER);
CREATE TABLE comments (post INTEGER, author TEXT, at INTEGER);
CREATE TABLE tags (tag TEXT PRIMARY KEY, count INTEGER);
CREATE TABLE likes (post INTEGER, liker TEXT, at INTEGER);
CREATE TABLE accepts (post INTEGER, asker TEXT, at INTEGER);
CREATE TABLE known (id TEXT PRIMARY KEY, known BLOB);
"""
_TIDY = """
CREATE INDEX posts_parent ON posts (parent);
CREATE INDEX votes_post ON votes (post);
CREATE INDEX comments_post ON comments (post);
DELETE FROM posts WHERE kind = 'a' AND NOT EXISTS
    (SELECT 1 FROM posts asked WHERE asked.id = posts.parent AND asked.kind = 'q');
UPDATE posts SET moment = CASE kind WHEN 'q' THEN at ELSE
    max(at, 1 + (SELECT asked.at FROM posts asked WHERE asked.id = posts.parent)) END;
INSERT INTO accepts SELECT answer.id, asked.author, max(answer.moment, coalesce(
    (SELECT max(at) FROM votes WHERE votes.post = answer.id AND votes.kind = 'accept'), 0))
    FROM posts asked JOIN posts answer ON answer.id = asked.accepted AND answer.parent = asked.id;
"""
_ACTS = """
SELECT moment, CASE kind WHEN 'q' THEN 0 ELSE 1 END AS rank, id, parent, author, tags, title, body
    FROM posts
UNION ALL SELECT max(likes.at, posts.moment), 2, post, NULL, liker, '', '', ''
    FROM likes JOIN posts ON posts.id = likes.post
UNION ALL SELECT at, 3, post, NULL, asker, '', '', '' FROM accepts
ORDER BY 1, 2, 3, 5
"""


_VOTES = """
SELECT votes.post, posts.author, coalesce(posts.parent, posts.id), max(votes.at, posts.moment)
    FROM votes JOIN posts ON posts.id = votes.post WHERE votes.kind = 'up' ORDER BY 1, 4
"""
_LOST = "SELECT count(*) FROM votes WHERE kind = 'up' AND post NOT IN (SELECT id FROM posts)"
_PARTICIPANTS = """
SELECT at, author FROM posts WHERE id = ?1 OR parent = ?1
UNION ALL SELECT comments.at, comments.author
    FROM comments JOIN posts ON posts.id = comments.post WHERE posts.id = ?1 OR posts.parent = ?1
ORDER BY 1, 2
"""


class Dump:
    """A dump that can be imported; as a context manager it throws its file away."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.left_out: Counter[str] = Counter()
        self.mended: Counter[str] = Counter()
        self.notes: list[str] = []
        self._folder = folder
        self._digest = hashlib.sha256()
        self._kept = tempfile.TemporaryDirectory(prefix="skiller-import-")

    def __enter__(self) -> Self:
        """Reads the files; raises CommunityNotFound."""
        # Autocommit off costs nothing: what is half there is thrown away.
        self._base = sqlite3.connect(Path(self._kept.name) / "staging.sqlite")
        try:
            self._base.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF;" + _TABLES)
            self._read()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._base.close()
        self._kept.cleanup()

    @property
    def digest(self) -> str:
        """That of the files."""
        return self._digest.hexdigest()

    @property
    def skills(self) -> list[str]:
        """The tags of its questions, the most frequent first."""
        rows = self._base.execute("SELECT tag FROM tags ORDER BY count DESC, tag")
        return [tag for (tag,) in rows]

    @property
    def begins_at(self) -> int:
        """When the first thing happened."""
        return self._one("SELECT min(moment) FROM posts")

    @property
    def ends_at(self) -> int:
        """When the last thing happened."""
        latest = "SELECT max(moment) AS at FROM posts UNION ALL SELECT max(at) FROM likes"
        return self._one(f"SELECT max(at) FROM ({latest} UNION ALL SELECT max(at) FROM accepts)")

    def name_of(self, person: str) -> str | None:
        """What somebody is called there, where the files say so."""
        found = self._base.execute("SELECT name FROM users WHERE id = ?", (person,)).fetchone()
        return str(found[0]) if found and found[0] else None

    def ids(self) -> MutableMapping[str, UUID]:
        """A place for which post is which in Skiller."""
        return _Ids(self._base)

    def in_order(self) -> Iterator[tuple[int, Act]]:
        """Everything with its moment, in order; none is before what it refers to."""
        for at, rank, post, parent, who, tags, title, body in self._base.execute(_ACTS):
            if rank == 2:
                yield at, Like(str(post), who, at)
            elif rank == 3:
                yield at, Accept(str(post), who, at)
            else:
                question = None if parent is None else str(parent)
                skills = tuple(tags.split("\n")) if tags else ()
                yield at, Post(str(post), question, who, at, skills, title, body)

    def _read(self) -> None:
        self._fill("posts", POSTS, self._post, columns=10)
        if not self._one("SELECT count(*) FROM posts"):
            raise CommunityNotFound(f"{self._folder / POSTS} has no post that can be imported.")
        self._fill("users", USERS, _user, columns=4)
        self._fill("votes", VOTES, self._vote, columns=3)
        self._fill("comments", COMMENTS, self._comment, columns=3)
        before = self._one("SELECT count(*) FROM posts")
        self._base.executescript(_TIDY)
        self.left_out["answers whose question is missing"] += before - self._one(
            "SELECT count(*) FROM posts"
        )
        self._draw_likers()
        self.left_out, self.mended = +self.left_out, +self.mended

    def _fill(self, table: str, name: str, row_of: Any, *, columns: int) -> None:
        file = self._folder / name
        if not file.is_file():
            self.notes.append(f"There is no {name}: what it would tell is missing.")
            return
        self._take_in(file)
        places = ",".join("?" * columns)
        insert = f"INSERT OR IGNORE INTO {table} VALUES ({places})"
        batch: list[Any] = []
        for row in read_rows(file):
            if (values := row_of(row)) is not None:
                batch.append(values)
            if len(batch) == BATCH:
                self._base.executemany(insert, batch)
                batch.clear()
        self._base.executemany(insert, batch)

    def _take_in(self, file: Path) -> None:
        with file.open("rb") as source:
            while piece := source.read(1 << 20):
                self._digest.update(piece)

    def _post(self, row: Mapping[str, str]) -> tuple[Any, ...] | None:
        kind, number, at = KINDS.get(row.get("PostTypeId", "")), _number(row.get("Id")), _at(row)
        author = _author(row, "Owner")
        faults = {
            "posts of another kind": kind,
            "posts without an id": number,
            "posts without an author": author,
            "posts with a bad date": at,
        }
        for fault in [fault for fault, found in faults.items() if found is None][:1]:
            self.left_out[fault] += 1
            return None
        body = tidying.body_of(markdown_of(row.get("Body", "")))
        if kind == "a":
            parent = _number(row.get("ParentId"))
            return number, kind, parent, author, at, "", "", body, None, at
        labels = [one for one in re.split(r"[<>|]+", row.get("Tags", "")) if one]
        keywords = tidying.keywords_of(labels)
        self.mended["keywords left out"] += len(labels) - len(keywords)
        title = tidying.title_of(row.get("Title", ""), str(number))
        self.mended["titles made fit"] += title != row.get("Title", "")
        for tag in keywords:
            count = "INSERT INTO tags VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1"
            self._base.execute(count, (tag,))
        accepted = _number(row.get("AcceptedAnswerId"))
        return number, kind, None, author, at, "\n".join(keywords), title, body, accepted, at

    def _vote(self, row: Mapping[str, str]) -> tuple[Any, ...] | None:
        kind = {ACCEPTED: "accept", LIKED: "up"}.get(row.get("VoteTypeId", ""))
        post, at = _number(row.get("PostId")), _at(row)
        if kind is None:
            return None  # of what Skiller has not: votes against, closing, bounties
        if post is None or at is None:
            self.left_out["votes with a bad date or post"] += 1
            return None
        return post, kind, at

    def _comment(self, row: Mapping[str, str]) -> tuple[Any, ...] | None:
        """Who took part; what they said has no place in Skiller."""
        post, author, at = _number(row.get("PostId")), _author(row, ""), _at(row)
        return None if post is None or author is None or at is None else (post, author, at)

    def _draw_likers(self) -> None:
        """A dump never says who voted: draw it."""
        likers = Likers(self._people())
        drawn = 0
        for (post, author, thread), found in groupby(
            self._base.execute(_VOTES), key=lambda row: row[:3]
        ):
            moments = [row[3] for row in found]
            near = self._participants(thread)
            by = likers.draw(str(post), author, [at + DAY for at in moments], near)
            rows = [(post, one, at) for one, at in zip(by, moments, strict=True) if one]
            self.left_out["likes for which nobody was left"] += len(moments) - len(rows)
            self._base.executemany("INSERT INTO likes VALUES (?, ?, ?)", rows)
            drawn += len(rows)
        self.left_out["likes of posts that are not there"] += self._one(_LOST)
        if drawn:
            self.notes.append(drawn_note(drawn))

    def _people(self) -> Iterator[tuple[int, int, str]]:
        """Who may have voted: since when they are there, and how often they did, or else wrote."""
        wrote = "SELECT author, min(at), count(*) FROM posts GROUP BY author"
        eager = {author: (since, count) for author, since, count in self._base.execute(wrote)}
        voted = self._one("SELECT coalesce(sum(votes), 0) FROM users")
        for person, since, votes in self._base.execute("SELECT id, since, votes FROM users"):
            begun, count = eager.pop(person, (since, 0))
            yield min(since, begun), votes if voted else count, person
        for author, (since, count) in eager.items():
            yield since, 0 if voted else count, author

    def _participants(self, thread: int) -> list[tuple[int, str]]:
        return self._base.execute(_PARTICIPANTS, (thread,)).fetchall()

    def _one(self, statement: str) -> int:
        return int(self._base.execute(statement).fetchone()[0])


class _Ids(MutableMapping[str, UUID]):
    """Which post is which in Skiller, in the dump's own file."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def __getitem__(self, key: str) -> UUID:
        found = self._base.execute("SELECT known FROM known WHERE id = ?", (key,)).fetchone()
        if found is None:
            raise KeyError(key)
        return UUID(bytes=found[0])

    def __setitem__(self, key: str, value: UUID) -> None:
        self._base.execute("INSERT OR REPLACE INTO known VALUES (?, ?)", (key, value.bytes))

    def __delitem__(self, key: str) -> None:
        self._base.execute("DELETE FROM known WHERE id = ?", (key,))

    def __len__(self) -> int:
        return int(self._base.execute("SELECT count(*) FROM known").fetchone()[0])

    def __iter__(self) -> Iterator[str]:
        return (key for (key,) in self._base.execute("SELECT id FROM known"))


def _user(row: Mapping[str, str]) -> tuple[Any, ...] | None:
    since = _at(row)
    if not row.get("Id") or since is None:
        return None
    return row["Id"], row.get("DisplayName", ""), since, _number(row.get("UpVotes")) or 0


def _author(row: Mapping[str, str], prefix: str) -> str | None:
    """By id, or who left by the name that was kept."""
    name = row.get(f"{prefix or 'User'}DisplayName")
    return row.get(f"{prefix}UserId") or (f"formerly {name}" if name else None)


def _number(text: str | None) -> int | None:
    try:
        number = int(text or "")
    except ValueError:
        return None
    return number if 0 < number < 1 << 62 else None


def _at(row: Mapping[str, str]) -> int | None:
    """When, in Unix seconds; the files have UTC without saying so."""
    try:
        moment = datetime.fromisoformat(row.get("CreationDate", "")).replace(tzinfo=UTC)
    except ValueError:
        return None
    seconds = int(moment.timestamp())
    return seconds if is_past(seconds) else None
