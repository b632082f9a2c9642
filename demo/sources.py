"""What an import needs to know of a community, wherever it is read from: who did what, and when."""

import time
from collections import Counter
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from demo import tidying

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
class Accept:
    """That the asker accepts an answer."""

    post: str
    asker: str
    at: int


Act = Post | Like | Accept


class Source(Protocol):
    """What an import needs to know of a community, wherever it is read from.

    `digest` is that of the files, `left_out` and `mended` count what was wrong with them, `notes`
    say what else one should know of them.
    """

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def left_out(self) -> Counter[str]: ...
    @property
    def mended(self) -> Counter[str]: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def skills(self) -> list[str]:
        """The terms that its posts are about, the most frequent first."""

    @property
    def begins_at(self) -> int: ...
    @property
    def ends_at(self) -> int: ...
    def name_of(self, person: str) -> str | None:
        """What somebody is called, where the data say so."""

    def ids(self) -> MutableMapping[str, UUID]:
        """A place for which post is which in Skiller."""

    def in_order(self) -> Iterable[tuple[int, Act]]:
        """Everything with its moment, in order; none is before what it refers to."""


def is_past(seconds: int) -> bool:
    """Whether these Unix seconds are after 1970 and not to come."""
    return 0 < seconds < time.time() + DAY
