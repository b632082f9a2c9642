"""One machine and one Chromium for all tests of a process, and a small community to look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
    built: dict[str, str]  # a project of the asker's (p), and what stands in it, by one letter


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    # One member looks at every page in every way within minutes: no person does.
    endless = "1000000/minute"
    limits = {"SKILLER_MEMBER_LIMIT": endless, "SKILLER_ADDRESS_LIMIT": endless}
    with new_machine(**limits, SKILLER_PAGE_LIMIT=endless) as machine:
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
    eventually(lambda: bool(asker.ok("GET", skills)["items"]))
    built = build(asker, likers[0])
    return Community(expert, asker, question["id"], answer["id"], share["id"], built)


def build(owner: Client, helper: Client) -> dict[str, str]:
    """A project with two calls (c, and t whose help may be thanked for), a round, a benchmark."""
    told = {"title": "An atlas of slow queries", "pitch": "So that nobody waits twice."}
    project = owner.ok("POST", "/projects", {**told, "keywords": ["Databases"]})
    path = f"/projects/{project['id']}"
    wanted = {"title": "Two hours of somebody who reads plans", "skills": ["postgresql"]}
    call, other = (owner.ok("POST", f"{path}/calls", wanted) for _ in range(2))
    asked = owner.ok("POST", f"{path}/invitations", {"member_id": helper.member["id"]})
    helper.ok("PUT", f"{path}/invitations/{asked['id']}", {"answer": "accepted"})
    owner.ok("PATCH", f"{path}/calls/{other['id']}", {"state": "answered"})
    owner.ok("POST", f"{path}/updates", {"title": "Ten plans collected", "body": "So **many**."})
    questions = [{"kind": "scale", "text": "Is it useful?"}, {"kind": "text", "text": "And else?"}]
    about = {"audience": "contributors", "is_anonymous": False, "results": "after_answer"}
    until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    round_of = {"title": "What first?", **about, "closes_at": until, "questions": questions}
    one = owner.ok("POST", f"{path}/rounds", round_of)
    said = [{"question": 1, "scale": 4}, {"question": 2, "text": "Examples."}]
    owner.ok("PUT", f"{path}/rounds/{one['id']}/answer", {"answers": said})
    benchmark = owner.ok("POST", f"{path}/benchmarks", {"title": "Four maps compared"})
    table = {
        "criteria": [{"id": "p", "name": "Price", "kind": "number", "unit": "€"}],
        "alternatives": [{"id": "a", "name": "OpenStreetMap"}, {"id": "i", "name": "Plan IGN"}],
        "cells": [{"alternative": "a", "criterion": "p", "value": 1.5, "source": "their site"}],
    }
    owner.ok("POST", f"{path}/benchmarks/{benchmark['id']}/versions", {"base_version": 0, **table})
    ids = {"p": project, "c": call, "t": other, "r": one, "b": benchmark}
    return {letter: made["id"] for letter, made in ids.items()}


def follow(one: Client, other: Client) -> bool:
    return one.call("PUT", f"/members/{other.member['id']}/follow").status_code == 200
