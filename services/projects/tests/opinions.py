"""Rounds of opinions for tests: people who are asked, what they are asked, what they answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from chassis import clock
from chassis.testing.people import MONDAY
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.projects import chores
from services.projects.tests.factories import begin, made, members

# Everybody belongs since MONDAY: settled, for a round that asks all members.
OPENS = MONDAY + timedelta(days=10)
CLOSES = OPENS + timedelta(days=7)
CHOICE = {"kind": "choice", "text": "Who fills the map?", "options": ["People", "Towns", "Both"]}
SCALE = {"kind": "scale", "text": "Would you use it?"}
TEXT = {"kind": "text", "text": "What is missing?"}
QUESTIONS = (CHOICE, SCALE, TEXT)


@contextmanager
def days_later(days: float) -> Iterator[datetime]:
    """So many days after the round opened."""
    at = OPENS + timedelta(days=days)
    with clock.at(at):
        yield at


def plan(projects: ServiceUnderTest, actor: Person, project_id: str, **more: Any) -> TestResponse:
    """Ask for opinions, at the time of OPENS."""
    wanted = {
        "title": "Who would fill the map?",
        "concept": "A map of **empty** shops.",
        "audience": "followers",
        "is_anonymous": True,
        "closes_at": CLOSES.isoformat(),
        "questions": list(QUESTIONS),
        **more,
    }
    with clock.at(OPENS):
        return projects.as_member(actor).post(f"/projects/{project_id}/rounds", wanted)


def followers(projects: ServiceUnderTest, project_id: str, count: int) -> list[Person]:
    """Members who follow a project since the day before OPENS."""
    people = members(projects, *(f"Follower {n}" for n in range(count)))
    with days_later(-1):
        for one in people:
            followed = projects.as_member(one).put(f"/projects/{project_id}/follow")
            assert followed.status_code == 200, followed.json
    return people


def ask(
    projects: ServiceUnderTest, count: int = 6, **more: Any
) -> tuple[Person, list[Person], str]:
    """Who asks, who is asked, and the path of the round, which is open at OPENS."""
    [ada] = members(projects, "Ada")
    with clock.at(MONDAY):
        project_id = begin(projects, ada)
    people = followers(projects, project_id, count)
    round_id = made(plan(projects, ada, project_id, **more))
    return ada, people, f"/projects/{project_id}/rounds/{round_id}"


def said(choice: int = 1, scale: int = 3, words: str = "") -> list[dict[str, Any]]:
    """Answers to QUESTIONS."""
    answers: list[dict[str, Any]] = [
        {"question": 1, "choices": [choice]},
        {"question": 2, "scale": scale},
    ]
    return [*answers, {"question": 3, "text": words}] if words else answers


def give(
    projects: ServiceUnderTest,
    member: Person,
    path: str,
    answers: Sequence[dict[str, Any]] | None = None,
    *,
    day: float = 1,
) -> TestResponse:
    with days_later(day):
        wanted = {"answers": said() if answers is None else list(answers)}
        return projects.as_member(member).put(f"{path}/answer", wanted)


def seal(projects: ServiceUnderTest, *, day: float = 8) -> None:
    """Let the worker carry out what is due."""
    with days_later(day):
        for run in (chores.seal_rounds, chores.sweep_rounds):
            while run(projects.database, projects.settings):
                pass


def read(projects: ServiceUnderTest, member: Person, path: str, *, day: float = 8) -> TestResponse:
    with days_later(day):
        return projects.as_member(member).get(path)


def rows(projects: ServiceUnderTest, table: str, columns: str = "*") -> list[Any]:
    """All rows of a table as they lie on its pages, with the transaction that wrote each."""
    with projects.session() as session:
        found = session.execute(text(f"SELECT xmin::text, {columns} FROM {table} ORDER BY ctid"))
        return list(found)
