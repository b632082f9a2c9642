"""News of projects, and who hears of them."""

from chassis.testing.people import left
from contracts.projects import ProjectUpdatePublished, ProjectUpdateRemoved
from services.projects import rules
from services.projects.tests.factories import (
    begin,
    blocked,
    change,
    ids,
    let_in,
    made,
    members,
)

NEWS = {"title": "The first course was held", "body": "It **rose**."}


def test_news_are_told_changed_liked_and_taken_away(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    path, client = f"/projects/{project_id}/updates", projects.as_member(ada)
    update_id = made(client.post(path, NEWS))

    same = client.patch(f"{path}/{update_id}", {"title": NEWS["title"]})
    edited = client.patch(f"{path}/{update_id}", {"body": "It rose twice."})
    for _ in range(2):
        assert projects.as_member(bob).put(f"{path}/{update_id}/like").status_code == 200
    [shown] = projects.as_member(bob).get(path).json["items"]
    own = client.put(f"{path}/{update_id}/like")

    assert same.json["edited_at"] is None and edited.json["edited_at"] is not None
    assert (shown["body"], shown["like_count"], shown["liked_by_me"]) == ("It rose twice.", 1, True)
    assert (own.status_code, own.json["code"]) == (403, "own_update")
    assert [one.revision for one in projects.published(ProjectUpdatePublished)] == [1, 2]
    assert projects.as_member(bob).delete(f"{path}/{update_id}/like").status_code == 200
    assert projects.as_member(bob).get(path).json["items"][0]["like_count"] == 0
    assert client.delete(f"{path}/{update_id}").status_code == 204
    assert ids(client.get(path)) == []
    assert client.delete(f"{path}/{update_id}").status_code == 404
    assert [one.revision for one in projects.published(ProjectUpdateRemoved)] == [3]


def test_others_news_are_changed_by_nobody_and_removed_by_the_owner(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    project_id = begin(projects, ada)
    for one in (bob, cleo):
        let_in(projects, ada, project_id, one)
    path = f"/projects/{project_id}/updates"
    update_id = made(projects.as_member(bob).post(path, NEWS))

    assert projects.as_member(ada).patch(f"{path}/{update_id}", {"body": "No"}).status_code == 403
    assert projects.as_member(cleo).delete(f"{path}/{update_id}").status_code == 403
    assert projects.as_member(ada).delete(f"{path}/{update_id}").status_code == 204


def test_the_feed_has_the_news_of_what_one_follows_or_builds(projects):
    ada, bob, cleo = members(projects, "Ada", "Bob", "Cleo")
    bread, rye = begin(projects, ada), begin(projects, cleo, "Rye for beginners")
    projects.as_member(bob).put(f"/projects/{bread}/follow")
    first = made(projects.as_member(ada).post(f"/projects/{bread}/updates", NEWS))
    other = made(projects.as_member(cleo).post(f"/projects/{rye}/updates", NEWS))

    feed = projects.as_member(bob).get("/projects/feed")

    assert ids(feed) == [first]
    assert feed.json["items"][0]["project"]["title"] == "Bread for beginners"
    assert feed.json["items"][0]["body"] == "" and feed.json["items"][0]["excerpt"] == "It rose."
    assert ids(projects.as_member(cleo).get("/projects/feed")) == [other]
    projects.deliver(blocked(ada, bob))
    assert ids(projects.as_member(bob).get("/projects/feed")) == []


def test_news_of_an_invited_project_reach_nobody_else(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    projects.as_member(bob).put(f"/projects/{project_id}/follow")
    made(projects.as_member(ada).post(f"/projects/{project_id}/updates", NEWS))

    change(projects, ada, project_id, visibility="invited")

    assert ids(projects.as_member(bob).get("/projects/feed")) == []


def test_who_leaves_with_what_they_wrote_takes_their_news(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    let_in(projects, ada, project_id, bob)
    path = f"/projects/{project_id}/updates"
    made(projects.as_member(bob).post(path, NEWS))
    mine = made(projects.as_member(ada).post(path, NEWS))

    projects.deliver(left(bob, removes_posts=True))

    assert ids(projects.as_member(ada).get(path)) == [mine]


def test_a_day_has_room_for_so_many_news(projects, monkeypatch):
    monkeypatch.setattr(rules, "UPDATES_A_DAY", 1)
    [ada] = members(projects, "Ada")
    path = f"/projects/{begin(projects, ada)}/updates"
    made(projects.as_member(ada).post(path, NEWS))

    refused = projects.as_member(ada).post(path, NEWS)

    assert (refused.status_code, refused.json["code"]) == (429, "updates_too_fast")
