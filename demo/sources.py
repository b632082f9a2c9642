"""What an import needs to know of a community, wherever it is read from: who did what, and when."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
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


@dataclass(frozen=True)
class Earlier:
    """What of a community happened before a moment, in Unix seconds: another import than all."""

    whole: Source
    until: int

    @property
    def name(self) -> str:
        """That of the whole."""
        return self.whole.name

    @property
    def digest(self) -> str:
        """Another for each moment: it ends elsewhere, so all its times are others."""
        return hashlib.sha256(f"{self.whole.digest} {self.until}".encode()).hexdigest()

    @property
    def left_out(self) -> Counter[str]:
        """Beside what was wrong with the files, what happened later."""
        later = sum(at >= self.until for at, _ in self.whole.in_order())
        return self.whole.left_out + Counter({"acts that came later": later})

    @property
    def mended(self) -> Counter[str]:
        """Of the whole."""
        return self.whole.mended

    @property
    def notes(self) -> Sequence[str]:
        """Of the whole."""
        return self.whole.notes

    @property
    def skills(self) -> list[str]:
        """Of the whole: a catalogue knows more than was asked about so far."""
        return self.whole.skills

    @property
    def begins_at(self) -> int:
        """When the first thing happened."""
        return self.whole.begins_at

    @property
    def ends_at(self) -> int:
        """When the last thing happened; raises CommunityNotFound where nothing had by then."""
        latest = max((at for at, _ in self.in_order()), default=None)
        if latest is None:
            raise CommunityNotFound(f"Nothing happened in {self.name} before that day.")
        return latest

    def name_of(self, person: str) -> str | None:
        """What somebody is called there."""
        return self.whole.name_of(person)

    def ids(self) -> MutableMapping[str, UUID]:
        """The whole's place for which post is which in Skiller."""
        return self.whole.ids()

    def in_order(self) -> Iterator[tuple[int, Act]]:
        """What happened by then, in order."""
        return ((at, act) for at, act in self.whole.in_order() if at < self.until)


def is_past(seconds: int) -> bool:
    """Whether these Unix seconds are after 1970 and not to come."""
    return 0 < seconds < time.time() + DAY
