"""Calls, who could help, who is asked, who offers, and thanks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.people import MONDAY, person, updated
from contracts.discussion import AnswerRequested
from contracts.projects import ContributionThanked, ProjectHelpAsked, ProjectHelpOffered
from services.projects import rules
from services.projects.tests.factories import (
    answer,
    attributed,
    begin,
    blocked,
    call,
    followed,
    ids,
    invite,
    let_in,
    made,
    members,
    names,
)


def after(**span):
    """A moment of the past, so that tokens of today are good."""
    return clock.at(MONDAY + timedelta(**span))


def requested(asker, member):
    """That somebody was asked to answer a question."""
    return AnswerRequested(
        question_id=new_id(),
        member_id=member.id,
        requester_id=asker.id,
        revision=1,
        requested_at=clock.now(),
    )


def helpers(projects, actor, project_id, call_id):
    return projects.as_member(actor).get(f"/projects/{project_id}/calls/{call_id}/helpers")


def test_a_call_is_opened_listed_and_ended(projects):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada)
    client, path = projects.as_member(ada), f"/projects/{project_id}/calls"
    wanted = {
        "title": "Somebody who bakes rye",
        "details": "On *Mondays*.",
        "skills": ["bread-baking", "never-heard-of", "bread-baking"],
        "hours": 4,
        "until": "2030-02-01",
    }

    opened = client.post(path, wanted).json
    ended = client.patch(f"{path}/{opened['id']}", {"state": "answered"})
    again = client.patch(f"{path}/{opened['id']}", {"state": "answered"})
    other = client.patch(f"{path}/{opened['id']}", {"state": "withdrawn"})

    assert opened["skills"] == ["bread-baking", "never-heard-of"]
    assert (opened["state"], opened["hours"], opened["until"]) == ("open", 4, "2030-02-01")
    assert "<em>Mondays</em>" in opened["details_html"]
    assert (ended.status_code, again.status_code) == (200, 200)
    assert (other.status_code, other.json["code"]) == (409, "call_over")
    assert ids(client.get(f"{path}?state=open")) == []
    assert ids(client.get(f"{path}?state=answered")) == ids(client.get(path)) == [opened["id"]]


def test_ten_calls_are_open_at_most(projects):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada)
    opened = [call(projects, ada, project_id, f"Call number {n}") for n in range(10)]
    path = f"/projects/{project_id}/calls"

    refused = projects.as_member(ada).post(path, {"title": "One too many"})
    projects.as_member(ada).patch(f"{path}/{opened[0]}", {"state": "withdrawn"})

    assert (refused.status_code, refused.json["code"]) == (409, "calls_too_many")
    assert projects.as_member(ada).post(path, {"title": "Room again"}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("skills", ["a", "b", "c", "d", "e", "f"]),
        ("skills", ["Not a slug"]),
        ("hours", 0),
        ("hours", "4"),
        ("until", "soon"),
        ("title", "x"),
    ],
)
def test_what_cannot_be_a_call_is_refused(projects, field, value):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada)

    wanted = {"title": "Somebody who bakes rye", field: value}
    refused = projects.as_member(ada).post(f"/projects/{project_id}/calls", wanted)

    assert refused.status_code == 422
    assert [one for one in refused.json["errors"] if one.startswith(field)]


def test_helpers_are_those_the_owner_follows_then_who_has_more_of_the_skills(projects):
    people = members(projects, "Ada", "Near", "Both", "Strong", "Weak", "Other")
    ada, near, both, strong, weak, other = people
    project_id = begin(projects, ada)
    call_id = call(projects, ada, project_id, skills=["bread-baking", "teaching"])
    projects.deliver(
        followed(ada, near),
        attributed(near, score=0.1),
        *(attributed(both, one, score=0.2) for one in ("bread-baking", "teaching")),
        attributed(strong, score=5.0),
        attributed(weak, score=1.0),
        attributed(other, "masonry", score=9.0),
        attributed(ada, score=9.0),
    )

    found = helpers(projects, ada, project_id, call_id)

    assert names(found) == ["Near", "Both", "Strong", "Weak"]
    first, second, *_ = found.json["items"]
    assert [one["kind"] for one in first["reasons"]] == ["followed", "skills"]
    assert second["reasons"] == [{"kind": "skills", "count": 2}]
    assert [one["slug"] for one in second["attributions"]] == ["bread-baking", "teaching"]


def test_nobody_is_proposed_who_cannot_be_asked(projects):
    people = members(projects, "Ada", "In", "Asked", "Declined", "Blocked", "Hides", "Free", "Busy")
    ada, inside, asked, declined, across, hides, free, busy = people
    shy = person("Shy")
    project_id = begin(projects, ada)
    call_id = call(projects, ada, project_id)
    projects.deliver(
        replace(updated(shy, revision=2), is_proposable=False),
        *(attributed(one) for one in [*people, shy] if one is not hides),
        attributed(hides, is_hidden=True),
        blocked(across, ada),
        *(requested(ada, busy) for _ in range(3)),
    )
    let_in(projects, ada, project_id, inside)
    made(invite(projects, ada, project_id, asked))
    answer(
        projects,
        declined,
        project_id,
        made(invite(projects, ada, project_id, declined)),
        "declined",
    )

    assert names(helpers(projects, ada, project_id, call_id)) == ["Free"]
    for one, code in (
        (inside, "helper_impossible"),
        (asked, "invitation_waits"),
        (declined, "helper_declined"),
        (across, "helper_impossible"),
        (shy, "helper_impossible"),
        (busy, "member_asked_enough"),
    ):
        refused = invite(projects, ada, project_id, one)
        assert (refused.status_code, refused.json["code"]) == (409, code), one.name
    assert invite(projects, ada, project_id, free).status_code == 201


def test_an_invitation_is_accepted_by_whom_it_is_for_alone(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    call_id = call(projects, ada, project_id)
    asked = invite(projects, ada, project_id, bob, call_id=call_id, word="You bake so well")
    invitation_id = made(asked)

    [mine] = projects.as_member(bob).get("/projects/invitations").json["items"]
    stolen = answer(projects, cleo, project_id, invitation_id, "accepted")
    later_ = answer(projects, bob, project_id, invitation_id, "later")
    taken = answer(projects, bob, project_id, invitation_id, "accepted")
    again = answer(projects, bob, project_id, invitation_id, "accepted")

    assert (mine["word"], mine["project"]["title"]) == ("You bake so well", "Bread for beginners")
    assert (mine["inviter"]["name"], mine["call_id"], mine["as"]) == ("Ada", call_id, "contributor")
    assert (stolen.status_code, stolen.json["code"]) == (404, "help_invitation_not_found")
    assert [one.status_code for one in (later_, taken, again)] == [200, 200, 200]
    assert ids(projects.as_member(bob).get("/projects/invitations")) == []
    assert projects.as_member(bob).get(f"/projects/{project_id}").json["role"] == "contributor"
    states = [event.state for event in projects.published(ProjectHelpAsked)]
    assert states == ["pending", "later", "accepted"]


def test_an_invitation_is_over_after_fourteen_days_and_asked_again_after_thirty_more(projects):
    ada, bob = members(projects, "Ada", "Bob")
    with after(days=0):
        project_id = begin(projects, ada)
        invitation_id = made(invite(projects, ada, project_id, bob))

    with after(days=15):
        late = answer(projects, bob, project_id, invitation_id, "accepted")
        soon = invite(projects, ada, project_id, bob)
    with after(days=45):
        again = invite(projects, ada, project_id, bob)

    assert (late.status_code, late.json["code"]) == (409, "invitation_over")
    assert (soon.status_code, soon.json["code"]) == (409, "helper_declined")
    assert int(soon.headers["Retry-After"]) > 24 * 3600
    assert again.status_code == 201, again.json


def test_who_declines_is_asked_again_after_ninety_days_or_never(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    with after(days=0):
        project_id = begin(projects, ada)
        for one, again in ((bob, "after_90_days"), (cleo, "never")):
            invitation_id = made(invite(projects, ada, project_id, one))
            path = f"/projects/{project_id}/invitations/{invitation_id}"
            declined = {"answer": "declined", "word": "Not now", "again": again}
            assert projects.as_member(one).put(path, declined).status_code == 200

    with after(days=91):
        assert invite(projects, ada, project_id, bob).status_code == 201
        never = invite(projects, ada, project_id, cleo)
    assert (never.status_code, never.json["code"]) == (409, "helper_declined")
    assert "Retry-After" not in never.headers


def test_a_member_is_asked_as_often_a_week_as_they_chose_by_all_projects(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    projects.deliver(replace(updated(cleo, revision=2), asks_per_week=0))
    with after(days=0):
        begun = [begin(projects, ada, f"Project number {n}") for n in range(4)]
        for project_id in begun[:3]:
            made(invite(projects, ada, project_id, bob))
        refused = invite(projects, ada, begun[3], bob)
        never = invite(projects, ada, begun[0], cleo)

    assert (refused.status_code, refused.json["code"]) == (409, "member_asked_enough")
    assert 6 * 24 * 3600 < int(refused.headers["Retry-After"]) <= 7 * 24 * 3600 + 1
    assert (never.status_code, never.json["code"]) == (409, "member_asked_enough")
    with after(days=8):
        assert invite(projects, ada, begun[3], bob).status_code == 201


def test_a_project_invites_ten_a_day(projects, monkeypatch):
    monkeypatch.setattr(rules, "INVITATIONS_A_DAY", 2)
    ada, *people = members(projects, "Ada", "Bob", "Cleo", "Dan")
    project_id = begin(projects, ada)
    for one in people[:2]:
        made(invite(projects, ada, project_id, one))

    refused = invite(projects, ada, project_id, people[2])

    assert (refused.status_code, refused.json["code"]) == (429, "help_invitations_too_fast")
    assert int(refused.headers["Retry-After"]) > 0


def test_an_invitation_is_taken_back(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    invitation_id = made(invite(projects, ada, project_id, bob))
    path = f"/projects/{project_id}/invitations/{invitation_id}"

    assert projects.as_member(bob).delete(path).status_code == 403
    assert [projects.as_member(ada).delete(path).status_code for _ in range(2)] == [204, 204]
    late = answer(projects, bob, project_id, invitation_id, "accepted")
    assert (late.status_code, late.json["code"]) == (409, "invitation_over")
    assert invite(projects, ada, project_id, bob).status_code == 201


def test_an_offer_is_made_once_and_accepted_by_who_builds_the_project(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    call_id = call(projects, ada, project_id)
    path = f"/projects/{project_id}/offers"
    offered = projects.as_member(bob).post(path, {"call_id": call_id, "word": "I bake"})
    offer_id = made(offered)

    twice = projects.as_member(bob).post(path, {"call_id": call_id})
    own = projects.as_member(ada).post(path, {"call_id": call_id})
    stranger = projects.as_member(cleo).put(f"{path}/{offer_id}", {"answer": "accepted"})
    himself = projects.as_member(bob).put(f"{path}/{offer_id}", {"answer": "accepted"})
    taken = projects.as_member(ada).put(
        f"{path}/{offer_id}", {"answer": "accepted", "word": "Yes!"}
    )
    late = projects.as_member(bob).put(f"{path}/{offer_id}", {"answer": "withdrawn"})

    assert (twice.status_code, twice.json["code"]) == (409, "offered_already")
    assert (own.status_code, own.json["code"]) == (409, "own_call")
    assert (stranger.status_code, himself.status_code) == (404, 404)
    assert taken.status_code == 200 and taken.json["answer"] == "Yes!"
    assert (late.status_code, late.json["code"]) == (409, "offer_over")
    assert projects.as_member(bob).get(f"/projects/{project_id}").json["role"] == "contributor"
    assert [one.state for one in projects.published(ProjectHelpOffered)] == ["pending", "accepted"]
    assert ids(projects.as_member(cleo).get(path)) == []
    assert ids(projects.as_member(ada).get(path)) == [offer_id]


def test_no_help_is_offered_for_a_call_that_is_over(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id, other = begin(projects, ada), begin(projects, ada, "Rye for beginners")
    call_id = call(projects, ada, project_id)
    projects.as_member(ada).patch(f"/projects/{project_id}/calls/{call_id}", {"state": "withdrawn"})

    over = projects.as_member(bob).post(f"/projects/{project_id}/offers", {"call_id": call_id})
    elsewhere = projects.as_member(bob).post(f"/projects/{other}/offers", {"call_id": call_id})

    assert (over.status_code, over.json["code"]) == (409, "call_over")
    assert (elsewhere.status_code, elsewhere.json["code"]) == (404, "call_not_found")


def test_a_contributor_is_thanked_once_for_an_answered_call(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    call_id = call(projects, ada, project_id)
    let_in(projects, ada, project_id, bob)
    path = f"/projects/{project_id}/calls/{call_id}"
    thanks = {"member_id": str(bob.id), "skills": ["bread-baking"], "word": "It rose"}
    client = projects.as_member(ada)

    early = client.post(f"{path}/thanks", thanks)
    client.patch(path, {"state": "answered"})
    by_bob = projects.as_member(bob).post(f"{path}/thanks", {"member_id": str(ada.id)})
    oneself = client.post(f"{path}/thanks", {"member_id": str(ada.id)})
    stranger = client.post(f"{path}/thanks", {"member_id": str(cleo.id)})
    given = client.post(f"{path}/thanks", thanks)
    twice = client.post(f"{path}/thanks", thanks)

    assert (early.status_code, early.json["code"]) == (409, "call_unanswered")
    assert (by_bob.status_code, by_bob.json["code"]) == (403, "owner_only")
    assert (oneself.status_code, oneself.json["code"]) == (422, "thanks_for_oneself")
    assert (stranger.status_code, stranger.json["code"]) == (404, "contributor_not_found")
    assert given.status_code == 201
    assert (twice.status_code, twice.json["code"]) == (409, "thanked_already")
    [told_] = projects.published(ContributionThanked)
    assert (told_.member_id, told_.owner_id, told_.skills) == (bob.id, ada.id, ("bread-baking",))
    listed = projects.as_member(cleo).get(f"/projects/{project_id}/thanks")
    assert names(listed) == ["Bob"] and listed.json["items"][0]["word"] == "It rose"


def test_nobody_is_asked_who_could_not_see_the_project(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    let_in(projects, ada, project_id, bob)
    call_id = call(projects, ada, project_id)
    projects.deliver(attributed(cleo), blocked(cleo, ada))

    refused = invite(projects, bob, project_id, cleo)

    assert (refused.status_code, refused.json["code"]) == (409, "helper_impossible")
    assert names(helpers(projects, bob, project_id, call_id)) == []


def test_a_day_has_room_for_so_many_offers(projects, monkeypatch):
    monkeypatch.setattr(rules, "OFFERS_A_DAY", 1)
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    path = f"/projects/{project_id}/offers"
    calls = [call(projects, ada, project_id, f"Call number {n}") for n in range(2)]

    first, second = (projects.as_member(bob).post(path, {"call_id": one}) for one in calls)

    assert first.status_code == 201
    assert (second.status_code, second.json["code"]) == (429, "offers_too_fast")


def test_whose_offer_is_accepted_is_asked_no_more(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    call_id = call(projects, ada, project_id)
    made(invite(projects, ada, project_id, bob))
    path = f"/projects/{project_id}/offers"
    offer_id = made(projects.as_member(bob).post(path, {"call_id": call_id}))

    projects.as_member(ada).put(f"{path}/{offer_id}", {"answer": "accepted"})

    assert ids(projects.as_member(bob).get("/projects/invitations")) == []
