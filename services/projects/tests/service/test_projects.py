"""Beginning, changing, finding, closing and reopening projects."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.people import MONDAY
from contracts.projects import ProjectClosed, ProjectCreated, ProjectUpdated
from services.projects.tests.factories import (
    attributed,
    begin,
    blocked,
    call,
    change,
    ids,
    invite,
    let_in,
    made,
    members,
)


def after(**span):
    """A moment of the past, so that tokens of today are good."""
    return clock.at(MONDAY + timedelta(**span))


def test_a_project_is_shown_as_it_was_begun(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project = {
        "title": " Bread  for beginners ",
        "pitch": "A course that anybody can give.",
        "description": "With **rye**. <script>alert(1)</script>",
        "stage": "concept",
        "keywords": ["Sourdough", "Pain au levain", "sourdough"],
        "visibility": "members",
    }

    shown = projects.as_member(ada).post("/projects", project)

    assert shown.status_code == 201, shown.json
    found = projects.as_member(bob).get(f"/projects/{shown.json['id']}").json
    assert found["title"] == "Bread for beginners" and found["owner"]["name"] == "Ada"
    assert "<strong>rye</strong>" in found["description_html"]
    assert "<script" not in found["description_html"]
    assert [one["slug"] for one in found["keywords"]] == ["sourdough", "pain-au-levain"]
    assert (found["role"], shown.json["role"]) == (None, "owner")
    assert (found["stage"], found["revision"], found["lang"]) == ("concept", 1, "en")
    counts = found["follower_count"], found["contributor_count"], found["open_call_count"]
    assert counts == (0, 0, 0) and not found["is_asleep"]
    [told] = projects.published(ProjectCreated)
    assert (told.title, told.owner_id, told.stage) == ("Bread for beginners", ada.id, "concept")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Short"),
        ("title", "x" * 151),
        ("pitch", ""),
        ("pitch", "x" * 501),
        ("stage", "closed"),
        ("stage", "dream"),
        ("keywords", list("abcdef")),
        ("keywords", ["!!!"]),
        ("visibility", "public"),
        ("description", "x" * 20_001),
        ("owner_id", "me"),
    ],
)
def test_what_cannot_be_a_project_is_refused(projects, field, value):
    [ada] = members(projects, "Ada")
    project = {"title": "Bread for beginners", "pitch": "A course.", field: value}

    refused = projects.as_member(ada).post("/projects", project)

    assert refused.status_code == 422 and field in refused.json["errors"]
    assert ids(projects.as_member(ada).get("/projects")) == []


def test_a_change_names_the_revision_that_it_is_meant_for(projects):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada)
    path, client = f"/projects/{project_id}", projects.as_member(ada)

    missing = client.patch(path, json={"title": "Rye for beginners"})
    changed = change(projects, ada, project_id, title="Rye for beginners")
    outdated = client.patch(path, json={"pitch": "Late."}, headers={"If-Match": '"1"'})
    odd = client.patch(path, json={"pitch": "Odd."}, headers={"If-Match": '"abc"'})

    assert (missing.status_code, missing.json["code"]) == (428, "version_missing")
    assert (changed.status_code, changed.json["revision"]) == (200, 2)
    assert (outdated.status_code, outdated.json["code"]) == (412, "version_outdated")
    assert odd.status_code == 412
    assert [event.revision for event in projects.published(ProjectUpdated)] == [2]


def test_what_changes_nothing_is_no_revision(projects):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada)

    same = change(projects, ada, project_id, title="Bread for beginners", stage="idea")

    assert same.json["revision"] == 1 and projects.published(ProjectUpdated) == []


def test_the_history_says_what_was_there_before(projects):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada, keywords=["Bread"])
    change(projects, ada, project_id, title="Rye for beginners", keywords=["Rye"])
    change(projects, ada, project_id, stage="closed", learned="It takes time.")

    past = projects.as_member(ada).get(f"/projects/{project_id}/history").json["items"]

    assert [(one["kind"], one["revision"]) for one in past] == [
        ("closed", 3),
        ("edited", 2),
        ("created", 1),
    ]
    assert past[0]["before"] == {"stage": "idea", "learned": ""}
    assert past[1]["before"] == {"title": "Bread for beginners", "keywords": ["Bread"]}
    assert past[1]["actor"]["name"] == "Ada"


def test_closing_asks_what_was_learned_and_ends_what_waits(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    call_id = call(projects, ada, project_id)
    invitation_id = made(invite(projects, ada, project_id, bob))
    offer = {"call_id": call_id}
    made(projects.as_member(cleo).post(f"/projects/{project_id}/offers", offer))

    unsaid = change(projects, ada, project_id, stage="closed")
    closed = change(projects, ada, project_id, stage="closed", learned="It takes *time*.")

    assert (unsaid.status_code, unsaid.json["code"]) == (422, "learned_missing")
    assert closed.status_code == 200 and "<em>time</em>" in closed.json["learned_html"]
    assert closed.json["closed_at"] is not None and closed.json["open_call_count"] == 0
    assert [event.learned for event in projects.published(ProjectClosed)] == ["It takes *time*."]
    client = projects.as_member(ada)
    [told] = client.get(f"/projects/{project_id}/calls").json["items"]
    [offered] = client.get(f"/projects/{project_id}/offers").json["items"]
    [asked] = client.get(f"/projects/{project_id}/invitations").json["items"]
    assert (told["state"], offered["state"], asked["state"]) == ("withdrawn",) * 3
    late = projects.as_member(bob).put(
        f"/projects/{project_id}/invitations/{invitation_id}", {"answer": "accepted"}
    )
    assert (late.status_code, late.json["code"]) == (409, "invitation_over")


def test_nothing_is_changed_in_a_closed_project_but_what_was_learned(projects):
    [ada] = members(projects, "Ada")
    project_id = begin(projects, ada)
    change(projects, ada, project_id, stage="closed", learned="It takes time.")

    renamed = change(projects, ada, project_id, title="Rye for beginners")
    learned = change(projects, ada, project_id, learned="It takes a day.")
    called = projects.as_member(ada).post(
        f"/projects/{project_id}/calls", {"title": "Somebody for rye"}
    )

    both = change(projects, ada, project_id, learned="It takes two.", pitch="Another one.")

    assert (renamed.status_code, renamed.json["code"]) == (409, "project_closed")
    assert (both.status_code, both.json["code"]) == (409, "project_closed")
    assert learned.status_code == 200 and learned.json["learned"] == "It takes a day."
    assert (called.status_code, called.json["code"]) == (409, "project_closed")


def test_closing_is_undone_for_thirty_days(projects):
    [ada] = members(projects, "Ada")
    with after(days=0):
        one, other = begin(projects, ada, stage="test"), begin(projects, ada, "Rye for beginners")
        for project_id in (one, other):
            change(projects, ada, project_id, stage="closed", learned="It takes time.")

    with after(days=29):
        opened = change(projects, ada, one, stage="test")
    with after(days=31):
        refused = change(projects, ada, other, stage="test")

    assert opened.status_code == 200 and opened.json["closed_at"] is None
    assert (refused.status_code, refused.json["code"]) == (409, "reopening_too_late")


def test_projects_are_found_by_words_keyword_stage_and_who_builds_them(projects):
    ada, bob = members(projects, "Ada", "Bob")
    bread = begin(projects, ada, "Des boulangers qui enseignent", keywords=["Pain"])
    rye = begin(projects, bob, "Rye for beginners", stage="test", keywords=["Rye and more"])
    closed = begin(projects, ada, "An older course of mine")
    change(projects, ada, closed, stage="closed", learned="It takes time.")
    client = projects.as_member(bob)

    assert ids(client.get("/projects")) == [rye, bread]
    assert ids(client.get("/projects?q=boulanger")) == [bread]
    assert ids(client.get("/projects?q=Beginner")) == [rye]
    assert ids(client.get("/projects?q=nothing-of-it")) == []
    assert ids(client.get("/projects?keyword=PAIN")) == [bread]
    assert ids(client.get("/projects?keyword=rye-and-more")) == [rye]
    assert ids(client.get("/projects?stage=closed")) == [closed]
    assert ids(client.get("/projects?stage=test")) == [rye]
    assert ids(client.get(f"/projects?member={ada.id}")) == [closed, bread]
    assert client.get("/projects?stage=dream").status_code == 422
    card = client.get("/projects?q=boulanger").json["items"][0]
    assert card["description"] == card["description_html"] == ""


def test_projects_that_look_for_a_skill_of_mine_need_me(projects):
    ada, bob = members(projects, "Ada", "Bob")
    bread, rye = begin(projects, ada), begin(projects, ada, "Rye for beginners")
    call(projects, ada, bread, skills=["bread-baking", "never-heard-of"])
    call(projects, ada, rye, skills=["teaching"])
    projects.deliver(attributed(bob, "bread-baking"))

    assert ids(projects.as_member(bob).get("/projects?needs_me=true")) == [bread]
    assert ids(projects.as_member(ada).get("/projects?needs_me=true")) == []
    assert projects.as_member(bob).get("/projects?needs_me=perhaps").status_code == 422

    projects.deliver(attributed(bob, "bread-baking", revision=2, is_hidden=True))
    assert ids(projects.as_member(bob).get("/projects?needs_me=true")) == [bread]


def test_an_invited_project_exists_for_its_people_and_the_invited_alone(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada, visibility="invited")
    path = f"/projects/{project_id}"

    for reading in (path, f"{path}/members", f"{path}/calls", f"{path}/updates", f"{path}/history"):
        hidden = projects.as_member(bob).get(reading)
        assert (hidden.status_code, hidden.json["code"]) == (404, "project_not_found")
    assert projects.as_member(bob).put(f"{path}/follow").status_code == 404
    assert ids(projects.as_member(bob).get("/projects?q=bread")) == []

    invitation_id = made(invite(projects, ada, project_id, bob))
    assert projects.as_member(bob).get(path).status_code == 200
    assert ids(projects.as_member(bob).get("/projects")) == [project_id]
    assert projects.as_member(cleo).get(path).status_code == 404
    projects.as_member(bob).put(f"{path}/invitations/{invitation_id}", {"answer": "declined"})
    assert projects.as_member(bob).get(path).status_code == 404


def test_an_invitation_that_waited_too_long_shows_nothing_any_more(projects):
    ada, bob = members(projects, "Ada", "Bob")
    with after(days=0):
        project_id = begin(projects, ada, visibility="invited")
        made(invite(projects, ada, project_id, bob))

    with after(days=15):
        assert projects.as_member(bob).get(f"/projects/{project_id}").status_code == 404
        assert ids(projects.as_member(bob).get("/projects/invitations")) == []


def test_going_to_invited_ends_the_follows_of_who_does_not_build_it(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    let_in(projects, ada, project_id, cleo)
    for one in (bob, cleo):
        assert projects.as_member(one).put(f"/projects/{project_id}/follow").status_code == 200

    hidden = change(projects, ada, project_id, visibility="invited")

    assert hidden.json["follower_count"] == 1
    assert ids(projects.as_member(cleo).get("/projects?followed=true")) == [project_id]
    assert ids(projects.as_member(bob).get("/projects?followed=true")) == []


def test_across_a_block_there_is_no_project_but_for_its_people(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    let_in(projects, ada, project_id, cleo)

    projects.deliver(blocked(ada, bob), blocked(cleo, ada))

    assert projects.as_member(bob).get(f"/projects/{project_id}").status_code == 404
    assert ids(projects.as_member(bob).get("/projects")) == []
    assert projects.as_member(cleo).get(f"/projects/{project_id}").status_code == 200


def test_a_silent_project_sleeps_and_any_act_of_its_people_wakes_it(projects):
    ada, bob = members(projects, "Ada", "Bob")
    with after(days=0):
        asleep = begin(projects, ada)
        launched = begin(projects, ada, "A launched one", stage="launched")
    with after(days=121):
        fresh = begin(projects, ada, "A fresh one")
        client = projects.as_member(ada)
        listed = client.get("/projects")
        refused = invite(projects, ada, asleep, bob)

        assert ids(listed) == [fresh, launched, asleep]
        assert [one["is_asleep"] for one in listed.json["items"]] == [False, False, True]
        assert (refused.status_code, refused.json["code"]) == (409, "project_asleep")
        assert projects.as_member(bob).put(f"/projects/{asleep}/awake").status_code == 403

        woken = client.put(f"/projects/{asleep}/awake")
        assert woken.status_code == 200 and not woken.json["is_asleep"]
        assert invite(projects, ada, asleep, bob).status_code == 201


def test_pages_of_projects_follow_each_other(projects):
    [ada] = members(projects, "Ada")
    begun = [begin(projects, ada, f"Project number {n}") for n in range(5)]
    client, found, cursor = projects.as_member(ada), [], ""

    while True:
        page = client.get(f"/projects?limit=2{cursor}")
        found += ids(page)
        if page.json["next"] is None:
            break
        cursor = f"&cursor={page.json['next']}"

    assert found == begun[::-1]


def test_a_member_begins_ten_projects_a_day(projects):
    [ada] = members(projects, "Ada")
    with after(days=0):
        for number in range(10):
            begin(projects, ada, f"Project number {number}")
        about = {"title": "One too many", "pitch": "A course."}
        refused = projects.as_member(ada).post("/projects", about)
    with after(days=1, minutes=1):
        assert projects.as_member(ada).post("/projects", about).status_code == 201

    assert (refused.status_code, refused.json["code"]) == (429, "projects_too_fast")
    assert 23 * 3600 < int(refused.headers["Retry-After"]) <= 24 * 3600 + 1


def test_a_project_is_found_by_its_words_as_they_are_now(projects):
    [ada] = members(projects, "Ada")
    about = {"title": "Bread for beginners", "pitch": "A course.", "description": "With *ovens*."}
    project_id = made(projects.as_member(ada).post("/projects", about))

    def found(words):
        return ids(projects.as_member(ada).get(f"/projects?q={words}")) == [project_id]

    change(projects, ada, project_id, title="Rye for beginners", keywords=["Sourdough"])
    assert [found(one) for one in ("bread", "rye", "sourdough", "oven")] == [
        False,
        True,
        True,
        True,
    ]
    change(projects, ada, project_id, description="")
    assert found("rye") and not found("oven")
    change(projects, ada, project_id, stage="closed", learned="With kilns.")
    assert projects.as_member(ada).get(f"/projects/{project_id}").json["learned"] == "With kilns."
