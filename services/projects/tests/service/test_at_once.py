"""What meets at the same moment: one winner, nothing twice."""

from uuid import UUID

from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.testing.meeting import at_once, while_uncommitted
from chassis.testing.people import left
from contracts.projects import ProjectHelpOffered, ProjectMemberLeft
from services.projects.actions.offers import answer_offer
from services.projects.tests.factories import (
    answer,
    begin,
    call,
    change,
    invite,
    let_in,
    made,
    members,
    names,
)


def test_of_two_handovers_at_once_one_wins(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    for one in (bob, cleo):
        let_in(projects, ada, project_id, one)
    asked = {
        one.id: made(invite(projects, ada, project_id, one, **{"as": "owner"}))
        for one in (bob, cleo)
    }

    answers = at_once(
        *(
            lambda one=one: answer(projects, one, project_id, asked[one.id], "accepted")
            for one in (bob, cleo)
        )
    )

    assert sorted(one.status_code for one in answers) == [200, 409]
    listed = projects.as_member(ada).get(f"/projects/{project_id}/members").json["items"]
    assert [one["role"] for one in listed] == ["owner", "contributor", "contributor"]


def test_of_accepting_and_taking_back_at_once_one_wins(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    invitation_id = made(invite(projects, ada, project_id, bob))
    path = f"/projects/{project_id}/invitations/{invitation_id}"

    accepted, taken_back = at_once(
        lambda: answer(projects, bob, project_id, invitation_id, "accepted"),
        lambda: projects.as_member(ada).delete(path),
    )

    assert sorted([accepted.status_code < 300, taken_back.status_code < 300]) == [False, True]
    inside = names(projects.as_member(ada).get(f"/projects/{project_id}/members"))
    assert ("Bob" in inside) == (accepted.status_code == 200)


def test_of_changes_of_one_revision_at_once_one_wins(projects):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada)

    answers = at_once(
        *(
            lambda n=n: projects.as_member(ada).patch(
                f"/projects/{project_id}",
                json={"title": f"Title number {n}"},
                headers={"If-Match": '"1"'},
            )
            for n in range(4)
        )
    )

    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]


def test_two_projects_that_ask_one_member_at_once_do_not_ask_too_often(projects):
    ada, bob = members(projects, "Ada", "Bob")
    begun = [begin(projects, ada, f"Project number {n}") for n in range(5)]

    answers = at_once(*(lambda one=one: invite(projects, ada, one, bob) for one in begun))

    assert sorted(one.status_code for one in answers) == [201, 201, 201, 409, 409]


def test_closing_and_calling_at_once_leave_no_open_call(projects):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada)
    wanted = {"title": "Somebody for rye"}

    at_once(
        lambda: change(projects, ada, project_id, stage="closed", learned="It takes time."),
        lambda: projects.as_member(ada).post(f"/projects/{project_id}/calls", wanted),
    )

    assert projects.as_member(ada).get(f"/projects/{project_id}").json["open_call_count"] == 0


def test_offers_of_one_member_at_once_are_one(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    offer = {"call_id": call(projects, ada, project_id)}
    path = f"/projects/{project_id}/offers"

    answers = at_once(*[lambda: projects.as_member(bob).post(path, offer)] * 4)

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]


def test_offering_and_being_asked_at_once_wait_for_each_other_and_not_crosswise(projects):
    ada, bob = members(projects, "Ada", "Bob")
    for number in range(5):
        project_id = begin(projects, ada, f"Project number {number}")
        offer = {"call_id": call(projects, ada, project_id)}
        path = f"/projects/{project_id}/offers"

        answers = at_once(
            lambda asked=project_id: invite(projects, ada, asked, bob),
            lambda path=path, offer=offer: projects.as_member(bob).post(path, offer),
        )

        assert {one.status_code for one in answers} <= {201, 409}, [one.json for one in answers]


def test_whose_offer_is_accepted_while_they_leave_builds_nothing(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    offer = {"call_id": call(projects, ada, project_id)}
    path = f"/projects/{project_id}/offers"
    offer_id = made(projects.as_member(bob).post(path, offer))
    actor = Claims(ada.id, new_id(), ada.role, ada.name, ada.headline, expires_at=0.0)

    while_uncommitted(
        projects,
        lambda session: answer_offer(
            session,
            actor=actor,
            project_id=UUID(project_id),
            offer_id=UUID(offer_id),
            answer="accepted",
            word="",
        ),
        lambda: projects.deliver(left(bob)),
    )

    inside = projects.as_member(ada).get(f"/projects/{project_id}/members")
    assert names(inside) == ["Ada"]
    assert [one.state for one in projects.published(ProjectHelpOffered)] == ["pending", "accepted"]
    assert [one.member_id for one in projects.published(ProjectMemberLeft)] == [bob.id]
