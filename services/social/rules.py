"""Pure decisions of social."""

import re

# As long as discussion makes them of the longest label.
LONGEST_SLUG = 300
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def is_slug(text: str) -> bool:
    """Whether a text may be a keyword's address: words joined by single hyphens."""
    return len(text) <= LONGEST_SLUG and _SLUG.fullmatch(text) is not None
