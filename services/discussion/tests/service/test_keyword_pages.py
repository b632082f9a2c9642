"""Keywords as one types, their pages, who is active there, and the feed that they bring."""

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.paging import all_items
from chassis.testing.people import MONDAY, joined, left, person
from contracts.social import KeywordFollowed, KeywordUnfollowed
from services.discussion.models import Keyword, KeywordAlias
from services.discussion.tests.factories import ask, followed, like, reply, titles


def keyword_followed(member, slug, *, revision=1, kind=KeywordFollowed):
    return kind(member_id=member.id, slug=slug, revision=revision, changed_at=MONDAY)


def slugs(answer):
    assert answer.status_code == 200, answer.json
    return [item["slug"] for item in answer.json["items"]]


@pytest.fixture
def ana(discussion):
    ana = person("Ana")
    discussion.deliver(joined(ana))
    return ana


def test_keywords_come_as_one_types(discussion, ana):
    for labels in (["C++", "Développement durable"], ["C++", "C"], ["C#"], ["C#"], ["C#"]):
        ask(discussion, ana, "Which language?", keywords=labels)
    client = discussion.as_member(ana)

    assert slugs(client.get("/keywords?q=c")) == ["c", "c-sharp", "c-plus-plus"]
    assert slugs(client.get("/keywords?q=C%2B")) == ["c-plus-plus"]
    assert slugs(client.get("/keywords?q=DÉVEL")) == ["developpement-durable"]
    assert slugs(client.get("/keywords?q=durab")) == ["developpement-durable"]
    assert slugs(client.get("/keywords?q=zzz")) == []
    by_use = ["c-sharp", "c-plus-plus", "c", "developpement-durable"]
    assert slugs(client.get("/keywords")) == by_use
    assert [i["slug"] for i in all_items(client, "/keywords", limit=1)] == by_use
    assert [i["slug"] for i in all_items(client, "/keywords?q=c", limit=1)] == [
        *("c", "c-sharp", "c-plus-plus")
    ]


def test_a_keyword_has_its_counts_and_what_stands_beside_it(discussion, ana):
    ben = person("Ben")
    ask(discussion, ana, "Question 1", keywords=["Rye", "Bread"])
    ask(discussion, ben, "Question 2", keywords=["Rye", "Bread", "Oats"])
    discussion.deliver(keyword_followed(ana, "rye"), keyword_followed(ben, "rye"))

    shown = discussion.as_member(ana).get("/keywords/rye").json

    assert shown == {
        "slug": "rye",
        "label": "Rye",
        "follower_count": 2,
        "post_count": 2,
        "followed_by_me": True,
        "related": [{"slug": "bread", "label": "Bread"}, {"slug": "oats", "label": "Oats"}],
    }
    gone = keyword_followed(ben, "rye", revision=2, kind=KeywordUnfollowed)
    discussion.deliver(gone, keyword_followed(ben, "rye"), left(ana, removes_posts=True))
    shown = discussion.as_member(ben).get("/keywords/rye").json
    assert (shown["follower_count"], shown["post_count"]) == (0, 1)
    assert discussion.as_member(ben).get("/keywords/nothing").status_code == 404


def test_followers_of_a_keyword_are_counted_also_before_there_is_one(discussion, ana):
    discussion.deliver(keyword_followed(ana, "spelt"))

    ask(discussion, ana, "Question 1", keywords=["Spelt"])

    shown = discussion.as_member(ana).get("/keywords/spelt").json
    assert (shown["follower_count"], shown["followed_by_me"]) == (1, True)


def test_an_alias_leads_to_the_page_of_its_keyword(discussion, ana):
    ask(discussion, ana, "Question 1", keywords=["PostgreSQL"])
    with discussion.session() as session:
        keyword = session.query(Keyword).one()
        alias = KeywordAlias(slug="postgres", keyword_id=keyword.id, created_at=clock.now())
        session.add(alias)

    for path in ("", "/members"):
        moved = discussion.as_member(ana).get(f"/keywords/postgres{path}")
        assert moved.status_code == 301
        assert moved.headers["Location"] == f"/api/v1/keywords/postgresql{path}"


def test_who_is_liked_under_a_keyword_is_shown_with_why(discussion, ana):
    ben, cleo, dan = person("Ben"), person("Cleo"), person("Dan")
    first = ask(discussion, ana, "Question 1", keywords=["Rye"])
    other = ask(discussion, ana, "Question 2", keywords=["Oats"])
    bens, cleos = reply(discussion, ben, first), reply(discussion, cleo, first)
    for liker, post_id in ((ana, bens), (dan, bens), (ana, cleos), (dan, first)):
        like(discussion, liker, post_id)
    like(discussion, ana, reply(discussion, dan, other))

    found = discussion.as_member(dan).get("/keywords/rye/members").json["items"]

    shown = [(item["member"]["name"], item["like_count"], item["post_count"]) for item in found]
    assert shown[0] == ("Ben", 2, 1)
    assert sorted(shown[1:]) == [("Ana", 1, 1), ("Cleo", 1, 1)]


def test_what_is_for_followers_only_is_in_no_count_and_no_name(discussion, ana):
    ben = person("Ben")
    question = {"title": "Which flour?", "body": "Rye?", "keywords": ["Secret", "Rye"]}
    asked = (
        discussion.as_member(ana)
        .post("/questions", {**question, "audience": "followers-only"})
        .json
    )
    ask(discussion, ben, "Question 2", keywords=["Rye"])
    discussion.deliver(followed(person("Cleo"), ana, revision=1))
    client = discussion.as_member(ben)

    assert slugs(client.get("/keywords")) == ["rye"]
    assert client.get("/keywords/secret").status_code == 404
    rye = client.get("/keywords/rye").json
    assert (rye["post_count"], rye["related"]) == (1, [])
    assert client.get("/keywords/secret/members").status_code == 404
    assert titles(client.get("/search?q=flour")) == []
    assert titles(discussion.as_member(ana).get("/search?q=flour")) == ["Which flour?"]
    assert discussion.as_member(ana).delete(f"/questions/{asked['id']}").status_code == 204
    assert client.get("/keywords/rye").json["post_count"] == 1


def test_the_feed_brings_what_stands_under_followed_keywords_each_post_once(discussion, ana):
    ben, cleo = person("Ben"), person("Cleo")
    discussion.deliver(joined(ben), followed(ana, ben, revision=1), keyword_followed(ana, "rye"))
    ask(discussion, cleo, "Of Cleo about rye", keywords=["Rye"])
    ask(discussion, ben, "Of Ben about rye", keywords=["Rye", "Oats"])
    ask(discussion, ben, "Of Ben")
    ask(discussion, cleo, "Of Cleo", keywords=["Oats"])
    ask(discussion, ana, "My own", keywords=["Rye"])

    expected = ["Of Ben", "Of Ben about rye", "Of Cleo about rye"]
    assert titles(discussion.as_member(ana).get("/feed")) == expected
    paged = all_items(discussion.as_member(ana), "/feed", limit=1)
    assert [item["title"] for item in paged] == expected
    stopped = keyword_followed(ana, "rye", revision=2, kind=KeywordUnfollowed)
    discussion.deliver(stopped)
    assert titles(discussion.as_member(ana).get("/feed")) == expected[:2]


def test_counts_are_the_same_after_doubled_and_reordered_events(discussion, ana):
    ask(discussion, ana, "Question 1", keywords=["Rye"])
    people = [person(f"Member {new_id()}") for _ in range(3)]
    on = [keyword_followed(one, "rye") for one in people]
    off = [keyword_followed(people[0], "rye", revision=2, kind=KeywordUnfollowed)]

    discussion.deliver(*off, *on, *on)
    discussion.deliver(*on, *off)

    assert discussion.as_member(ana).get("/keywords/rye").json["follower_count"] == 2
