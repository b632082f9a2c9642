"""Who builds a project, who hears of it, and whose it is."""

import pytest

from contracts.projects import (
    ProjectFollowed,
    ProjectMemberJoined,
    ProjectMemberLeft,
    ProjectUnfollowed,
    ProjectUpdated,
)
from services.projects import rules
from services.projects.tests.factories import (
    answer,
    begin,
    blocked,
    call,
    change,
    ids,
    invite,
    let_in,
    made,
    members,
    names,
)


def test_following_is_turned_on_and_off(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    client, path = projects.as_member(bob), f"/projects/{project_id}/follow"

    for method in ("PUT", "PUT", "DELETE", "DELETE", "PUT"):
        assert client.request(method, path).status_code == 200

    told = [*projects.published(ProjectFollowed), *projects.published(ProjectUnfollowed)]
    assert sorted(event.revision for event in told) == [1, 2, 3]
    assert client.get(f"/projects/{project_id}").json["follower_count"] == 1
    assert ids(client.get("/projects?followed=true")) == [project_id]


def test_the_owner_comes_first_among_who_builds_a_project(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    for one in (cleo, bob):
        let_in(projects, ada, project_id, one)

    listed = projects.as_member(bob).get(f"/projects/{project_id}/members")

    assert names(listed) == ["Ada", "Cleo", "Bob"]
    assert [one["role"] for one in listed.json["items"]] == ["owner", "contributor", "contributor"]
    projects.deliver(blocked(bob, cleo))
    assert names(projects.as_member(bob).get(f"/projects/{project_id}/members")) == ["Ada", "Bob"]


def test_one_leaves_and_the_owner_removes_with_a_word(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    for one in (bob, cleo):
        let_in(projects, ada, project_id, one)
    path = f"/projects/{project_id}/members"

    other = projects.as_member(bob).delete(f"{path}/{cleo.id}")
    gone = projects.as_member(bob).delete(f"{path}/{bob.id}")
    removed = projects.as_member(ada).delete(f"{path}/{cleo.id}?word=Thank+you+for+all")
    again = projects.as_member(ada).delete(f"{path}/{cleo.id}")
    stays = projects.as_member(ada).delete(f"{path}/{ada.id}")

    assert (other.status_code, other.json["code"]) == (403, "owner_only")
    assert (gone.status_code, removed.status_code) == (204, 204)
    assert (again.status_code, again.json["code"]) == (404, "contributor_not_found")
    assert (stays.status_code, stays.json["code"]) == (409, "owner_must_stay")
    told = {one.member_id: one.removed_by_id for one in projects.published(ProjectMemberLeft)}
    assert told == {bob.id: None, cleo.id: ada.id}
    kept = projects.as_member(cleo).get("/members/me/export/projects").json["belongings"]
    assert [(one["is_in"], one["word"]) for one in kept] == [(False, "Thank you for all")]


def test_ownership_passes_to_a_contributor_who_accepts(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    let_in(projects, ada, project_id, bob)

    stranger = invite(projects, ada, project_id, cleo, **{"as": "owner"})
    by_bob = invite(projects, bob, project_id, ada, **{"as": "owner"})
    offered = made(invite(projects, ada, project_id, bob, **{"as": "owner"}))
    taken = answer(projects, bob, project_id, offered, "accepted")

    assert (stranger.status_code, stranger.json["code"]) == (409, "helper_impossible")
    assert (by_bob.status_code, by_bob.json["code"]) == (403, "owner_only")
    assert taken.status_code == 200
    shown = projects.as_member(ada).get(f"/projects/{project_id}").json
    assert (shown["owner"]["name"], shown["role"]) == ("Bob", "contributor")
    assert projects.published(ProjectUpdated)[-1].owner_id == bob.id
    roles = {one.member_id: one.role for one in projects.published(ProjectMemberJoined)}
    assert roles == {ada.id: "contributor", bob.id: "owner"}
    past = projects.as_member(ada).get(f"/projects/{project_id}/history").json["items"]
    assert past[0]["kind"] == "owner" and past[0]["before"] == {"owner_id": str(ada.id)}
    assert change(projects, ada, project_id, title="Rye for all").status_code == 403


def test_of_two_handovers_one_is_over(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    for one in (bob, cleo):
        let_in(projects, ada, project_id, one)
    to_bob, to_cleo = (
        made(invite(projects, ada, project_id, one, **{"as": "owner"})) for one in (bob, cleo)
    )

    first = answer(projects, bob, project_id, to_bob, "accepted")
    second = answer(projects, cleo, project_id, to_cleo, "accepted")

    assert first.status_code == 200
    assert (second.status_code, second.json["code"]) == (409, "invitation_over")


def test_a_project_has_two_hundred_contributors_at_most(projects, monkeypatch):
    monkeypatch.setattr(rules, "MOST_CONTRIBUTORS", 1)
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    let_in(projects, ada, project_id, bob)
    invitation_id = made(invite(projects, ada, project_id, cleo))

    full = answer(projects, cleo, project_id, invitation_id, "accepted")

    assert (full.status_code, full.json["code"]) == (409, "project_full")
    [waiting] = ids(projects.as_member(cleo).get("/projects/invitations"))
    assert waiting == invitation_id


@pytest.mark.parametrize("times", [1, 2])
def test_who_comes_again_keeps_one_row_with_a_higher_revision(projects, times):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    for _ in range(times):
        let_in(projects, ada, project_id, bob)
        projects.as_member(bob).delete(f"/projects/{project_id}/members/{bob.id}")

    told = [one.revision for one in projects.published(ProjectMemberLeft)]
    assert told == [2 * n for n in range(1, times + 1)]


def test_who_was_removed_cannot_take_up_the_handover_that_waited(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    for one in (bob, cleo):
        let_in(projects, ada, project_id, one)
    offered = made(invite(projects, ada, project_id, bob, **{"as": "owner"}))
    projects.as_member(ada).delete(f"/projects/{project_id}/members/{bob.id}")
    offer = {"call_id": call(projects, cleo, project_id)}
    offer_id = made(projects.as_member(bob).post(f"/projects/{project_id}/offers", offer))
    path = f"/projects/{project_id}/offers/{offer_id}"
    assert projects.as_member(cleo).put(path, {"answer": "accepted"}).status_code == 200

    late = answer(projects, bob, project_id, offered, "accepted")

    assert (late.status_code, late.json["code"]) == (409, "invitation_over")
    assert projects.as_member(ada).get(f"/projects/{project_id}").json["role"] == "owner"


def test_who_would_not_help_is_asked_to_own_once_they_do(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    invitation_id = made(invite(projects, ada, project_id, bob))
    path = f"/projects/{project_id}/invitations/{invitation_id}"
    never = {"answer": "declined", "again": "never"}
    assert projects.as_member(bob).put(path, never).status_code == 200
    offer = {"call_id": call(projects, ada, project_id)}
    offer_id = made(projects.as_member(bob).post(f"/projects/{project_id}/offers", offer))
    accepted = {"answer": "accepted"}
    projects.as_member(ada).put(f"/projects/{project_id}/offers/{offer_id}", accepted)

    assert invite(projects, ada, project_id, bob, **{"as": "owner"}).status_code == 201
