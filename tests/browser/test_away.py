"""Pages while a service does not answer: one sentence, the rest as ever, nothing typed lost.

Through the pages' own application before a machine's gateway, of which one service's answers fail.
"""

import json
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from chassis.settings import Secret
from chassis.testing.waiting import eventually
from contracts.services import SERVICES
from gateway.routes import TABLE
from tests.browser.browsing import some
from tests.browser.conftest import Community
from tests.browser.test_access import MEMBERS, MODERATORS, OWN, email_of
from tests.system.journey import PASSWORD, Client
from tests.system.machine import Machine
from web.api.transport import HttpTransport, Request, Response
from web.app import create_app
from web.config import Settings
from web.errors import Problem, Refused
from web.i18n import COOKIE

pytestmark = pytest.mark.timeout(300)
WORDS = "Seven words that nobody types twice, truly."
# Pages that cannot be without a service; every other stands, with what the others say.
AWAY = "does not answer at the moment"
NEEDED: dict[str, tuple[str, ...]] = {
    "identity": (
        *("/members/{m}", "/members/{m}/questions", "/members/{m}/shares", "/members/{m}/tree"),
        *("/people?q=Asker", "/invitations", "/invitation-requests"),
        *("/settings", "/settings/portrait", "/settings/address", "/settings/sessions"),
        *("/settings/company", "/moderation/companies"),
    ),
    "social": ("/members/{m}/followers", "/members/{m}/following", "/settings/blocked"),
    "discussion": (
        *("/", "/help-out", "/questions/{q}", "/questions/{q}?sort=oldest", "/shares/{s}"),
        *("/questions/{q}/edit", "/questions/{q}/remove"),
        *("/posts/{a}/likes", "/posts/{a}/history", "/reports"),
        *("/keywords", "/keywords/postgresql", "/keywords/postgresql?tab=shares"),
        *("/search?q=queries", "/search?q=zzzz"),
        *("/moderation/reports", "/moderation/keywords"),
    ),
    "skills": (
        *("/skills", "/skills?q=post", "/skills/postgresql"),
        *("/find?q=postgresql", "/find?q=nothing+known"),
        *("/members/{m}/skills/postgresql", "/members/{m}/skills/nothing"),
        "/companies/nothing",
        *("/moderation/alarms", "/moderation/candidates"),
    ),
    "projects": (
        *(p for p in MEMBERS if "project" in p and p != "/projects/new" and "/report" not in p),
        "/moderation/projects",
    ),
    "notifications": (
        *("/notices", "/notices?which=new", "/notices?class=my_circle", "/settings/notices"),
        "/settings/devices",
    ),
}


class Faulty:
    """The way to a machine's gateway, on which one service fails."""

    def __init__(self, machine: Machine) -> None:
        self._way = HttpTransport(machine.url)
        self.away = ""
        self.how: int | None = 503  # None: no answer in time
        self.refused = 0

    def send(self, request: Request) -> Response:
        """As `Transport.send`."""
        if self.away and owner_of(request.target) == self.away:
            self.refused += 1
            if self.how is None:
                raise Refused(Problem(code="upstream_unavailable"))
            # A 502 is of a proxy that knows no problem+json.
            told = {"status": self.how, "code": "upstream_unavailable"} if self.how != 502 else ""
            return Response(self.how, {"retry-after": "5"}, json.dumps(told).encode())
        return self._way.send(request)


def owner_of(target: str) -> str:
    parts = target.partition("?")[0].removeprefix("/api/v1").split("/")
    for route in TABLE:
        pattern = route.pattern.split("/")
        if len(pattern) == len(parts) and all(
            one in ("*", part) for one, part in zip(pattern, parts, strict=True)
        ):
            return route.service
    raise AssertionError(target)


def pages(machine: Machine, way: Any) -> Flask:
    secret = (machine.data / "keys" / "web-secret").read_text()
    return create_app(Settings(web_secret=Secret(secret)), way)


def cookies_of(person: Client) -> dict[str, str]:
    granted = person.ok("POST", "/sessions", {"email": email_of(person), "password": PASSWORD})
    return {name: granted[f"{name}_token"] for name in ("access", "refresh")}


class Reader:
    """Somebody's browser before such pages."""

    def __init__(self, app: Flask, person: Client) -> None:
        person.ok("PATCH", "/members/me", {"locale": "en"})
        self.client = app.test_client()
        self.client.set_cookie(COOKIE, "en")
        for name, value in cookies_of(person).items():
            self.client.set_cookie(f"skiller-{name}", value)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, page: str, **typed: str) -> TestResponse:
        hidden = dict(re.findall(r'name="(csrf_token|form-key)" value="([^"]+)"', page))
        return self.client.post(path, data={**hidden, **typed})


def names_of(community: Community) -> dict[str, str]:
    return {
        "q": community.question_id,
        "a": community.answer_id,
        "s": community.share_id,
        "m": community.expert.member["id"],
        **community.built,
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_page_stands_without_what_it_can_do_without(
    service: str, machine: Machine, community: Community, root: Client
) -> None:
    way = Faulty(machine)
    app = pages(machine, way)
    asker, moderator = Reader(app, community.asker), Reader(app, root)
    # The first search of a process reads the whole catalogue.
    eventually(lambda: asker.get("/find?q=postgresql").status_code == 200, seconds=30)
    way.away = service

    fallen, wrong = set(), []
    for reader, paths in ((asker, (*MEMBERS, *OWN)), (moderator, MODERATORS)):
        for path in paths:
            way.refused = 0
            way.how = (502, 503, 504, None)[len(path) % 4]
            answer = reader.get(path.format(**names_of(community)))
            if answer.status_code == 503:
                fallen.add(path)
            # Without a number the bell says nothing, and no page says that it is missing.
            is_bell = service == "notifications" and answer.status_code != 503
            if said := complaints(answer, is_touched=way.refused > 0 and not is_bell):
                wrong.append(f"{path}: {said}")
    assert wrong == []
    assert fallen == set(NEEDED[service])


def complaints(answer: TestResponse, *, is_touched: bool) -> str:
    """What is wrong with a page while something does not answer."""
    if "/sign-in" in answer.text:
        return "signs out"
    if answer.status_code == 503:
        is_said = is_touched and answer.text.count(AWAY) >= 1
        return "" if is_said else f"says no sentence {is_touched}"
    if answer.status_code not in (200, 404):
        return f"status {answer.status_code}"
    said = answer.text.count(AWAY)
    return "" if said >= 1 or not is_touched else "is silent"


Typed = dict[str, str]
ROOTS = ("/moderation", "/invitations")  # newcomers do not invite yet
FORMS: list[tuple[str, str, Typed]] = [
    ("discussion", "/ask", {"title": "How do I post twice?", "body": WORDS, "keywords": "R"}),
    ("discussion", "/share", {"title": "What I tried", "body": WORDS, "form": "experience"}),
    ("discussion", "/questions/{q}", {"body": WORDS}),
    ("discussion", "/questions/{q}/edit", {"title": "How do I?", "body": WORDS, "keywords": "R"}),
    ("discussion", "/report/post/{a}", {"word": WORDS, "reason": "other"}),
    ("identity", "/settings", {"name": "Asker", "bio": WORDS, "asks_per_week": "3"}),
    ("identity", "/invitations", {"note": WORDS}),
    ("identity", "/moderation/acts?member={m}", {"act": "stop_inviting", "reason": WORDS}),
    ("skills", "/moderation/skills/postgresql/labels", {"en": "P", "fr": "P", "reason": WORDS}),
    ("skills", "/moderation/discounts/new", {"skill": "PostgreSQL", "post": "", "reason": WORDS}),
]


@pytest.mark.parametrize("session", some(["good", "ended"], "ended"))
@pytest.mark.parametrize(("service", "path", "typed"), FORMS, ids=[path for _, path, _ in FORMS])
def test_what_is_typed_stays_until_it_can_be_sent(
    service: str,
    path: str,
    typed: Typed,
    session: str,
    machine: Machine,
    community: Community,
    root: Client,
) -> None:
    way = Faulty(machine)
    reader = Reader(pages(machine, way), root if path.startswith(ROOTS) else community.asker)
    path = path.format(**names_of(community))
    words = f"{WORDS} {session}"  # nobody may post the same twice
    typed = {name: words if value == WORDS else value for name, value in typed.items()}
    page = reader.get(path).text
    key = key_of(page)

    if session == "ended":  # who visits is asked of identity first
        reader.client.delete_cookie("skiller-access")
    way.away = service if session == "good" else "identity"
    refused = reader.post(path, page, **typed)
    again = reader.post(path, refused.text, **typed)
    way.away = ""
    sent = reader.post(path, again.text, **typed)

    for answer in (refused, again):
        assert answer.status_code == 503
        assert answer.text.count(WORDS) == 1
        assert key_of(answer.text) == key
        assert AWAY in answer.text
        assert 'href="/sign-in"' not in answer.text
    # A moderator's act may be refused for what it would do; by its service, which answers again.
    assert sent.status_code in (200, 303, *((409, 422) if "moderation" in path else ()))


def key_of(page: str) -> str:
    found = re.search(r'name="form-key" value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_a_like_that_nobody_took_can_be_pressed_again(
    machine: Machine, community: Community, likers: list[Client]
) -> None:
    way = Faulty(machine)
    reader = Reader(pages(machine, way), likers[0])
    page = reader.get(f"/shares/{community.share_id}").text
    like = f"/posts/{community.share_id}/like"

    way.away = "discussion"
    refused = reader.post(like, page, on="1", next=f"/shares/{community.share_id}")
    by_script = {"X-Fragment": "1"}
    told = reader.client.post(like, data={"csrf_token": proof_of(page)}, headers=by_script)
    way.away = ""
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', refused.text))
    sent = reader.client.post(like, data=hidden)

    assert (refused.status_code, told.status_code) == (503, 503)
    assert told.mimetype == "text/plain"
    assert sent.headers["Location"] == f"/shares/{community.share_id}"
    assert reader.get(f"/shares/{community.share_id}").text.count('aria-pressed="true"') == 1


def proof_of(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]
