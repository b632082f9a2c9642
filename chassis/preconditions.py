"""`If-Match: "REVISION"`: which state of a thing its change is meant for."""

import re

from flask import request

_REVISION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
NONE_OF_OURS = -1


def find_revision() -> int | None:
    """The revision that the request names, None where it names none."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    found = _REVISION.fullmatch(header.strip())
    return int(found[1]) if found else NONE_OF_OURS
