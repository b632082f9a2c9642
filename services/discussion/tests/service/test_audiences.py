"""Who may read what: audiences and blocks hold in every list, read and write."""

import pytest

from chassis.identifiers import new_id
from chassis.testing.people import MONDAY, joined, person
from contracts.social import MemberBlocked, MemberUnblocked
from services.discussion.tests.factories import (
    ask,
    followed,
    like,
    reply,
    titles,
    unfollowed,
)


def blocked(blocker, other, *, revision=1, kind=MemberBlocked):
    ids = {"blocker_id": blocker.id, "blocked_id": other.id}
    return kind(**ids, revision=revision, changed_at=MONDAY)


def everything(service, viewer, author, question_id, answer_id):
    """What a viewer gets of an author's question and an answer to it, by every way there is."""
    client = service.as_member(viewer)
    paths = {
        "question": f"/questions/{question_id}",
        "answers": f"/questions/{question_id}/answers",
        "best": f"/questions/{question_id}/answers?sort=best",
        "from": f"/questions/{question_id}/answers?from={answer_id}",
        "likes": f"/posts/{question_id}/likes",
        "likes of the answer": f"/posts/{answer_id}/likes",
        "history": f"/posts/{question_id}/history",
        "like": f"/posts/{question_id}/like",
        "like of the answer": f"/posts/{answer_id}/like",
        "answer": f"/questions/{question_id}/answers",
        "change": f"/questions/{question_id}",
        "accept": f"/answers/{answer_id}/accept",
    }
    writes = {"like": "PUT", "like of the answer": "PUT", "answer": "POST", "accept": "PUT"}
    writes |= {"change": "PATCH"}
    body = {"answer": {"body": f"So {new_id()}."}, "change": {"body": "Else."}}
    found = {
        name: client.request(writes.get(name, "GET"), path, json=body.get(name)).status_code
        for name, path in paths.items()
    }
    lists = {
        "list": "/questions",
        "by keyword": "/questions?keyword=rye",
        "by author": f"/questions?author={author.id}",
        "posts": f"/posts?author={author.id}&kind=question",
        "feed": "/feed",
        "cards": "/questions?view=card",
        "search": "/search?q=flour",
        "search by author": f"/search?q=author:{author.id}%20flour",
        "search by keyword": "/search?q=keyword:rye%20flour",
    }
    return found, {name: titles(client.get(path)) for name, path in lists.items()}


@pytest.fixture
def people(discussion):
    people = [person(name) for name in ("Ana", "Ben", "Cleo")]
    discussion.deliver(*map(joined, people))
    return people


def ask_for(service, author, audience):
    question = {"title": "Which flour?", "body": "*Rye*?", "keywords": ["Rye"]}
    answer = service.as_member(author).post("/questions", {**question, "audience": audience})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


# Ways to posts that `everything` does not walk, and where they are held to the same.
ELSEWHERE = {
    "/feed/for-you": "test_finding",
    "/keywords": "test_keyword_pages",
    "/keywords/{slug}": "test_keyword_pages",
    "/keywords/{slug}/members": "test_keyword_pages, and below",
    "/shares": "the list of questions, by another kind",
    "/shares/{share_id}": "likewise",
    "/members/me/export/discussion": "one's own alone",
    "/reports": "test_reports: one's own, and what moderators must see",
}
WALKED = {
    "/questions",
    "/questions/{question_id}",
    "/questions/{question_id}/answers",
    "/posts",
    "/posts/{post_id}/likes",
    "/posts/{post_id}/history",
    "/feed",
    "/search",
}


def test_every_way_to_a_post_is_walked(discussion):
    app = discussion.app.test_client()
    paths = app.get("/api/openapi/discussion.json").json["paths"]
    reading = {path.removeprefix("/api/v1") for path, found in paths.items() if "get" in found}

    assert reading == WALKED | ELSEWHERE.keys()


def test_followers_only_is_not_there_for_others(discussion, people):
    ana, ben, cleo = people
    discussion.deliver(followed(ben, ana, revision=1))
    question_id = ask_for(discussion, ana, "followers-only")
    answer_id = reply(discussion, ben, question_id)

    statuses, lists = everything(discussion, cleo, ana, question_id, answer_id)

    assert set(statuses.values()) == {404}
    assert set(map(tuple, lists.values())) == {()}
    discussion.deliver(followed(cleo, ana, revision=1))
    statuses, lists = everything(discussion, cleo, ana, question_id, answer_id)
    forbidden = {"change": 403, "accept": 403, "answer": 201}
    assert statuses == {name: forbidden.get(name, 200) for name in statuses}
    assert set(map(tuple, lists.values())) == {("Which flour?",)}


def test_who_stops_following_reads_no_more_but_what_is_their_own(discussion, people):
    ana, ben, _ = people
    discussion.deliver(followed(ben, ana, revision=1))
    question_id = ask_for(discussion, ana, "followers-only")
    answer_id = reply(discussion, ben, question_id)

    discussion.deliver(unfollowed(ben, ana, revision=2))

    ben_s = discussion.as_member(ben)
    assert ben_s.get(f"/questions/{question_id}").status_code == 404
    assert [i["id"] for i in ben_s.get(f"/posts?author={ben.id}").json["items"]] == [answer_id]
    assert discussion.as_member(ana).get(f"/questions/{question_id}").status_code == 200
    assert titles(discussion.as_member(ana).get("/questions")) == ["Which flour?"]


@pytest.mark.parametrize("turn", [1, -1])
def test_neither_sees_anything_of_the_other_across_a_block(discussion, people, turn):
    ana, ben, cleo = people
    discussion.deliver(followed(ben, ana, revision=1))
    question_id = ask_for(discussion, ana, "members")
    answer_id = reply(discussion, cleo, question_id)
    like(discussion, ben, question_id)
    own_id = reply(discussion, ben, question_id)

    discussion.deliver(blocked(*(ana, ben)[::turn]))

    statuses, lists = everything(discussion, ben, ana, question_id, answer_id)
    assert set(statuses.values()) == {404}
    assert set(map(tuple, lists.values())) == {()}
    answers = discussion.as_member(ana).get(f"/questions/{question_id}/answers").json["items"]
    assert [item["author"]["name"] for item in answers] == ["Cleo"]
    likers = discussion.as_member(ana).get(f"/posts/{question_id}/likes").json["items"]
    assert likers == []
    assert discussion.as_member(ana).get(f"/posts?author={ben.id}").json["items"] == []
    liked = discussion.as_member(cleo).put(f"/posts/{question_id}/like")
    assert liked.status_code == 200
    active = discussion.as_member(ben).get("/keywords/rye/members").json["items"]
    assert active == []
    # Ben keeps what he wrote, Cleo sees both, and all is as before when it is taken back.
    seen = discussion.as_member(cleo).get(f"/questions/{question_id}/answers").json["items"]
    assert [item["id"] for item in seen] == [answer_id, own_id]
    discussion.deliver(blocked(*(ana, ben)[::turn], revision=2, kind=MemberUnblocked))
    assert discussion.as_member(ben).get(f"/questions/{question_id}").status_code == 200


def test_unknown_audience_is_refused(discussion):
    question = {"title": "Which flour?", "body": "Rye?", "audience": "everybody"}

    answer = discussion.as_member(person("Ana")).post("/questions", question)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["audience"])


def test_a_member_is_named_by_who_follows_or_is_followed(discussion, people):
    ana, ben, cleo = people
    discussion.deliver(followed(ana, ben, revision=1), followed(cleo, ana, revision=1))
    for one, name, status in (
        (ben, "Ben", 201),
        (cleo, "Cleo", 201),
        (cleo, "Ben", 422),
        (person("Dan"), "Dan", 422),
    ):
        question = {"title": "Which flour?", "body": f"@[{name}](member:{one.id}) {new_id()}"}
        answer = discussion.as_member(ana).post("/questions", question)
        assert answer.status_code == status, (name, answer.json)
    assert answer.json["code"] == "address_invalid" and "Dan" in answer.json["errors"]["body"][0]

    discussion.deliver(blocked(ben, ana))
    question = {"title": "Which flour?", "body": f"@[Ben](member:{ben.id})"}
    assert discussion.as_member(ana).post("/questions", question).status_code == 422


def test_a_question_s_place_stays_when_it_is_removed(discussion, people):
    ana, ben, _ = people
    question_id = ask(discussion, ana, "Which flour?")
    answer_id = reply(discussion, ben, question_id)

    removed = discussion.as_member(ana).delete(f"/questions/{question_id}")

    place = discussion.as_member(ben).get(f"/questions/{question_id}").json
    answers = discussion.as_member(ben).get(f"/questions/{question_id}/answers").json["items"]
    assert removed.status_code == 204
    assert (place["title"], place["body"], place["body_html"], place["excerpt"]) == ("", "", "", "")
    assert [item["id"] for item in answers] == [answer_id]
