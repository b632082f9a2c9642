"""Which service answers which path: the whole public surface, readable at a glance.

`*` stands for one segment; the first match wins, so the specific stands before the
general. Paths are relative to /api/v1. A path that is not here does not exist; a planned
one is kept for its owner, which answers 404 until it has an operation there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Route:
    """One path pattern, its owner, and what is special about it."""

    pattern: str
    service: str
    public: str = ""  # the methods that strangers may use, separated by spaces
    planned: bool = False  # it leads nowhere yet: its owner has no operation there
    body_limit: int = 2 * MIB  # bytes

    def is_public(self, method: str) -> bool:
        """Whether strangers may use this method; HEAD as GET."""
        methods = self.public.split()
        return method in methods or (method == "HEAD" and "GET" in methods)


TABLE = (
    # Who belongs
    Route("/invitation-requests", "identity", public="POST"),
    Route("/invitation-requests/*", "identity"),
    Route("/invitation-requests/*/sponsor", "identity"),
    Route("/invitations", "identity"),
    Route("/invitations/preview/*", "identity", public="GET"),
    Route("/invitations/*", "identity"),
    Route("/sessions", "identity", public="POST"),
    Route("/sessions/refresh", "identity", public="POST"),
    Route("/sessions/*", "identity"),
    Route("/password-resets", "identity", public="POST"),
    Route("/password-resets/*", "identity", public="PUT"),
    Route("/address-confirmations/*", "identity", public="PUT"),
    Route("/moderation-acts", "identity"),
    Route("/portraits/*", "identity", public="GET"),  # unguessable; <img> sends no token
    Route("/members", "identity", public="POST"),
    Route("/members/me/portrait", "identity", body_limit=5 * MIB),
    Route("/members/me/password", "identity"),
    Route("/members/me/address", "identity"),
    Route("/members/me/export", "identity"),
    Route("/members/me/export/identity", "identity"),
    Route("/members/me/export/social", "social"),
    Route("/members/me/export/discussion", "discussion"),
    Route("/members/me/export/skills", "skills"),
    Route("/members/me/export/projects", "projects", planned=True),
    Route("/members/me/export/notifications", "notifications", planned=True),
    Route("/members/*", "identity"),
    Route("/members/*/invitees", "identity"),
    # Who listens to whom
    Route("/members/*/follow", "social"),
    Route("/members/*/followers", "social"),
    Route("/members/*/following", "social"),
    Route("/members/*/block", "social", planned=True),
    Route("/suggestions/members", "social", planned=True),
    Route("/keywords/*/follow", "social"),
    # What is asked, answered, shared and liked
    Route("/keywords", "discussion", planned=True),
    Route("/keywords/*", "discussion", planned=True),
    Route("/keywords/*/members", "discussion", planned=True),
    Route("/questions", "discussion"),
    Route("/questions/*", "discussion"),
    Route("/questions/*/answers", "discussion"),
    Route("/questions/*/requests", "discussion", planned=True),
    Route("/answers/*", "discussion", planned=True),
    Route("/answers/*/accept", "discussion", planned=True),
    Route("/shares", "discussion", planned=True),
    Route("/shares/*", "discussion", planned=True),
    Route("/posts/*/like", "discussion"),
    Route("/posts/*/likes", "discussion", planned=True),
    Route("/posts/*/history", "discussion", planned=True),
    Route("/feed", "discussion"),
    Route("/feed/for-you", "discussion", planned=True),
    Route("/search", "discussion", planned=True),
    # What it proves
    Route("/questions/*/experts", "skills", planned=True),
    Route("/experts", "skills", planned=True),
    Route("/skills", "skills", planned=True),
    Route("/skills/detect", "skills", planned=True),
    Route("/skills/*", "skills", planned=True),
    Route("/skills/*/experts", "skills"),
    Route("/members/*/skills", "skills"),
    Route("/members/*/skills/*", "skills", planned=True),
    Route("/members/*/skills/*/evidence", "skills"),
    # Who is told what
    Route("/notices", "notifications", planned=True),
    Route("/notices/read", "notifications", planned=True),
    Route("/notices/preferences", "notifications", planned=True),
    Route("/notices/*/read", "notifications", planned=True),
    # What is built together
    Route("/projects", "projects", planned=True),
    Route("/projects/*", "projects", planned=True),
    Route("/projects/*/*", "projects", planned=True),
    Route("/projects/*/*/*", "projects", planned=True),
)


class Table:
    """The routes of the deployed services, arranged by length and first word to be found fast."""

    def __init__(self, services: Collection[str], routes: Sequence[Route] = TABLE) -> None:
        self._index: dict[tuple[int, str], list[tuple[tuple[str, ...], Route]]] = {}
        for route in routes:
            if route.service in services:
                self._add(f"/api/v1{route.pattern}", route)
        for service in services:
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
