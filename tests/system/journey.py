"""The main journey over HTTP, as clients make it: from an invitation to an attributed skill.

Used by the system tests on every way of running Skiller; needs nothing but a URL and
the administrator's token.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

from chassis.testing.waiting import eventually

PASSWORD = "correct horse battery staple"
AWAY = (502, 503, 504)
PATIENCE, PAUSE = 12.0, 0.3  # seconds in which a request is sent again, and between two of them


@dataclass
class Client:
    """Somebody who speaks to the API; `token` once signed in.

    With an `email` they sign in again when the token ends: some runs take longer than it lives.
    """

    url: str
    token: str = ""
    member: dict[str, Any] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)
    email: str = ""

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """One request to /api/v1; nothing is raised for a refusal."""
        answer = self._send(method, path, body, dict(headers))
        if self.email and answer.status_code == 401 and "token_expired" in answer.text:
            proof = {"email": self.email, "password": PASSWORD}
            self.token = self._send("POST", "/sessions", proof, {}).json()["access_token"]
            answer = self._send(method, path, body, headers)
        return answer

    def _send(
        self, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> requests.Response:
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.session.request(
            method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=15
        )

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of a request that must succeed."""
        answer = self.call(method, path, body, **headers)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


class PatientClient(Client):
    """One that asks again for a while where a service is away, as clients are told to."""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        answers: list[requests.Response] = []

        def is_answered() -> bool:
            # KeyError: no session could be opened anew.
            with suppress(requests.RequestException, KeyError):
                answers.append(Client.call(self, method, path, body, **headers))
                return answers[-1].status_code not in AWAY
            return False

        with suppress(AssertionError):
            eventually(is_answered, seconds=PATIENCE, every=PAUSE)
        if not answers:
            raise requests.ConnectionError(f"no answer for {PATIENCE:.0f} s")
        return answers[-1]


def join(url: str, token: str, name: str) -> Client:
    """Join by an invitation's token, and sign in."""
    stranger = Client(url)
    email = f"{uuid4().hex}@example.org"
    member = stranger.ok(
        "POST",
        "/members",
        {"token": token, "name": name, "email": email, "password": PASSWORD, "locale": "fr"},
    )
    session = stranger.ok("POST", "/sessions", {"email": email, "password": PASSWORD})
    return Client(url, session["access_token"], member, email=email)


def token_of(invitation_url: str) -> str:
    """The token at the end of a link to join."""
    return invitation_url.rsplit("/", 1)[1]


@dataclass
class Outcome:
    """What the journey left behind."""

    administrator: Client
    members: list[Client]
    question: dict[str, Any]
    answer: dict[str, Any]


def travel(url: str, administrator_token: str) -> Outcome:
    """The whole journey; raises AssertionError where something is not as promised."""
    administrator = join(url, administrator_token, "Ada Administrator")
    members = []
    for name in ("Béatrice", "Chloé", "David", "Elsa", "Farid"):
        invitation = administrator.ok("POST", "/invitations", {"note": f"Welcome, {name}"})
        token = token_of(invitation["url"])
        preview = Client(url).ok("GET", f"/invitations/preview/{token}")
        assert preview["sponsor"]["name"] == "Ada Administrator"
        members.append(join(url, token, name))
    asker, answerer, *others = members
    others[0].ok("PUT", f"/members/{asker.member['id']}/follow")
    question = asker.ok(
        "POST",
        "/questions",
        {
            "title": "How do I find slow queries in PostgreSQL?",
            "body": "Some pages take **seconds**. <script>alert(1)</script>",
            "keywords": ["PostgreSQL", "performance"],
        },
    )
    assert "<script" not in question["body_html"]
    eventually(lambda: _ids(others[0].ok("GET", "/feed")) == [question["id"]])
    answer = answerer.ok(
        "POST", f"/questions/{question['id']}/answers", {"body": "Turn on `pg_stat_statements`."}
    )
    for liker in (administrator, asker, *others):
        liker.ok("PUT", f"/posts/{answer['id']}/like")
    eventually(lambda: _holds(answerer, "postgresql"))
    return Outcome(administrator, members, question, answer)


def check_evidence(outcome: Outcome) -> None:
    """The answerer's skill is shown with its evidence, and they are its expert."""
    reader, answerer = outcome.members[0], outcome.members[1]
    member_id = answerer.member["id"]
    eventually(lambda: _skills(reader, member_id)["postgresql"]["liker_count"] == 5)
    skill = _skills(reader, member_id)["postgresql"]
    evidence = reader.ok("GET", f"/members/{member_id}/skills/postgresql/evidence")["items"]
    assert len(evidence) == 5
    assert {item["post"]["id"] for item in evidence} == {outcome.answer["id"]}
    assert abs(sum(item["weight"] for item in evidence) - skill["score"]) < 1e-4
    experts = reader.ok("GET", "/skills/postgresql/experts")["items"]
    assert experts[0]["member"]["id"] == member_id


def check_unlike(outcome: Outcome) -> None:
    """Taking the likes back takes the skill back; the likes are given again afterwards."""
    likers = [outcome.administrator, outcome.members[0], *outcome.members[2:]]
    for liker in likers:
        liker.ok("DELETE", f"/posts/{outcome.answer['id']}/like")
    eventually(lambda: not _holds(outcome.members[1], "postgresql"))
    for liker in likers:
        liker.ok("PUT", f"/posts/{outcome.answer['id']}/like")
    eventually(lambda: _holds(outcome.members[1], "postgresql"))


def check_refusals(url: str, administrator: Client, used_token: str) -> dict[str, str]:
    """A used, revoked and forged invitation is refused with its own code; returns the codes."""
    revoked = administrator.ok("POST", "/invitations", {})
    administrator.ok("DELETE", f"/invitations/{revoked['id']}")
    tokens = {"used": used_token, "revoked": token_of(revoked["url"]), "forged": "A" * 43}
    codes = {}
    for kind, token in tokens.items():
        body = {
            "token": token,
            "name": "Nobody",
            "email": f"{uuid4().hex}@example.org",
            "password": PASSWORD,
        }
        answer = Client(url).call("POST", "/members", body)
        assert answer.status_code in (404, 409)
        assert answer.headers["Content-Type"] == "application/problem+json"
        codes[kind] = answer.json()["code"]
    assert len(set(codes.values())) == 3
    return codes


def _ids(page: Any) -> list[str]:
    return [item["id"] for item in page["items"]]


def _skills(reader: Client, member_id: str) -> dict[str, Any]:
    page = reader.ok("GET", f"/members/{member_id}/skills")
    return {item["skill"]["slug"]: item for item in page["items"]}


def _holds(member: Client, slug: str) -> bool:
    answer = member.call("GET", f"/members/{member.member['id']}/skills")
    return answer.status_code == 200 and slug in _slugs(answer.json())


def _slugs(page: Any) -> set[str]:
    return {item["skill"]["slug"] for item in page["items"]}
