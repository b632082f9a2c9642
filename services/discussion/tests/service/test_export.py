"""One's own data, for oneself."""

from datetime import timedelta

from chassis import clock
from chassis.testing.people import MONDAY, joined, person
from services.discussion.tests.factories import ask, like, reply, unlike


def test_export_holds_what_a_member_wrote_and_likes(discussion):
    ana, ben = person("Ana"), person("Ben")
    discussion.deliver(joined(ben))
    with clock.at(MONDAY):
        mine = ask(discussion, ana, "Which flour?", body="For **bread**.", keywords=["Rye", "C#"])
        theirs = ask(discussion, ben, "Which oven?", keywords=["Oven"])
        answer_id = reply(discussion, ana, theirs, body="A `big` one.")
        taken_back = reply(discussion, ben, theirs)
        for one, post_id in ((ana, theirs), (ana, taken_back), (ben, mine)):
            like(discussion, one, post_id)
        unlike(discussion, ana, taken_back)
        asked = {"member_id": str(ben.id)}
        discussion.as_member(ana).post(f"/questions/{mine}/requests", asked)
        report = {"object": {"type": "member", "id": str(ben.id)}, "reason": "spam", "word": "Ads."}
        discussion.as_member(ana).post("/reports", report)
    with clock.at(MONDAY + timedelta(days=2)):
        changed = {"body": "For *bread*."}
        assert discussion.as_member(ana).patch(f"/questions/{mine}", changed).status_code == 200

    answer = discussion.as_member(ana).get("/members/me/export/discussion")

    at = "2024-03-04T09:00:00+00:00"
    common = {"audience": "members", "published_at": at, "form": None, "link": None}
    never = {"edited_at": None}
    assert answer.json["versions"] == [
        {
            "post_id": mine,
            "title": "Which flour?",
            "body": "For **bread**.",
            "replaced_at": "2024-03-06T09:00:00+00:00",
        }
    ]
    [request] = answer.json["requests"]
    assert (request["question_id"], request["member_id"]) == (mine, str(ben.id))
    [told] = answer.json["reports"]
    assert (told["object"], told["word"]) == (report["object"], "Ads.")
    assert answer.json["likes"] == [{"post_id": theirs, "liked_at": at}]
    assert sorted(answer.json["posts"], key=lambda post: post["kind"]) == [
        {
            "id": answer_id,
            "kind": "answer",
            "question_id": theirs,
            "title": "",
            "body": "A `big` one.",
            "lang": "en",
            "keywords": [],
            **common,
            **never,
        },
        {
            "id": mine,
            "kind": "question",
            "question_id": None,
            "title": "Which flour?",
            "body": "For *bread*.",
            "lang": "en",
            "keywords": [{"slug": "rye", "label": "Rye"}, {"slug": "c-sharp", "label": "C#"}],
            **common,
            "edited_at": "2024-03-06T09:00:00+00:00",
        },
    ]


def test_export_of_somebody_unknown_is_empty_and_strangers_get_none(discussion):
    answer = discussion.as_member(person("Ana")).get("/members/me/export/discussion")
    refused = discussion.as_stranger().get("/members/me/export/discussion")

    assert set(map(len, answer.json.values())) == {0}
    assert refused.status_code == 401
