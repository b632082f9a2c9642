"""Which service answers which path: the whole public surface, readable at a glance.

`*` stands for one segment; the first match wins, so the specific stands before the
general. Paths are relative to /api/v1. A path that is not here does not exist; a planned
one is kept for its owner, which answers 404 until it has an operation there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from contracts.services import WEB

KIB = 1024
MIB = 1024 * KIB
# JSON may write one letter with 12 bytes, and a post has 20,000.
POST_LIMIT = 256 * KIB
PROJECT_LIMIT = 384 * KIB  # its description, and what was learned
TABLE_LIMIT = 10 * MIB
ROUND_LIMIT = 3 * MIB  # twenty questions, or what is answered to them


@dataclass(frozen=True)
class Route:
    """One path pattern, its owner, and what is special about it."""

    pattern: str
    service: str
    public: str = ""  # the methods that strangers may use, separated by spaces
    leaving: str = ""  # the methods for whom a token for leaving is good, likewise
    planned: bool = False  # it leads nowhere yet: its owner has no operation there
    body_limit: int = 64 * KIB  # bytes
    secret: bool = False  # its answers hold what nobody may keep: tokens, links, private data
    picture: bool = False  # counted apart: pages ask for many, without a token
    page: bool = False  # of the web client: it may have cookies, and is counted apart

    def is_public(self, method: str) -> bool:
        """Whether strangers may use this method; HEAD as GET."""
        methods = self.public.split()
        return method in methods or (method == "HEAD" and "GET" in methods)

    def is_for_leaving(self, method: str) -> bool:
        """Whether a token for leaving is good for this method; HEAD as GET."""
        methods = self.leaving.split()
        return method in methods or (method == "HEAD" and "GET" in methods)


TABLE = (
    # Who belongs
    Route("/invitation-requests", "identity", public="POST"),
    Route("/invitation-requests/*", "identity"),
    Route("/invitation-requests/*/sponsor", "identity"),
    Route("/invitations", "identity"),
    Route("/invitations/preview/*", "identity", public="GET"),
    Route("/invitations/*", "identity"),
    Route("/sessions", "identity", public="POST", secret=True),
    Route("/sessions/refresh", "identity", public="POST", secret=True),
    Route("/sessions/leaving", "identity", public="POST", secret=True),
    Route("/sessions/current/password", "identity", secret=True),
    Route("/sessions/*", "identity", secret=True),
    Route("/password-resets", "identity", public="POST", secret=True),
    Route("/password-resets/*", "identity", public="PUT", secret=True),
    Route("/address-confirmations", "identity"),
    Route("/address-confirmations/*", "identity", public="PUT"),
    Route("/moderation-acts", "identity"),
    Route("/organisations", "identity"),
    Route("/organisations/*", "identity"),
    Route("/organisations/*/acts", "identity"),
    Route("/organisations/*/map", "skills"),
    Route("/organisations/*/outside", "skills"),
    # Its key is unguessable, and <img> sends no token.
    Route("/portraits/*", "identity", public="GET", picture=True),
    Route("/members", "identity", public="POST"),
    Route("/members/me", "identity", leaving="DELETE", secret=True),
    Route("/members/me/portrait", "identity", body_limit=5 * MIB),
    Route("/members/me/password", "identity"),
    Route("/members/me/address", "identity"),
    Route("/members/me/organisation", "identity"),
    Route("/members/me/export", "identity", leaving="GET", secret=True),
    Route("/members/me/export/identity", "identity", leaving="GET", secret=True),
    Route("/members/me/export/social", "social", leaving="GET", secret=True),
    Route("/members/me/export/discussion", "discussion", leaving="GET", secret=True),
    Route("/members/me/export/skills", "skills", leaving="GET", secret=True),
    Route("/members/me/export/projects", "projects", leaving="GET", secret=True),
    Route("/members/me/export/notifications", "notifications", leaving="GET", secret=True),
    Route("/members/me/blocked", "social"),
    Route("/members/*", "identity"),
    Route("/members/*/invitees", "identity"),
    Route("/members/*/lineage", "identity"),
    # Who listens to whom
    Route("/members/*/follow", "social"),
    Route("/members/*/followers", "social"),
    Route("/members/*/following", "social"),
    Route("/members/*/block", "social"),
    Route("/relations", "social"),
    Route("/suggestions/members", "social"),
    Route("/suggestions/members/*", "social"),
    Route("/keywords/*/follow", "social"),
    # What is asked, answered, shared and liked
    Route("/keywords", "discussion"),
    Route("/keywords/*", "discussion"),
    Route("/keywords/*/members", "discussion"),
    Route("/keywords/*/merge", "discussion"),
    Route("/questions", "discussion", body_limit=POST_LIMIT),
    Route("/questions/*", "discussion", body_limit=POST_LIMIT),
    Route("/questions/*/answers", "discussion", body_limit=POST_LIMIT),
    Route("/questions/*/requests", "discussion"),
    Route("/questions/*/ladder", "notifications"),
    Route("/answers/*", "discussion", body_limit=POST_LIMIT),
    Route("/answers/*/accept", "discussion"),
    Route("/shares", "discussion", body_limit=POST_LIMIT),
    Route("/shares/*", "discussion", body_limit=POST_LIMIT),
    Route("/posts", "discussion"),
    Route("/posts/preview", "discussion", body_limit=POST_LIMIT),
    Route("/posts/*/like", "discussion"),
    Route("/posts/*/likes", "discussion"),
    Route("/posts/*/history", "discussion"),
    Route("/feed", "discussion"),
    Route("/feed/for-you", "discussion"),
    Route("/search", "discussion"),
    Route("/reports", "discussion"),
    Route("/reports/*/answer", "discussion"),
    # What it proves
    Route("/questions/*/experts", "skills"),
    Route("/experts", "skills"),
    Route("/contests", "skills"),
    Route("/contests/*/answer", "skills"),
    Route("/discounts", "skills", body_limit=POST_LIMIT),
    Route("/discounts/*", "skills"),
    Route("/skill-alarms", "skills"),
    Route("/skill-alarms/*/answer", "skills"),
    Route("/skills", "skills"),
    Route("/skills/detect", "skills", body_limit=POST_LIMIT),
    Route("/skills/levels", "skills"),
    Route("/skills/*", "skills"),
    Route("/skills/*/experts", "skills"),
    Route("/skills/*/merge", "skills"),
    Route("/skills/*/labels", "skills"),
    Route("/catalogue-acts", "skills"),
    Route("/skill-candidates", "skills"),
    Route("/skill-candidates/*/answer", "skills"),
    Route("/members/*/skills", "skills"),
    Route("/members/*/skills/*", "skills"),
    Route("/members/*/skills/*/evidence", "skills"),
    # Who is told what
    Route("/notices", "notifications"),
    Route("/notices/count", "notifications"),
    Route("/notices/read", "notifications"),
    Route("/notices/preferences", "notifications"),
    Route("/notices/push-subscriptions", "notifications"),
    Route("/notices/push-subscriptions/*", "notifications"),
    Route("/notices/*/read", "notifications"),
    Route("/notices/*/not-me", "notifications"),
    # The links of mails: whoever has one is not signed in.
    Route("/unsubscriptions/*", "notifications", public="GET POST DELETE", secret=True),
    # What is built together
    Route("/projects", "projects", body_limit=POST_LIMIT),
    Route("/projects/feed", "projects"),
    Route("/projects/invitations", "projects"),
    Route("/projects/reports", "projects"),
    Route("/projects/reports/*/answer", "projects"),
    Route("/projects/*", "projects", body_limit=PROJECT_LIMIT),
    Route("/projects/*/reports", "projects"),
    Route("/projects/*/acts", "projects"),
    Route("/projects/*/acts/*", "projects"),
    Route("/projects/*/history", "projects"),
    Route("/projects/*/awake", "projects"),
    Route("/projects/*/follow", "projects"),
    Route("/projects/*/members", "projects"),
    Route("/projects/*/members/*", "projects"),
    Route("/projects/*/calls", "projects", body_limit=POST_LIMIT),
    Route("/projects/*/calls/*", "projects"),
    Route("/projects/*/calls/*/helpers", "projects"),
    Route("/projects/*/calls/*/thanks", "projects"),
    Route("/projects/*/thanks", "projects"),
    Route("/projects/*/invitations", "projects"),
    Route("/projects/*/invitations/*", "projects"),
    Route("/projects/*/offers", "projects"),
    Route("/projects/*/offers/*", "projects"),
    Route("/projects/*/updates", "projects", body_limit=POST_LIMIT),
    Route("/projects/*/updates/*", "projects", body_limit=POST_LIMIT),
    Route("/projects/*/updates/*/like", "projects"),
    # Opinion rounds and benchmarks
    Route("/projects/*/rounds", "projects", body_limit=ROUND_LIMIT),
    Route("/projects/*/rounds/*", "projects", body_limit=ROUND_LIMIT),
    Route("/projects/*/rounds/*/answer", "projects", body_limit=ROUND_LIMIT),
    Route("/projects/*/rounds/*/results", "projects"),
    Route("/projects/*/rounds/*/results/texts", "projects"),
    Route("/projects/*/rounds/*/results/choices", "projects"),
    Route("/projects/*/rounds/*/outcome", "projects", body_limit=POST_LIMIT),
    Route("/projects/*/benchmarks", "projects"),
    Route("/projects/*/benchmarks/*", "projects"),
    Route("/projects/*/benchmarks/*/follow", "projects"),
    Route("/projects/*/benchmarks/*/versions", "projects", body_limit=TABLE_LIMIT),
    Route("/projects/*/benchmarks/*/changes", "projects"),
    Route("/projects/*/benchmarks/*/imports", "projects", body_limit=TABLE_LIMIT),
)


# What is outside the API is the web client's, where there is one.
_ANY = "GET POST PUT PATCH DELETE OPTIONS"
PICTURE_FORM = Route("/settings/portrait", WEB, public=_ANY, body_limit=6 * MIB, page=True)
# A form writes one letter with 12 bytes at the most, as JSON does.
PAGES = Route("/…", WEB, public=_ANY, body_limit=2 * POST_LIMIT, page=True)


class Table:
    """The routes of the deployed services, arranged by length and first word to be found fast."""

    def __init__(self, services: Collection[str], routes: Sequence[Route] = TABLE) -> None:
        self._index: dict[tuple[int, str], list[tuple[tuple[str, ...], Route]]] = {}
        for route in routes:
            if route.service in services:
                self._add(f"/api/v1{route.pattern}", route)
        self._has_pages = WEB in services
        for service in services:
            if service == WEB:
                continue
            path = f"/api/openapi/{service}.json"
            self._add(path, Route(path, service, public="GET"))

    def _add(self, path: str, route: Route) -> None:
        pattern = tuple(path.split("/")[1:])
        self._index.setdefault((len(pattern), pattern[2]), []).append((pattern, route))

    def find(self, segments: Sequence[str] | None) -> Route | None:
        """The first route that a decoded path, cut at its slashes, matches."""
        if segments is None or len(segments) < 3:
            return None
        for pattern, route in self._index.get((len(segments), segments[2]), ()):
            if all(part in ("*", given) for part, given in zip(pattern, segments, strict=True)):
                return route
        return None

    def find_page(self, segments: Sequence[str] | None) -> Route | None:
        """How the web client answers what is outside the API, where there is one."""
        if not self._has_pages or segments is None or segments[0] in ("api", "health"):
            return None
        return PICTURE_FORM if segments == ("settings", "portrait") else PAGES
