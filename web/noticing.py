"""How much is new for a visitor, beside whatever page they look at."""

from flask import g

from web import session
from web.api import notices
from web.api.client import api
from web.errors import Refused, SignInNeeded

MANY = 100


def unread() -> int:
    """How many notices the visitor has not read; none where that does not come."""
    if "unread" not in g:
        g.unread = _count() if session.find_me() else 0
    found: int = g.unread
    return found


def opened(object_id: str) -> None:
    """Read what is about something whose page the visitor opened, if anything is unread."""
    if unread():
        attempt_reading(object_id)


def attempt_reading(object_id: str) -> None:
    """The same without asking; a page does without it."""
    try:
        notices.read_of(api(), object_id)
    except (Refused, SignInNeeded):
        return
    g.pop("unread", None)


def _count() -> int:
    calls = api()
    calls.is_trying = True
    try:
        return notices.count_unread(calls)
    except (Refused, SignInNeeded):
        return 0
    finally:
        calls.is_trying = False
