"""Who left, in a file beside the database: a backup that is older knows them still.

A line is a member's id, and `posts` where they took along what they wrote.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID

WITH_POSTS = "posts"


def read(lines: Iterable[str]) -> dict[UUID, bool]:
    """Ids, and whether their posts went too; raises ValueError, which names the line."""
    found = {}
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words:
            continue
        try:
            found[UUID(words[0])] = words[1:] == [WITH_POSTS]
        except ValueError:
            raise ValueError(f"line {number} is no id of a member") from None
    return found


def add(file: Path, left: Mapping[UUID, bool]) -> int:
    """Write those down that the file does not name yet, for good; returns how many."""
    known = read(file.read_text("utf-8").splitlines()) if file.exists() else {}
    new = {one: posts for one, posts in left.items() if one not in known}
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            for one, posts in sorted(new.items()):
                written.write(f"{one} {WITH_POSTS}\n" if posts else f"{one}\n")
            written.flush()
            os.fsync(descriptor)
    return len(new)
