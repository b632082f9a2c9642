"""Moderators name keywords, merge them and take that back; nothing is lost on the way."""

import pytest
from sqlalchemy import select

from chassis.identifiers import new_id
from chassis.testing.people import MONDAY, joined, person
from chassis.testing.tokens import token_for
from contracts.discussion import KeywordMerged, KeywordRenamed, PostEdited, PostPublished
from contracts.social import KeywordFollowed
from services.discussion.app import SERVICE
from services.discussion.models import Keyword, KeywordMove, PostKeyword
from services.discussion.tests.factories import ask, titles


def follow(service, member, slug):
    event = KeywordFollowed(member_id=member.id, slug=slug, revision=1, changed_at=MONDAY)
    service.deliver(event)


def merge(service, actor, slug, into, **more):
    return service.as_member(actor).put(f"/keywords/{slug}/merge", {"into": into, **more})


def part(service, actor, slug):
    return service.as_member(actor).delete(f"/keywords/{slug}/merge")


def state(service):
    """All that a merge moves: keywords, and posts with their keywords in order."""
    with service.session() as session:
        keywords = session.execute(
            select(Keyword.id, Keyword.slug, Keyword.label, Keyword.post_count)
        ).all()
        rows = session.execute(
            select(PostKeyword.post_id, PostKeyword.keyword_id, PostKeyword.position)
        ).all()
    return sorted(map(tuple, keywords)), sorted(map(tuple, rows))


@pytest.fixture
def ana(discussion):
    ana = person("Ana")
    discussion.deliver(joined(ana))
    return ana


@pytest.fixture
def max_(discussion):
    return person("Max", role="moderator")


@pytest.fixture
def town(discussion, ana):
    """Two keywords for one thing: alone, together, and each with followers."""
    for labels in (["Postgres"], ["PostgreSQL"], ["SQL", "Postgres", "PostgreSQL"], ["Postgres"]):
        ask(discussion, ana, f"About {' '.join(labels)}", keywords=labels)
    for slug in ("postgres", "postgresql"):
        follow(discussion, person("Ben"), slug)
    return discussion


def test_a_dry_run_counts_and_changes_nothing(town, max_):
    before = state(town)

    shown = merge(town, max_, "postgres", "postgresql", is_dry_run=True)

    assert shown.json == {
        "slug": "postgres",
        "into": "postgresql",
        "post_count": 3,
        "follower_count": 1,
        "is_merged": False,
    }
    assert state(town) == before
    assert town.published(KeywordMerged) == []


def test_a_merged_keyword_leads_to_the_other_with_its_posts(town, ana, max_):
    merged = merge(town, max_, "postgres", "postgresql")

    assert merged.json["is_merged"] is True
    client = town.as_member(ana)
    moved = client.get("/keywords/postgres")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/api/v1/keywords/postgresql")
    assert client.get("/keywords/postgresql").json["post_count"] == 4
    for keyword in ("postgres", "Postgres", "postgresql"):
        assert len(titles(client.get(f"/questions?keyword={keyword}"))) == 4, keyword
    together = client.get("/questions?keyword=sql").json["items"][0]
    assert [k["slug"] for k in together["keywords"]] == ["sql", "postgresql"]
    asked = ask(town, ana, "Asked afterwards", keywords=["postgres"])
    shown = client.get(f"/questions/{asked}").json["keywords"]
    assert shown == [{"slug": "postgresql", "label": "PostgreSQL"}]
    [told] = town.published(KeywordMerged)
    assert (told.slug, told.into, told.label) == ("postgres", "postgresql", "PostgreSQL")
    assert (told.state, told.revision) == ("merged", 1)


def test_taking_a_merge_back_restores_all_but_what_came_since(town, ana, max_):
    before = state(town)
    merge(town, max_, "postgres", "postgresql")

    back = part(town, max_, "postgres")

    assert back.json["is_merged"] is False and back.json["post_count"] == 3
    assert state(town) == before
    assert town.as_member(ana).get("/keywords/postgres").status_code == 200
    assert [event.state for event in town.published(KeywordMerged)] == ["merged", "apart"]
    with town.session() as session:
        assert session.scalars(select(KeywordMove)).all() == []

    merge(town, max_, "postgres", "postgresql")
    since = ask(town, ana, "Asked afterwards", keywords=["postgres"])
    gone = town.as_member(ana).get("/questions?keyword=sql").json["items"][0]["id"]
    assert town.as_member(ana).delete(f"/questions/{gone}").status_code == 204
    assert part(town, max_, "postgres").status_code == 200
    shown = town.as_member(ana).get(f"/questions/{since}").json["keywords"]
    assert [k["slug"] for k in shown] == ["postgresql"]
    counts = {
        slug: town.as_member(ana).get(f"/keywords/{slug}").json["post_count"]
        for slug in ("postgres", "postgresql")
    }
    assert counts == {"postgres": 2, "postgresql": 2}


def test_merges_of_merges_lead_to_the_last(town, ana, max_):
    merge(town, max_, "postgres", "postgresql")
    merge(town, max_, "postgresql", "sql")

    moved = town.as_member(ana).get("/keywords/postgres")
    assert moved.headers["Location"] == "/api/v1/keywords/sql"
    refused = part(town, max_, "postgres")
    assert (refused.status_code, refused.json["code"]) == (409, "merge_impossible")
    assert part(town, max_, "postgresql").status_code == 200
    assert town.as_member(ana).get("/keywords/postgres").headers["Location"].endswith("postgresql")
    assert part(town, max_, "postgres").status_code == 200


def test_a_keyword_made_anew_beside_its_merge_is_not_made_twice(town, max_):
    merge(town, max_, "postgres", "postgresql")
    with town.session() as session:
        row = {"id": new_id(), "slug": "postgres", "label": "Postgres"}
        session.add(Keyword(**row, created_at=MONDAY))

    refused = part(town, max_, "postgres")

    assert (refused.status_code, refused.json["code"]) == (409, "merge_impossible")


def test_a_label_that_a_moderator_gives_stays(town, ana, max_):
    for _ in range(2):
        renamed = town.as_member(max_).patch("/keywords/postgres", {"label": "PG"})
        assert renamed.json == {"slug": "postgres", "label": "PG"}
    ask(town, ana, "Once more", keywords=["Postgres"])

    assert town.as_member(ana).get("/keywords/postgres").json["label"] == "PG"
    [told] = town.published(KeywordRenamed)
    assert (told.slug, told.label) == ("postgres", "PG")


def test_only_moderators_act_and_on_keywords_that_there_are(town, ana, max_):
    for refused in (
        merge(town, ana, "postgres", "postgresql"),
        part(town, ana, "postgres"),
        town.as_member(ana).patch("/keywords/postgres", {"label": "PG"}),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "moderators_only")
    stale = {"Authorization": f"Bearer {token_for(max_, auth_at=0)}"}
    old = town.as_member(max_).patch("/keywords/postgres", {"label": "PG"}, headers=stale)
    assert (old.status_code, old.json["code"]) == (403, "password_needed")
    assert merge(town, max_, "postgres", "nothing").status_code == 404
    assert merge(town, max_, "postgres", "postgres").json["code"] == "merge_impossible"
    assert part(town, max_, "postgres").status_code == 404


def test_history_tells_merges_as_they_stand(town, max_):
    merge(town, max_, "postgres", "postgresql")
    history = next(h for h in SERVICE.history if KeywordMerged in h.kinds)

    with town.session() as session:
        told = history.page(session, None, 9)
        rest = history.page(session, told[-1], 9)

    assert told == town.published(KeywordMerged)
    assert rest == []


def written(event):
    return [keyword.written for keyword in event.keywords]


def told_again(service, title):
    """What history tells of a question."""
    history = next(h for h in SERVICE.history if PostPublished in h.kinds)
    with service.session() as session:
        [told] = [post for post in history.page(session, None, 99) if post.title == title]
    return told


def test_a_post_with_both_keywords_is_told_with_what_its_author_wrote(town, ana, max_):
    labels = ["SQL", "Postgres", "PostgreSQL"]
    title = f"About {' '.join(labels)}"
    [live] = [event for event in town.published(PostPublished) if event.title == title]
    merge(town, max_, "postgres", "postgresql")

    assert told_again(town, title) == live
    edit = {"title": "About databases"}
    assert town.as_member(ana).patch(f"/questions/{live.post_id}", edit).status_code == 200
    [edited] = town.published(PostEdited)
    assert edited.keywords == live.keywords
    part(town, max_, "postgres")
    assert written(told_again(town, "About databases")) == labels


def test_an_edit_of_keywords_leaves_nothing_of_a_doubled_one(town, ana, max_):
    labels = ["PostgreSQL", "Postgres"]
    asked = ask(town, ana, "Both of them", keywords=labels)
    merge(town, max_, "postgres", "postgresql")

    edit = {"keywords": ["PostgreSQL"]}
    assert town.as_member(ana).patch(f"/questions/{asked}", edit).status_code == 200

    assert written(town.published(PostEdited)[-1]) == ["PostgreSQL"]
    assert written(told_again(town, "Both of them")) == ["PostgreSQL"]
    part(town, max_, "postgres")
    assert written(told_again(town, "Both of them")) == ["PostgreSQL"]


def test_of_a_removed_post_no_word_waits_for_a_merge_to_be_taken_back(town, ana, max_):
    asked = ask(town, ana, "Soon gone", keywords=["Postgres", "PostgreSQL"])
    merge(town, max_, "postgres", "postgresql")

    assert town.as_member(ana).delete(f"/questions/{asked}").status_code == 204

    with town.session() as session:
        kept = select(KeywordMove.written).where(KeywordMove.post_id == asked)
        assert session.scalars(kept).all() == []
