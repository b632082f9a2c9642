"""Members, projects, calls and invitations for tests, with what matters said at the call."""

from collections.abc import Sequence
from typing import Any

from werkzeug.test import TestResponse

from chassis.testing.people import MONDAY, joined, person
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.skills import SkillAttributed
from contracts.social import MemberBlocked, MemberFollowed


def members(service: ServiceUnderTest, *names: str) -> list[Person]:
    """People of whom identity has told."""
    people = [person(name) for name in names]
    service.deliver(*(joined(one) for one in people))
    return people


def begin(
    service: ServiceUnderTest,
    owner: Person,
    title: str = "Bread for beginners",
    *,
    visibility: str = "members",
    stage: str = "idea",
    keywords: Sequence[str] = (),
    pitch: str = "A course that anybody can give.",
) -> str:
    """The id of a new project."""
    project = {
        "title": title,
        "pitch": pitch,
        "visibility": visibility,
        "stage": stage,
        "keywords": list(keywords),
    }
    return made(service.as_member(owner).post("/projects", project))


def change(
    service: ServiceUnderTest, actor: Person, project_id: str, **changes: Any
) -> TestResponse:
    """Change a project as it stands."""
    client = service.as_member(actor)
    revision = client.get(f"/projects/{project_id}").json.get("revision", 1)
    return client.patch(
        f"/projects/{project_id}", json=changes, headers={"If-Match": f'"{revision}"'}
    )


def call(
    service: ServiceUnderTest,
    actor: Person,
    project_id: str,
    title: str = "Somebody who bakes rye bread",
    *,
    skills: Sequence[str] = ("bread-baking",),
) -> str:
    """The id of a new call."""
    wanted = {"title": title, "skills": list(skills)}
    return made(service.as_member(actor).post(f"/projects/{project_id}/calls", wanted))


def invite(
    service: ServiceUnderTest, actor: Person, project_id: str, member: Person, **more: Any
) -> TestResponse:
    asked = {"member_id": str(member.id), **more}
    return service.as_member(actor).post(f"/projects/{project_id}/invitations", asked)


def answer(
    service: ServiceUnderTest, member: Person, project_id: str, invitation_id: str, given: str
) -> TestResponse:
    path = f"/projects/{project_id}/invitations/{invitation_id}"
    return service.as_member(member).put(path, {"answer": given})


def let_in(service: ServiceUnderTest, owner: Person, project_id: str, member: Person) -> None:
    """Let a member build a project, by an invitation that they accept."""
    invitation_id = made(invite(service, owner, project_id, member))
    assert answer(service, member, project_id, invitation_id, "accepted").status_code == 200


def made(answer: TestResponse) -> str:
    """The id of what was made."""
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def ids(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [item["id"] for item in answer.json["items"]]


def names(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [item["member"]["name"] for item in answer.json["items"]]


def followed(follower: Person, other: Person, *, revision: int = 1) -> MemberFollowed:
    return MemberFollowed(
        follower_id=follower.id, followed_id=other.id, revision=revision, changed_at=MONDAY
    )


def blocked(blocker: Person, other: Person) -> MemberBlocked:
    return MemberBlocked(blocker_id=blocker.id, blocked_id=other.id, revision=1, changed_at=MONDAY)


def attributed(
    member: Person,
    skill: str = "bread-baking",
    *,
    score: float = 1.0,
    revision: int = 1,
    is_hidden: bool = False,
) -> SkillAttributed:
    return SkillAttributed(
        member_id=member.id,
        skill=skill,
        label_en=skill,
        label_fr=skill,
        level=2,
        score=score,
        voices=2.0,
        last_evidence_at=MONDAY,
        revision=revision,
        is_hidden=is_hidden,
    )
