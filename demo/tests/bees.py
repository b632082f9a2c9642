"""The community `bees`: a question and two answers, liked."""

from collections.abc import Callable, Sequence
from pathlib import Path

Row = Sequence[str]
Write = Callable[[Sequence[Row], Sequence[Row]], Path]
POSTS = [
    # post_id, kind, parent_id, author, ts, skills, title
    ("1", "q", "0", "asker", "1000", "beekeeping", "Beekeeping in town?"),
    ("2", "a", "1", "expert", "2000", "beekeeping", ""),
    ("3", "a", "1", "novice", "900", "beekeeping", ""),  # dated before its question
]
# post_id, voter, kind, ts
VOTES = [("2", "asker", "up", "3000"), ("2", "novice", "up", "4000"), ("3", "asker", "up", "5000")]
