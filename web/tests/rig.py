"""The pages before a gateway that answers what a test says, and remembers what it was asked."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from chassis import clock
from chassis.settings import Secret
from web.api.transport import Request, Response
from web.app import create_app
from web.config import Settings

ME = "0190f000-0000-7000-8000-000000000001"
OTHER = "0190f000-0000-7000-8000-000000000002"
QUESTION = "0190f000-0000-7000-8000-000000000003"
Answer = Any


class Gateway:
    """Answers by method and path; what a test did not say is 404."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Answer | Callable[[Request], Response]] = {}
        self.asked: list[Request] = []
        self._lock = threading.Lock()

    def say(self, method: str, path: str, body: Answer, status: int = 200, **headers: str) -> None:
        """What a call below /api/v1 gets."""
        kept = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[method, path] = Response(status, kept, json.dumps(body).encode())

    def refuse(self, method: str, path: str, status: int, code: str, **more: Any) -> None:
        """A problem instead."""
        problem = {"status": status, "code": code, "detail": "In English.", **more}
        self.say(method, path, problem, status)

    def send(self, request: Request) -> Response:
        """As a transport does."""
        with self._lock:
            self.asked.append(request)
        path = request.target.removeprefix("/api/v1").partition("?")[0]
        answer = self.answers.get((request.method, path))
        if answer is None:
            return Response(404, {}, json.dumps({"status": 404, "code": "not_found"}).encode())
        return answer(request) if callable(answer) else answer

    def calls(self, method: str) -> list[str]:
        """The paths that were asked by a method."""
        return [r.target.removeprefix("/api/v1") for r in self.asked if r.method == method]


def token(*, seconds: float = 600, **claims: Any) -> str:
    """An access token as pages read it; nobody signed it."""
    exp = clock.now().timestamp() + seconds
    told = {"sub": ME, "name": "Ada Martin", "role": "member", "locale": "fr", "exp": exp, **claims}
    body = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return f"x.{body}.x"


def pages(gateway: Gateway) -> Any:
    """The application."""
    return create_app(Settings(web_secret=Secret("s3cret")), gateway)


def browser(gateway: Gateway, *, access: str | None = None, refresh: str = "") -> FlaskClient:
    """A member's browser, or with an empty token a stranger's."""
    client: FlaskClient = pages(gateway).test_client()
    if access is None:
        access = token()
    if access:
        client.set_cookie("skiller-access", access)
    if refresh:
        client.set_cookie("skiller-refresh", refresh)
    return client


def proof_of(page: str) -> str:
    """The CSRF token of a page's first form."""
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def question(**changes: Any) -> dict[str, Any]:
    """A question as the API tells it."""
    return {
        "id": QUESTION,
        "kind": "question",
        "author": {"id": OTHER, "name": "Bo", "headline": "", "portrait_url": None},
        "title": "How?",
        "body": "In SQL.",
        "body_html": "<p>In SQL.</p>",
        "excerpt": "In SQL.",
        "lang": "en",
        "keywords": [{"slug": "sql", "label": "SQL"}],
        "audience": "members",
        "like_count": 0,
        "liked_by_me": False,
        "published_at": "2026-11-20T10:00:00Z",
        **changes,
    }


def with_question(gateway: Gateway, **changes: Any) -> Gateway:
    """A gateway that knows one question without answers."""
    gateway.say("GET", f"/questions/{QUESTION}", question(**changes))
    gateway.say("GET", f"/questions/{QUESTION}/answers", {"items": [], "next": None})
    gateway.say("GET", f"/questions/{QUESTION}/experts", {"understood": [], "items": []})
    return gateway
