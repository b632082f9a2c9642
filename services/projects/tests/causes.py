"""What makes projects tell each of its events: by its API, or by events that it hears."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from chassis import clock
from chassis.testing.people import person
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.projects import chores
from services.projects.app import SERVICE
from services.projects.tests.factories import (
    begin,
    change,
    made,
    members,
)
from services.projects.tests.opinions import days_later, give, plan, seal

Make = Callable[..., ServiceUnderTest]


def _build(make: Make) -> ServiceUnderTest:
    """Ada begins, Bob follows, helps and leaves, Cleo offers; opinions are asked, news told."""
    projects = make(SERVICE)
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    with days_later(-1):
        project_id = begin(projects, ada, keywords=["Bread"])
        _help(projects, ada, bob, cleo, project_id)
    _ask_opinions(projects, ada, bob, project_id)
    path = f"/projects/{project_id}"
    news = {"title": "The first course", "body": "It was held."}
    shared = made(projects.as_member(ada).post(f"{path}/benchmarks", {"title": "Four maps"}))
    version = projects.as_member(ada).post(f"{path}/benchmarks/{shared}/versions", TABLE)
    assert version.status_code == 201, version.json
    update_id = made(projects.as_member(ada).post(f"{path}/updates", news))
    moderator = projects.as_member(replace(person("Mona"), role="moderator"))
    about = {"object": {"type": "update", "id": update_id}, "reason": "unkind"}
    told = made(projects.as_member(cleo).post(f"{path}/reports", about))
    answer = moderator.put(f"/projects/reports/{told}/answer", {"outcome": "acted"})
    assert answer.status_code == 204, answer.json
    hiding = {"kind": "hide", "object": {"type": "update", "id": update_id}, "reason": "Unkind."}
    hidden = made(moderator.post(f"{path}/acts", hiding))
    assert moderator.delete(f"{path}/acts/{hidden}?reason=Kind.").status_code == 204
    assert projects.as_member(ada).delete(f"{path}/updates/{update_id}").status_code == 204
    assert projects.as_member(bob).delete(f"{path}/members/{bob.id}").status_code == 204
    assert change(projects, ada, project_id, stage="test").status_code == 200
    _let_sleep(projects, ada, project_id)
    closed = change(projects, ada, project_id, stage="closed", learned="It takes time.")
    assert closed.status_code == 200, closed.json
    return projects


def _help(
    projects: ServiceUnderTest, ada: Person, bob: Person, cleo: Person, project_id: str
) -> None:
    path = f"/projects/{project_id}"
    for method in ("PUT", "DELETE"):
        assert projects.as_member(bob).request(method, f"{path}/follow").status_code == 200
    wanted = {"title": "Who bakes rye?", "skills": ["bread-baking"], "hours": 4}
    wanted["until"] = "2026-02-01"
    call_id = made(projects.as_member(ada).post(f"{path}/calls", wanted))
    asked = {"member_id": str(bob.id), "call_id": call_id}
    invitation_id = made(projects.as_member(ada).post(f"{path}/invitations", asked))
    accepted = projects.as_member(bob).put(
        f"{path}/invitations/{invitation_id}", {"answer": "accepted"}
    )
    assert accepted.status_code == 200, accepted.json
    made(projects.as_member(cleo).post(f"{path}/offers", {"call_id": call_id}))
    ended = projects.as_member(ada).patch(f"{path}/calls/{call_id}", {"state": "answered"})
    assert ended.status_code == 200, ended.json
    thanks = {"member_id": str(bob.id), "skills": ["bread-baking"]}
    thanked = projects.as_member(ada).post(f"{path}/calls/{call_id}/thanks", thanks)
    assert thanked.status_code == 201, thanked.json


def _ask_opinions(projects: ServiceUnderTest, ada: Person, bob: Person, project_id: str) -> None:
    """Two rounds that Bob answers: one that ended ten days later, and is concluded, one is due."""
    paths = [
        f"/projects/{project_id}/rounds/{made(plan(projects, ada, project_id, **NAMED))}"
        for _ in range(2)
    ]
    for path in paths:
        answered = give(projects, bob, path)
        assert answered.status_code == 200, answered.json
    seal(projects)
    with days_later(10):
        while chores.ask_for_outcomes(projects.database, projects.settings):
            pass
        outcome = {"outcome": "It became a course."}
        told = projects.as_member(ada).put(f"{paths[0]}/outcome", outcome)
    assert told.status_code == 200, told.json


def _let_sleep(projects: ServiceUnderTest, ada: Person, project_id: str) -> None:
    """It is idle, sleeps, and is woken."""
    for days in (91, 121):
        with clock.at(clock.now() + timedelta(days=days)):
            while chores.tell_sleep(projects.database, projects.settings):
                pass
    assert projects.as_member(ada).put(f"/projects/{project_id}/awake").status_code == 200


TABLE = {
    "base_version": 0,
    "criteria": [{"id": "open", "name": "Open", "kind": "boolean"}],
    "alternatives": [{"id": "osm", "name": "OpenStreetMap"}],
}
NAMED = {"is_anonymous": False, "audience": "contributors"}
CAUSES: dict[str, Callable[[Make], ServiceUnderTest]] = dict.fromkeys(
    (
        "project.created",
        "project.updated",
        "project.closed",
        "project.member_joined",
        "project.member_left",
        "project.followed",
        "project.unfollowed",
        "project.call_changed",
        "project.help_asked",
        "project.help_offered",
        "project.update_published",
        "project.update_removed",
        "contribution.thanked",
        "benchmark.published",
        "project.idle",
        "project.asleep",
        "project.woken",
        "project.moderated",
        "project.report_answered",
        "opinion.requested",
        "opinion.closed",
        "opinion.concluded",
        "opinion.given",
        "opinion.outcome_due",
    ),
    _build,
)
