"""Titles, bodies and keywords of foreign data, as Skiller's own members may write them.

The limits are those of `services.discussion.schemas`, which import data cannot ask: what
does not fit is made to.
"""

import unicodedata
from collections.abc import Sequence

from chassis.slugs import slug_of
from chassis.texts import count_seen, is_line, is_storable, tidy_line, without_controls
from services.discussion.rules import LONGEST_SLUG

SHORTEST_TITLE, LONGEST_TITLE = 6, 150
LONGEST_BODY = 20_000
LONGEST_KEYWORD, MOST_KEYWORDS = 50, 5
NO_BODY = "…"


def title_of(text: str, post_id: str) -> str:
    """A title on one line that shows what it has; one that is too short names the post."""
    title = line_of(text)
    if count_seen(title) < SHORTEST_TITLE:
        title = line_of(f"{title or 'Untitled'} ({post_id[:50]})")
    if count_seen(title) < SHORTEST_TITLE or not is_line(title):
        title = "Untitled"
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


def body_of(text: str) -> str:
    """Markdown without what steers a terminal, and never empty."""
    body = without_controls(text.replace("\x00", "")).strip()[:LONGEST_BODY]
    return body if is_storable(body) and count_seen(body) else NO_BODY


def keywords_of(labels: Sequence[str]) -> tuple[str, ...]:
    """The first five that may be keywords, each once."""
    found: dict[str, str] = {}
    for label in map(line_of, labels):
        slug = slug_of(label)
        if is_keyword(label) and 0 < len(slug) <= LONGEST_SLUG:
            found.setdefault(slug, label)
    return tuple(found.values())[:MOST_KEYWORDS]


def is_keyword(label: str) -> bool:
    """Whether a label has few enough letters, all of which show."""
    return 0 < len(label) <= LONGEST_KEYWORD and is_line(label, has_emoji=False)


def line_of(text: str) -> str:
    """One line without letters that nobody sees."""
    return tidy_line("".join(" " if c.isspace() else c for c in text if c.isspace() or _shows(c)))


def _shows(letter: str) -> bool:
    return unicodedata.category(letter)[0] != "C"
