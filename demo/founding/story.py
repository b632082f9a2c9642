"""What happened in the community, read from the files beside this one, which people edit.

Every time is in days before now. Who acts is there at that time, and acts on what is there:
else StoryMistake says where it is not so.
"""

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
KEYWORD = "#"  # before a keyword that is followed
CODE = "```"
_BLANK = re.compile(r"(?<=\S) (?=[:;?!»%°€])|(?<=«) ")


class StoryMistake(Exception):
    """The files tell what cannot have happened."""


@dataclass(frozen=True)
class Person:
    """A member; `key` is what the files call them, `left` is None for all who are still there."""

    key: str
    name: str
    headline: str
    company: str
    place: str
    language: str
    invited_by: str
    joined: float
    left: float | None
    bio: str


@dataclass(frozen=True)
class Post:
    """A question, a share (with a `form`), or an answer to `question`; `likes` by who and when."""

    by: str
    days: float
    body: str
    title: str = ""
    keywords: tuple[str, ...] = ()
    form: str = ""
    link: str | None = None
    question: "Post | None" = None
    accepted: float | None = None
    likes: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, float]:
        """Nobody writes two posts at one moment."""
        return self.by, self.days

    @property
    def where(self) -> str:
        """Which one it is, for people."""
        if self.question is not None:
            return f"The answer of {self.by} to “{self.question.title}”"
        return f"“{self.title}”"


@dataclass(frozen=True)
class Follow:
    """Who follows a person, or a keyword after `KEYWORD`."""

    member: str
    follows: str
    days: float


@dataclass(frozen=True)
class Story:
    """All of it; those who invite come before those whom they invite, questions before answers."""

    people: Mapping[str, Person]
    posts: list[Post]
    follows: list[Follow]

    @property
    def founders(self) -> list[Person]:
        """Whom nobody invited."""
        return [person for person in self.people.values() if not person.invited_by]


def read_story(folder: Path = FOLDER) -> Story:
    """Raises StoryMistake."""
    people = {row["key"]: _person(row) for row in _rows(folder / "members.csv")}
    people = dict(sorted(people.items(), key=lambda item: -item[1].joined))
    posts = [
        post
        for file in sorted((folder / "posts").glob("*.toml"))
        for post in _posts(tomllib.loads(file.read_text("utf-8")))
    ]
    follows = [
        Follow(row["member"], row["follows"], float(row["days"]))
        for row in _rows(folder / "follows.csv")
    ]
    story = Story(people, posts, follows)
    for mistake in _mistakes(story):
        raise StoryMistake(mistake)
    return story


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def _person(row: Mapping[str, Any]) -> Person:
    left = float(row["left"]) if row["left"] else None
    return Person(**{**row, "joined": float(row["joined"]), "left": left})


def _posts(told: Mapping[str, Any]) -> Iterator[Post]:
    for entry in [*told.get("questions", []), *told.get("shares", [])]:
        answers = entry.pop("answers", [])
        post = _post(entry)
        yield post
        yield from (_post(answer, question=post) for answer in answers)


def _post(entry: Mapping[str, Any], question: Post | None = None) -> Post:
    keywords = tuple(entry.get("keywords", ()))
    texts = {"title": typeset(entry.get("title", "")), "body": typeset(entry["body"].strip())}
    return Post(**{**entry, **texts, "keywords": keywords, "question": question})


def typeset(text: str) -> str:
    """With blanks that do not break where French has them, which nobody sees in a file."""
    parts = text.split(CODE)
    return CODE.join(
        _BLANK.sub("\N{NO-BREAK SPACE}", p) if n % 2 == 0 else p for n, p in enumerate(parts)
    )


def _mistakes(story: Story) -> Iterator[str]:
    people = story.people
    for person in people.values():
        if person.invited_by:
            yield from _absent(people, person.invited_by, person.joined, f"Inviting {person.key}")
    for post in story.posts:
        yield from _mistakes_of(people, post)
    for follow in story.follows:
        where = f"Following {follow.follows}"
        yield from _absent(people, follow.member, follow.days, where)
        if not follow.follows.startswith(KEYWORD):
            yield from _absent(people, follow.follows, follow.days, where)


def _mistakes_of(people: Mapping[str, Person], post: Post) -> Iterator[str]:
    yield from _absent(people, post.by, post.days, post.where)
    if post.question is not None and post.question.days <= post.days:
        yield f"{post.where} comes before its question."
    if post.accepted is not None and post.question is not None:
        where = f"{post.where}, accepted"
        yield from _absent(people, post.question.by, post.accepted, where, since=post.days)
    for liker, days in post.likes.items():
        yield from _absent(people, liker, days, f"{post.where}, liked", since=post.days)
        if liker == post.by:
            yield f"{post.where} is liked by its author."


def _absent(
    people: Mapping[str, Person], key: str, days: float, where: str, *, since: float = float("inf")
) -> Iterator[str]:
    """Why this person cannot have done it then."""
    person = people.get(key)
    if person is None:
        yield f"{where}: nobody is called {key} in members.csv."
    elif not since > days > 0:
        yield f"{where}: {days} days ago is too early, or still to come."
    elif not person.joined > days > (person.left or 0):
        yield f"{where}: {key} was no member {days} days ago."
