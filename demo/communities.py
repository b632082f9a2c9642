"""A community's posts and likes, read from a folder of CSV files that nobody has checked.

`<name>_posts.csv.gz`: post_id, kind (q or a), parent_id, author, ts, skills (by `;`), title and,
where there is one, text. `<name>_votes.csv.gz`: post_id, voter, kind (`up` is a like, `accept` of
the asker), ts. Times are Unix seconds. A row that cannot be imported is left out and counted. Where
no voter is named, who liked is drawn; `<name>_users.csv.gz` (user, ts_created, upvotes_cast) and
`<name>_comments.csv.gz` (post_id, user, ts), where they are, make that likelier.
"""

import csv
import gzip
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from uuid import UUID

from demo import tidying
from demo.likers import Likers, drawn_note
from demo.sources import DAY, Accept, Act, CommunityNotFound, Like, Post, is_past

POST_COLUMNS = ("post_id", "kind", "parent_id", "author", "ts", "skills", "title")
VOTE_COLUMNS = ("post_id", "voter", "kind", "ts")
ENDING = "_posts.csv.gz"
LONGEST_FIELD = 10 << 20


@dataclass(frozen=True)
class Community:
    """Everything that happened; none refers to what is not there."""

    name: str
    posts: list[Post]
    likes: list[Like]
    digest: str = ""
    left_out: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    accepts: list[Accept] = field(default_factory=list)
    notes: Sequence[str] = ()

    def name_of(self, person: str) -> str | None:
        """Tables name nobody."""
        return None

    def ids(self) -> MutableMapping[str, UUID]:
        """In memory: so are the posts."""
        return {}

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

    def in_order(self) -> list[tuple[int, Act]]:
        """Everything with its moment, in order; none is before what it refers to."""
        moments = {post.id: post.at for post in self.posts if post.question is None}
        for post in self.posts:
            if post.question is not None:
                moments[post.id] = max(post.at, moments[post.question] + 1)
        acts: list[tuple[int, int, Act]] = [
            (moments[post.id], 0 if post.question is None else 1, post) for post in self.posts
        ]
        acts += [(max(like.at, moments[like.post]), 2, like) for like in self.likes]
        acts += [(max(one.at, moments[one.post]), 3, one) for one in self.accepts]
        return [(at, act) for at, _, act in sorted(acts, key=lambda act: act[:2])]


def find_community(folder: Path) -> str:
    """The name of the only one in a folder; raises CommunityNotFound."""
    names = [file.name.removesuffix(ENDING) for file in sorted(folder.glob(f"*{ENDING}"))]
    if len(names) == 1:
        return names[0]
    if names:
        raise CommunityNotFound(f"Say which by --community: {', '.join(names)}.")
    raise CommunityNotFound(f"There is no Posts.xml and no *{ENDING} in {folder}.")


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
    accepts = _accepts(_rows(files[1], VOTE_COLUMNS), {post.id: post for post in posts})
    if not posts:
        raise CommunityNotFound(f"{files[0]} has no post that can be imported.")
    notes = []
    if likes and not any(like.liker for like in likes):
        likes = _drawn(folder, name, posts, likes)
        notes.append(drawn_note(sum(bool(like.liker) for like in likes)))
    known = [like for like in likes if like.liker]
    left_out["likes without a liker"] += len(likes) - len(known)
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return Community(name, posts, known, digest, +left_out, +mended, accepts, notes)


def _drawn(folder: Path, name: str, posts: Sequence[Post], likes: Sequence[Like]) -> list[Like]:
    """The likes, each by whoever may have given it."""
    by_id = {post.id: post for post in posts}
    likers = Likers(_people(folder / f"{name}_users.csv.gz", posts))
    near: dict[str, list[tuple[int, str]]] = {}
    for post in posts:
        near.setdefault(post.question or post.id, []).append((post.at, post.author))
    for row in _rows_if(folder / f"{name}_comments.csv.gz", ("post_id", "user", "ts")):
        at = _moment(row["ts"])
        if at is not None and row["post_id"] in by_id and row["user"]:
            one = by_id[row["post_id"]]
            near[one.question or one.id].append((at, row["user"]))
    found = []
    ordered = sorted(likes, key=lambda like: (like.post, like.at))
    for post_id, same in groupby(ordered, key=lambda like: like.post):
        given, post = list(same), by_id[post_id]
        moments = [max(like.at, post.at) + DAY for like in given]
        there = sorted(near[post.question or post.id])
        by = likers.draw(post_id, post.author, moments, there)
        found += [replace(like, liker=one or "") for like, one in zip(given, by, strict=True)]
    return found


def _people(file: Path, posts: Sequence[Post]) -> Iterator[tuple[int, int, str]]:
    """Since when somebody is there, and how often they voted; or how much they wrote."""
    wrote = Counter(post.author for post in posts)
    since = {post.author: post.at for post in sorted(posts, key=lambda post: -post.at)}
    rows = list(_rows_if(file, ("user", "ts_created")))
    is_counted = any(row.get("upvotes_cast") for row in rows)
    for row in rows:
        at = _moment(row["ts_created"])
        if at is not None and row["user"]:
            begun = min(at, since.pop(row["user"], at))
            votes = int(row["upvotes_cast"] or 0) if is_counted else wrote[row["user"]]
            yield begun, votes, row["user"]
    for author, at in since.items():
        yield at, 0 if is_counted else wrote[author], author


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


def _accepts(rows: Iterator[Mapping[str, str]], posts: Mapping[str, Post]) -> list[Accept]:
    """Of each question the answer that was accepted last."""
    found: dict[str, Accept] = {}
    for row in rows:
        at, post = _moment(row["ts"]), posts.get(row["post_id"])
        if row["kind"] == "accept" and at is not None and post and post.question:
            known = found.get(post.question)
            if known is None or known.at <= at:
                found[post.question] = Accept(post.id, posts[post.question].author, at)
    return list(found.values())


def _moment(text: str) -> int | None:
    """Unix seconds after 1970 that are not to come, or None."""
    try:
        seconds = int(text)
    except ValueError:
        return None
    return seconds if is_past(seconds) else None


def _rows_if(file: Path, columns: tuple[str, ...]) -> Iterator[Mapping[str, str]]:
    return _rows(file, columns) if file.is_file() else iter(())


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
