"""One's own data, for oneself."""

from chassis import clock
from chassis.testing.people import MONDAY, person
from services.discussion.tests.factories import ask, like, reply, unlike


def test_export_holds_what_a_member_wrote_and_likes(discussion):
    ana, ben = person("Ana"), person("Ben")
    with clock.at(MONDAY):
        mine = ask(discussion, ana, "Which flour?", body="For **bread**.", keywords=["Rye", "C#"])
        theirs = ask(discussion, ben, "Which oven?", keywords=["Oven"])
        answer_id = reply(discussion, ana, theirs, body="A `big` one.")
        taken_back = reply(discussion, ben, mine)
        for one, post_id in ((ana, theirs), (ana, taken_back), (ben, mine)):
            like(discussion, one, post_id)
        unlike(discussion, ana, taken_back)

    answer = discussion.as_member(ana).get("/members/me/export/discussion")

    at = "2024-03-04T09:00:00+00:00"
    common = {"audience": "members", "published_at": at, "edited_at": None}
    assert answer.json["likes"] == [{"post_id": theirs, "liked_at": at}]
    assert sorted(answer.json["posts"], key=lambda post: post["kind"]) == [
        {
            "id": answer_id,
            "kind": "answer",
            "question_id": theirs,
            "title": "",
            "body": "A `big` one.",
            "keywords": [],
            **common,
        },
        {
            "id": mine,
            "kind": "question",
            "question_id": None,
            "title": "Which flour?",
            "body": "For **bread**.",
            "keywords": [{"slug": "rye", "label": "Rye"}, {"slug": "c-sharp", "label": "C#"}],
            **common,
        },
    ]


def test_export_of_somebody_unknown_is_empty_and_strangers_get_none(discussion):
    answer = discussion.as_member(person("Ana")).get("/members/me/export/discussion")
    refused = discussion.as_stranger().get("/members/me/export/discussion")

    assert answer.json == {"posts": [], "likes": []}
    assert refused.status_code == 401
