"""What becomes of projects when somebody leaves Skiller."""

from sqlalchemy import select

from chassis.testing.people import left, suspended
from contracts.projects import ProjectClosed, ProjectMemberLeft, ProjectUnfollowed
from services.projects.models import HelpInvitation
from services.projects.tests.factories import (
    attributed,
    begin,
    call,
    change,
    ids,
    invite,
    let_in,
    made,
    members,
)


def test_a_project_passes_to_the_contributor_who_came_first_and_is_active(projects):
    ada, bob, cleo, dan = members(projects, "Ada", "Bob", "Cleo", "Dan")
    project_id = begin(projects, ada)
    for one in (bob, cleo, dan):
        let_in(projects, ada, project_id, one)
    made(invite(projects, ada, project_id, dan, **{"as": "owner"}))
    projects.deliver(suspended(bob))

    projects.deliver(left(ada))

    shown = projects.as_member(cleo).get(f"/projects/{project_id}").json
    assert (shown["owner"]["name"], shown["role"], shown["stage"]) == ("Cleo", "owner", "idea")
    assert shown["contributor_count"] == 2
    assert [one.member_id for one in projects.published(ProjectMemberLeft)] == [ada.id]
    assert ids(projects.as_member(dan).get("/projects/invitations")) == []
    assert change(projects, cleo, project_id, title="Rye for all").status_code == 200


def test_a_project_that_nobody_takes_over_closes_with_nothing_learned(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    call(projects, ada, project_id)

    projects.deliver(left(ada))

    shown = projects.as_member(bob).get(f"/projects/{project_id}").json
    assert (shown["owner"], shown["stage"], shown["learned"]) == (None, "closed", "")
    assert shown["open_call_count"] == 0
    [told] = projects.published(ProjectClosed)
    assert told.owner_id is None and told.learned == ""


def test_a_closed_project_stays_when_its_owner_leaves(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    change(projects, ada, project_id, stage="closed", learned="It takes time.")

    projects.deliver(left(ada))

    shown = projects.as_member(bob).get(f"/projects/{project_id}").json
    assert (shown["owner"], shown["learned"]) == (None, "It takes time.")
    told = projects.published(ProjectClosed)[-1]
    assert (told.owner_id, told.revision) == (None, 3)


def test_follows_offers_invitations_and_words_end_with_who_leaves(projects):
    ada, bob = members(projects, "Ada", "Bob")
    one, other = begin(projects, ada), begin(projects, ada, "Rye for beginners")
    projects.deliver(attributed(bob))
    projects.as_member(bob).put(f"/projects/{one}/follow")
    made(invite(projects, ada, one, bob, word="Dear Bob"))
    call_id = call(projects, ada, other)
    offer = {"call_id": call_id, "word": "I bake"}
    made(projects.as_member(bob).post(f"/projects/{other}/offers", offer))

    projects.deliver(left(bob))

    client = projects.as_member(ada)
    assert client.get(f"/projects/{one}").json["follower_count"] == 0
    assert [event.member_id for event in projects.published(ProjectUnfollowed)] == [bob.id]
    [offered] = client.get(f"/projects/{other}/offers").json["items"]
    assert (offered["state"], offered["word"]) == ("withdrawn", "")
    assert offered["member"]["name"] == "A former member"
    with projects.session() as session:
        [asked] = session.scalars(select(HelpInvitation))
        assert (asked.state, asked.word) == ("withdrawn", "")
    assert client.get(f"/projects/{other}/calls/{call_id}/helpers").json["items"] == []


def test_leaving_twice_and_hearing_of_it_late_changes_nothing_more(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    let_in(projects, ada, project_id, bob)

    projects.deliver(left(bob))
    projects.deliver(left(bob), attributed(bob))

    assert len(projects.published(ProjectMemberLeft)) == 1
    call_id = call(projects, ada, project_id)
    path = f"/projects/{project_id}/calls/{call_id}/helpers"
    assert projects.as_member(ada).get(path).json["items"] == []
