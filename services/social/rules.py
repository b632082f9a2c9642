"""Pure decisions of social."""

import re
from datetime import timedelta

# As long as discussion makes them of the longest label.
LONGEST_SLUG = 300
MOST_FOLLOWS = 7_500
NEW_FOLLOWS_A_DAY = 200
# Whom nobody heard of for longer is suggested to nobody.
SILENT_AFTER = timedelta(days=90)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def is_slug(text: str) -> bool:
    """Whether a text may be a keyword's address: words joined by single hyphens."""
    return len(text) <= LONGEST_SLUG and _SLUG.fullmatch(text) is not None
