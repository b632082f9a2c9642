"""Who visits: tokens in cookies that no script reads, and one refresh for each token.

A page decodes the access token to draw by it; whether it is true, the gateway checks with
every call.
"""

import base64
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

import msgspec
from cachetools import TTLCache
from flask import Response, current_app, g, request

from chassis import clock
from web.api import sessions
from web.api.client import Api
from web.api.models import Granted
from web.errors import Problem, Refused, SignInNeeded

ACCESS, REFRESH = "skiller-access", "skiller-refresh"
ACCESS_SECONDS, REFRESH_SECONDS = 600, 30 * 24 * 3600
SPARE_SECONDS = 30  # a token with less left is refreshed before the first call
REMEMBERED_SECONDS, MOST_FLIGHTS = 20, 10_000
OVERTAKEN = "session_renewed_elsewhere"
View = TypeVar("View", bound=Callable[..., Any])


class Me(msgspec.Struct, frozen=True, rename={"id": "sub", "expires_at": "exp"}):
    """What the access token says of its member."""

    id: str
    expires_at: float
    name: str
    role: str
    headline: str = ""
    locale: str = ""
    portrait_url: str | None = None

    @property
    def is_moderator(self) -> bool:
        """Whether pages for moderators are for them."""
        return self.role in ("moderator", "administrator")


@dataclass
class Session:
    """The visitor's session while one request is answered."""

    me: Me | None = None
    refresh_token: str = ""
    granted: Granted | None = None  # to be kept in cookies
    is_over: bool = False  # the cookies are to go
    is_unknown: bool = False  # nobody says whether it goes on: this page offers no signing in


@dataclass
class _Flight:
    """One use of a refresh token, and what came of it, for all that ask with it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    is_done: bool = False
    granted: Granted | None = None


class Refresher:
    """Uses each refresh token once in this process, however many tabs ask at one time."""

    def __init__(self) -> None:
        self._flights: TTLCache[bytes, _Flight] = TTLCache(MOST_FLIGHTS, REMEMBERED_SECONDS)
        self._guard = threading.Lock()

    def refresh(self, api: Api, token: str) -> Granted | None:
        """New tokens; None where the token is refused.

        Raises Refused where nobody answers, or where other processes were faster (OVERTAKEN).
        """
        key = hashlib.sha256(token.encode()).digest()
        with self._guard:
            flight = self._flights.setdefault(key, _Flight())
        with flight.lock:
            if not flight.is_done:
                flight.granted = _use(api, token)
                flight.is_done = True
        return flight.granted


def _use(api: Api, token: str) -> Granted | None:
    try:
        return sessions.refresh(api, token)
    except SignInNeeded:
        return None
    except Refused as refused:
        if refused.problem.code == "refresh_token_rotated":
            # Other processes were faster with the same token: the browser gets theirs any moment.
            raise Refused(Problem(code=OVERTAKEN), retry_after=1) from refused
        if refused.problem.status in (401, 403, 409, 422):
            return None
        raise


def open_session(*, may_renew: bool = True) -> None:
    """Before each page: who visits, with a token that is good for a while.

    What a script asks by itself renews nothing.
    """
    api: Api = g.api
    session = g.session = Session(refresh_token=request.cookies.get(_named(REFRESH), ""))
    access = request.cookies.get(_named(ACCESS), "")
    me = _read(access)
    if me is not None and me.expires_at - clock.now().timestamp() > SPARE_SECONDS:
        session.me, api.token = me, access
    elif session.refresh_token and may_renew:
        renew()


def renew() -> None:
    """Get new tokens, when the old ones end or say what is no more true."""
    session = current()
    refresher: Refresher = current_app.extensions["refresher"]
    try:
        granted = refresher.refresh(g.api, session.refresh_token)
    except Refused:
        session.is_unknown = session.me is None
        raise
    if granted is not None:
        begin(granted)


def begin(granted: Granted) -> None:
    """Go on with these tokens, and keep them."""
    session = current()
    session.granted, session.is_over = granted, False
    session.refresh_token = granted.refresh_token or session.refresh_token
    session.me, g.api.token = _read(granted.access_token), granted.access_token


def end() -> None:
    """Forget the visitor."""
    session = current()
    session.me, session.granted, session.is_over = None, None, True
    g.api.token = None


def current() -> Session:
    """The session of the request at hand."""
    found: Session = g.session
    return found


def find_me() -> Me | None:
    """The member who visits, if one does."""
    return current().me if "session" in g else None


def is_unknown() -> bool:
    """Whether the visitor may be a member, and nobody can say so at the moment."""
    return "session" in g and current().is_unknown


def me() -> Me:
    """The member who visits; raises SignInNeeded."""
    found = find_me()
    if found is None:
        raise SignInNeeded
    return found


def signed_in(view: View) -> View:
    """For members: others are led to sign in, and back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        me()
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def keep(response: Response) -> Response:
    """After each page: what is to be kept of the session, in cookies."""
    session = current() if "session" in g else Session()
    if session.granted is not None:
        _set(response, ACCESS, session.granted.access_token, ACCESS_SECONDS)
        if session.granted.refresh_token:
            _set(response, REFRESH, session.granted.refresh_token, REFRESH_SECONDS)
    elif session.is_over:
        for name in (ACCESS, REFRESH):
            _set(response, name, "", 0)
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


def is_secure() -> bool:
    """Whether the browser came by HTTPS, as the gateway says."""
    return request.headers.get("X-Forwarded-Proto") == "https"


def _named(name: str) -> str:
    # The prefix keeps other hosts of the domain from setting it, where browsers allow it.
    return f"__Host-{name}" if is_secure() else name


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _named(name),
        value,
        max_age=seconds,
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _read(token: str) -> Me | None:
    try:
        claims = token.split(".")[1]
        return msgspec.json.decode(base64.urlsafe_b64decode(claims + "=="), type=Me)
    except (IndexError, ValueError):
        return None
