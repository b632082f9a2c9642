"""Who may do what: every path of a project, for each role, the blocked, suspended and left."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.people import left, suspended
from services.projects.tests.factories import (
    begin,
    blocked,
    call,
    invite,
    let_in,
    made,
    members,
)

ROLES = ("owner", "contributor", "member", "invited", "blocked", "suspended", "left")
EVERYBODY = (*ROLES, "other", "guest")
NEWS = {"title": "The first course was held", "body": "It rose."}
# By path: the answers that each role gets in an open project that all members see; `-` is a
# refusal to who may not write any more.
READS = {
    "": "200 200 200 200 404 200 200",
    "/history": "200 200 200 200 404 200 200",
    "/members": "200 200 200 200 404 200 200",
    "/calls": "200 200 200 200 404 200 200",
    "/calls/{call}": "200 200 200 200 404 200 200",
    "/calls/{call}/helpers": "200 200 403 403 404 403 403",
    "/thanks": "200 200 200 200 404 200 200",
    "/invitations": "200 200 403 403 404 403 403",
    "/offers": "200 200 200 200 404 200 200",
    "/updates": "200 200 200 200 404 200 200",
    "/acts": "200 200 200 200 404 200 200",
    "/benchmarks": "200 200 200 200 404 200 200",
    "/benchmarks/{benchmark}": "200 200 200 200 404 200 200",
    "/benchmarks/{benchmark}?format=csv": "200 200 200 200 404 200 200",
    "/benchmarks/{benchmark}/versions": "200 200 200 200 404 200 200",
    "/benchmarks/{benchmark}/changes?from=0": "200 200 200 200 404 200 200",
    "/rounds": "200 200 200 200 404 200 200",
    "/rounds/{round}": "200 200 200 200 404 200 200",
    "/rounds/{round}/answer": "200 200 200 200 404 200 200",
    "/rounds/{round}/results": "409 409 409 409 404 409 409",
    "/rounds/{round}/results/texts?question=1": "409 409 409 409 404 409 409",
    "/rounds/{round}/results/choices?question=1": "409 409 409 409 404 409 409",
}
ROUND = {
    "title": "Who fills the map?",
    "audience": "contributors",
    "is_anonymous": False,
    "questions": [{"kind": "scale", "text": "Is it good?"}],
}
SHARED = {"title": "Four maps"}
TABLE = {
    "base_version": 0,
    "criteria": [{"id": "open", "name": "Open", "kind": "boolean"}],
    "alternatives": [{"id": "osm", "name": "OpenStreetMap"}],
}
REPORT = {"object": {"type": "update", "id": "{update}"}, "reason": "unkind"}
ACT = {"kind": "close", "reason": "Mine."}
GIVEN = {"answers": [{"question": 1, "scale": 3}]}
WRITES = [
    ("PATCH", "", {"pitch": "Another one."}, "200 403 403 403 404 403 403"),
    ("PUT", "/awake", None, "200 200 403 403 404 403 403"),
    ("PUT", "/follow", None, "200 200 200 200 404 403 403"),
    ("DELETE", "/follow", None, "200 200 200 200 200 403 403"),
    ("DELETE", "/members/{other}", None, "204 403 403 403 404 403 403"),
    ("POST", "/calls", {"title": "Somebody for rye"}, "201 201 403 403 404 403 403"),
    ("PATCH", "/calls/{call}", {"state": "answered"}, "200 200 403 403 404 403 403"),
    ("POST", "/calls/{call}/thanks", {"member_id": "{other}"}, "409 403 403 403 404 403 403"),
    ("POST", "/invitations", {"member_id": "{guest}"}, "201 201 403 403 404 403 403"),
    ("PUT", "/invitations/{asked}", {"answer": "later"}, "404 404 404 200 404 403 403"),
    ("DELETE", "/invitations/{asked}", None, "204 204 403 403 404 403 403"),
    ("POST", "/offers", {"call_id": "{call}"}, "409 409 201 201 404 403 403"),
    ("PUT", "/offers/{offer}", {"answer": "declined"}, "200 200 404 404 404 403 403"),
    ("POST", "/updates", NEWS, "201 201 403 403 404 403 403"),
    ("PATCH", "/updates/{update}", {"title": "Another title"}, "200 403 403 403 404 403 403"),
    ("DELETE", "/updates/{update}", None, "204 403 403 403 404 403 403"),
    ("POST", "/benchmarks", SHARED, "201 201 403 403 404 403 403"),
    ("PUT", "/benchmarks/{benchmark}/follow", None, "200 200 200 200 404 403 403"),
    ("DELETE", "/benchmarks/{benchmark}/follow", None, "200 200 200 200 404 403 403"),
    ("POST", "/benchmarks/{benchmark}/versions", TABLE, "201 201 403 403 404 403 403"),
    ("POST", "/benchmarks/{benchmark}/imports", None, "422 422 403 403 404 403 403"),
    ("POST", "/reports", REPORT, "409 201 201 201 404 403 403"),
    ("POST", "/acts", ACT, "403 403 403 403 403 403 403"),
    ("DELETE", "/acts/{offer}?reason=No.", None, "403 403 403 403 403 403 403"),
    ("POST", "/rounds", ROUND, "201 201 403 403 404 403 403"),
    ("PATCH", "/rounds/{round}", {"state": "withdrawn"}, "200 200 403 403 404 403 403"),
    ("PUT", "/rounds/{round}/answer", GIVEN, "200 200 403 403 404 403 403"),
    ("PUT", "/rounds/{round}/outcome", {"outcome": "Well."}, "409 409 403 403 404 403 403"),
    ("PUT", "/updates/{update}/like", None, "403 200 200 200 404 403 403"),
    ("DELETE", "/updates/{update}/like", None, "403 200 200 200 404 403 403"),
]


def build(projects, visibility="members"):
    """A project with all that its paths name, and somebody of each role."""
    people = dict(zip(EVERYBODY, members(projects, *EVERYBODY), strict=True))
    owner = people["owner"]
    project_id = begin(projects, owner, visibility=visibility)
    for role in ("contributor", "other"):
        let_in(projects, owner, project_id, people[role])
    call_id = call(projects, owner, project_id)
    client = projects.as_member(owner)
    parts = {
        "call": call_id,
        "other": str(people["other"].id),
        "guest": str(people["guest"].id),
        "asked": made(invite(projects, owner, project_id, people["invited"])),
        "update": made(client.post(f"/projects/{project_id}/updates", NEWS)),
        "offer": str(new_id()),
        "benchmark": made(client.post(f"/projects/{project_id}/benchmarks", SHARED)),
        "round": made(client.post(f"/projects/{project_id}/rounds", ask_for_a_week())),
    }
    if visibility == "members":
        offer = {"call_id": call_id}
        guest = projects.as_member(people["guest"])
        parts["offer"] = made(guest.post(f"/projects/{project_id}/offers", offer))
        parts["guest"] = str(members(projects, "another guest")[0].id)
    projects.deliver(
        blocked(people["blocked"], owner), suspended(people["suspended"]), left(people["left"])
    )
    return people, project_id, parts


def ask_for_a_week():
    return {**ROUND, "closes_at": (clock.now() + timedelta(days=7)).isoformat()}


def filled(value, parts):
    if value is ROUND:
        return ask_for_a_week()
    if isinstance(value, list):
        return [filled(one, parts) for one in value]
    if not isinstance(value, str | dict):
        return value
    if isinstance(value, dict):
        return {key: filled(one, parts) for key, one in value.items()}
    return value.format(**parts)


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_what(projects, role):
    people, project_id, parts = build(projects)
    client = projects.as_member(people[role])

    found = {
        path: str(client.get(f"/projects/{project_id}{filled(path, parts)}").status_code)
        for path in READS
    }

    assert found == {path: said.split()[ROLES.index(role)] for path, said in READS.items()}


def write(projects, person, project_id, parts, method, path, body):
    return projects.as_member(person).request(
        method,
        f"/projects/{project_id}{filled(path, parts)}",
        json=filled(body, parts) if body else None,
        headers={"If-Match": '"1"'} if path == "" else {},
    )


def wanted_of(role, said):
    return int(said.split()[ROLES.index(role)])


ACTS = [
    (role, method, path, body, said)
    for role in ROLES
    for method, path, body, said in WRITES
    if wanted_of(role, said) < 400
]


@pytest.mark.parametrize(("role", "method", "path", "body", "said"), ACTS)
def test_who_writes_what(projects, role, method, path, body, said):
    people, project_id, parts = build(projects)

    answer = write(projects, people[role], project_id, parts, method, path, body)

    assert answer.status_code == wanted_of(role, said), answer.json


@pytest.mark.parametrize("role", ROLES)
def test_who_is_refused_what(projects, role):
    people, project_id, parts = build(projects)

    for method, path, body, said in WRITES:
        if (wanted := wanted_of(role, said)) >= 400:
            answer = write(projects, people[role], project_id, parts, method, path, body)
            assert answer.status_code == wanted, (method, path, answer.json)


@pytest.mark.parametrize("role", ["member", "blocked", "suspended", "left"])
def test_an_invited_project_is_nowhere_for_others(projects, role):
    people, project_id, parts = build(projects, visibility="invited")
    client = projects.as_member(people[role])
    may_not_write = role in ("suspended", "left")

    for path in READS:
        assert client.get(f"/projects/{project_id}{filled(path, parts)}").status_code == 404, path
    for method, path, body, _ in WRITES:
        answer = write(projects, people[role], project_id, parts, method, path, body)
        wanted = {403} if may_not_write else {404}
        # To stop following needs no project.
        wanted |= {200} if (method, path) == ("DELETE", "/follow") else set()
        wanted |= {403} if path.startswith("/acts") else set()
        assert answer.status_code in wanted, (method, path, answer.json)
