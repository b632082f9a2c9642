"""One machine and one Chromium for all tests of a process, and a small community to look at."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from chassis.testing.waiting import eventually
from tests.browser.browsing import chromium
from tests.system.journey import PASSWORD, Client, join, token_of
from tests.system.machine import Machine
from tests.system.machine import machine as new_machine

ASKED = "How do I find slow queries in PostgreSQL?"
LONG = ("Wolfeschlegelsteinhausenberger" * 4)[:100]  # no place to break it
GIVEN = "Turn on `pg_stat_statements`:\n\n```sql\nCREATE EXTENSION x;\n```\n\n> and read it"


@dataclass(frozen=True)
class Community:
    """Who is there, and what they wrote."""

    expert: Client
    asker: Client
    question_id: str
    answer_id: str
    share_id: str


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    with new_machine() as machine:
        machine.start()
        yield machine


@pytest.fixture(scope="session")
def root(machine: Machine) -> Client:
    stranger, email = Client(machine.url), "root@example.org"
    joiner = {"name": "Racine", "email": email, "password": PASSWORD, "locale": "en"}
    token = machine.read_invitation()
    member = stranger.ok("POST", "/members", {"token": token, **joiner})
    granted = stranger.ok("POST", "/sessions", {"email": email, "password": PASSWORD})
    return Client(machine.url, granted["access_token"], member, email=email)


@pytest.fixture(scope="session")
def likers(machine: Machine, root: Client) -> list[Client]:
    return [take_in(machine, root, f"Liker {n}") for n in range(3)]


def take_in(machine: Machine, root: Client, name: str) -> Client:
    invitation = root.ok("POST", "/invitations", {"note": "Bienvenue"})
    return join(machine.url, token_of(invitation["url"]), name)


@pytest.fixture(scope="session")
def community(machine: Machine, root: Client, likers: list[Client]) -> Community:
    expert, asker = take_in(machine, root, LONG), take_in(machine, root, "Asker")
    eventually(lambda: follow(asker, expert) and follow(expert, asker))
    words = {"body": "Some **pages** take seconds.", "keywords": ["PostgreSQL", "Performance"]}
    question = asker.ok("POST", "/questions", {"title": ASKED, **words})
    asker.ok("POST", "/questions", {"title": "Combien de temps sans réponse ?", **words})
    share = expert.ok(
        "POST", "/shares", {"title": "Six mois de levain", "form": "experience", **words}
    )
    answer = expert.ok("POST", f"/questions/{question['id']}/answers", {"body": GIVEN})
    for liker in (root, asker, *likers):
        liker.ok("PUT", f"/posts/{answer['id']}/like")
    asker.ok("PUT", f"/answers/{answer['id']}/accept")
    skills = f"/members/{expert.member['id']}/skills"
    eventually(lambda: bool(asker.ok("GET", skills)["items"]), seconds=10)
    return Community(expert, asker, question["id"], answer["id"], share["id"])


def follow(one: Client, other: Client) -> bool:
    return one.call("PUT", f"/members/{other.member['id']}/follow").status_code == 200
