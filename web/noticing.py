"""How much is new for a visitor, beside whatever page they look at.

A process remembers it for some seconds, as people open one page after the other; whoever reads in
another process is told apart by a cookie, which says when they read last.
"""

import time
from threading import Lock

from cachetools import TTLCache
from flask import Response, current_app, g, request

from web import session
from web.api import notices
from web.api.client import api
from web.errors import Refused, SignInNeeded

MOST, REMEMBERED_SECONDS = 10_000, 10
READ_AT = "skiller-read-at"


class Counts:
    """How many notices members have not read, and when that was asked."""

    def __init__(self) -> None:
        self._known: TTLCache[str, tuple[float, int]] = TTLCache(MOST, REMEMBERED_SECONDS)
        self._guard = Lock()

    def find(self, member_id: str, *, since: float) -> int | None:
        """What was asked after a moment, if it still is remembered."""
        with self._guard:
            asked_at, count = self._known.get(member_id, (0.0, 0))
        return count if asked_at > since else None

    def keep(self, member_id: str, count: int, *, asked_at: float) -> None:
        """Remember an answer."""
        with self._guard:
            self._known[member_id] = (asked_at, count)


def unread() -> int:
    """How many notices the visitor has not read; none where that does not come."""
    if "unread" not in g:
        me = session.find_me()
        g.unread = _remembered(me.id) if me else 0
    found: int = g.unread
    return found


def opened(object_id: str) -> None:
    """Read what is about something whose page the visitor opened, if anything is unread."""
    if not unread():
        return
    try:
        notices.read_of(api(), object_id)
    except (Refused, SignInNeeded):
        return
    note_reading()


def ask_anew() -> None:
    """Remember nothing of what was asked before: the page at hand is about it."""
    g.asks_anew = True
    g.pop("unread", None)


def note_reading() -> None:
    """Ask anew, on the next pages and in other processes too."""
    g.has_read = True
    ask_anew()


def keep(response: Response) -> Response:
    """After a page on which the visitor read something."""
    if g.get("has_read"):
        response.set_cookie(
            READ_AT,
            str(time.time()),
            max_age=REMEMBERED_SECONDS,
            secure=session.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


def _remembered(member_id: str) -> int:
    counts: Counts = current_app.extensions["counts"]
    asked_at = time.time()
    since = asked_at if g.get("asks_anew") else _read_at()
    known = counts.find(member_id, since=since)
    if known is None:
        known = _count()
        counts.keep(member_id, known, asked_at=asked_at)
    return known


def _read_at() -> float:
    try:
        return float(request.cookies.get(READ_AT, 0))
    except ValueError:
        return 0.0


def _count() -> int:
    calls = api()
    calls.is_trying = True
    try:
        return notices.count_unread(calls)
    except (Refused, SignInNeeded):
        return 0
    finally:
        calls.is_trying = False
