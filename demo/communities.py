"""A community's posts and likes, read from a folder of CSV files that nobody has checked.

`<name>_posts.csv.gz`: post_id, kind (q or a), parent_id, author, ts, skills (by `;`), title and,
where there is one, text. `<name>_votes.csv.gz`: post_id, voter, kind (`up` is a like), ts. Times
are Unix seconds. A row that cannot be imported is left out and counted.
"""

import csv
import gzip
import hashlib
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demo import tidying

POST_COLUMNS = ("post_id", "kind", "parent_id", "author", "ts", "skills", "title")
VOTE_COLUMNS = ("post_id", "voter", "kind", "ts")
LONGEST_FIELD = 10 << 20
DAY = 86_400


class CommunityNotFound(Exception):
    """The folder holds no such community, or one that cannot be read or whose likers hide."""


@dataclass(frozen=True)
class Post:
    """A question, or with `question` an answer to it."""

    id: str
    question: str | None
    author: str
    at: int
    skills: tuple[str, ...] = ()
    title: str = ""
    body: str = tidying.NO_BODY


@dataclass(frozen=True)
class Like:
    """Who liked which post, and when."""

    post: str
    liker: str
    at: int


@dataclass(frozen=True)
class Community:
    """Everything that happened; none refers to what is not there.

    `digest` is that of the files, `left_out` and `mended` count what was wrong with them.
    """

    name: str
    posts: list[Post]
    likes: list[Like]
    digest: str = ""
    left_out: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)

    @property
    def skills(self) -> list[str]:
        """The terms that its posts are about, the most frequent first."""
        counted = Counter(skill for post in self.posts for skill in post.skills)
        return sorted(counted, key=lambda skill: (-counted[skill], skill))

    @property
    def ends_at(self) -> int:
        """When the last thing happened."""
        return max(moment for moment, _ in self.in_order())

    @property
    def begins_at(self) -> int:
        """When the first thing happened."""
        return min(moment for moment, _ in self.in_order())

    def in_order(self) -> list[tuple[int, Post | Like]]:
        """Posts and likes with their moments, in order; none is before what it refers to."""
        moments = {post.id: post.at for post in self.posts if post.question is None}
        for post in self.posts:
            if post.question is not None:
                moments[post.id] = max(post.at, moments[post.question] + 1)
        acts: list[tuple[int, int, Post | Like]] = [
            (moments[post.id], 0 if post.question is None else 1, post) for post in self.posts
        ]
        acts += [(max(like.at, moments[like.post]), 2, like) for like in self.likes]
        return [(at, act) for at, _, act in sorted(acts, key=lambda act: act[:2])]


def read_community(folder: Path, name: str) -> Community:
    """Raises CommunityNotFound."""
    try:
        return _read(folder, name)
    except OSError as error:
        raise CommunityNotFound(f"{error.filename} cannot be read: {error.strerror}.") from None


def _read(folder: Path, name: str) -> Community:
    files = [folder / f"{name}_{part}.csv.gz" for part in ("posts", "votes")]
    if missing := [str(file) for file in files if not file.is_file()]:
        raise CommunityNotFound(f"There is no {' and no '.join(missing)}.")
    left_out: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    posts = _posts(_rows(files[0], POST_COLUMNS), left_out, mended)
    likes = _likes(_rows(files[1], VOTE_COLUMNS), {post.id for post in posts}, left_out)
    if not posts:
        raise CommunityNotFound(f"{files[0]} has no post that can be imported.")
    if likes and not any(like.liker for like in likes):
        raise CommunityNotFound(f"{files[1]} does not say who liked: it cannot be imported.")
    known = [like for like in likes if like.liker]
    left_out["likes without a liker"] += len(likes) - len(known)
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return Community(name, posts, known, digest, +left_out, +mended)


def _posts(
    rows: Iterator[Mapping[str, str]], left_out: Counter[str], mended: Counter[str]
) -> list[Post]:
    posts: dict[str, Post] = {}
    for row in rows:
        if fault := _fault_of_post(row, posts):
            left_out[fault] += 1
        else:
            posts[row["post_id"]] = _post(row, mended)
    orphans = [
        post.id
        for post in posts.values()
        if post.question is not None
        and (post.question not in posts or posts[post.question].question is not None)
    ]
    for orphan in orphans:
        del posts[orphan]
    left_out["answers whose question is missing"] += len(orphans)
    return list(posts.values())


def _fault_of_post(row: Mapping[str, str], posts: Mapping[str, Post]) -> str | None:
    if row["kind"] not in ("q", "a"):
        return "posts of an unknown kind"
    if not row["post_id"]:
        return "posts without an id"
    if row["post_id"] in posts:
        return "posts whose id is taken"
    if not row["author"]:
        return "posts without an author"
    return "posts with a bad date" if _moment(row["ts"]) is None else None


def _post(row: Mapping[str, str], mended: Counter[str]) -> Post:
    is_answer = row["kind"] == "a"
    labels = [label for label in row["skills"].split(";") if label.strip()]
    keywords = tidying.keywords_of(labels)
    mended["keywords left out"] += 0 if is_answer else len(labels) - len(keywords)
    title = "" if is_answer else tidying.title_of(row["title"], row["post_id"])
    mended["titles made fit"] += not is_answer and title != row["title"]
    body = tidying.body_of(row.get("text", "") or title)
    return Post(
        id=row["post_id"],
        question=row["parent_id"] if is_answer else None,
        author=row["author"],
        at=_moment(row["ts"]) or 0,
        skills=keywords,
        title=title,
        body=body,
    )


def _likes(
    rows: Iterator[Mapping[str, str]], posts: set[str], left_out: Counter[str]
) -> list[Like]:
    likes: dict[tuple[str, str], Like] = {}
    for row in rows:
        if row["kind"] != "up":
            continue
        key = row["post_id"], row["voter"]
        at = _moment(row["ts"])
        if key[0] not in posts:
            left_out["likes of posts that are not there"] += 1
        elif at is None:
            left_out["likes with a bad date"] += 1
        elif key in likes and key[1]:
            left_out["likes given twice"] += 1
        else:
            # Without likers each is one of many, and the whole is refused or counted.
            likes[key if key[1] else (key[0], f"\0{len(likes)}")] = Like(*key, at)
    return list(likes.values())


def _moment(text: str) -> int | None:
    """Unix seconds after 1970 that are not to come, or None."""
    try:
        seconds = int(text)
    except ValueError:
        return None
    return seconds if 0 < seconds < time.time() + DAY else None


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[Mapping[str, str]]:
    """The rows, of which none lacks one of the columns; raises CommunityNotFound."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
            reader = csv.DictReader(text, restval="")
            if missing := set(columns) - set(reader.fieldnames or ()):
                raise CommunityNotFound(f"{file} has no column {', '.join(sorted(missing))}.")
            yield from reader
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise CommunityNotFound(f"{file} is cut off, or not compressed by gzip.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommunityNotFound(f"{file} is no CSV in UTF-8: {error}.") from None
