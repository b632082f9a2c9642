"""Telling the moderators of a post or a person, and what they answer."""

import pytest

from chassis.identifiers import new_id
from chassis.testing.meeting import at_once
from chassis.testing.paging import all_items
from chassis.testing.people import joined, left, person, suspended
from chassis.testing.tokens import token_for
from contracts.discussion import ReportAnswered
from services.discussion.queries import history
from services.discussion.tests.factories import ask
from services.discussion.tests.service.test_audiences import blocked


@pytest.fixture
def people(discussion):
    """Ana tells, Ben is meant, Max and Mia moderate."""
    people = [person("Ana"), person("Ben")]
    people += [person(name, role="moderator") for name in ("Max", "Mia")]
    discussion.deliver(*map(joined, people))
    return people


def report(service, actor, kind, object_id, **more):
    told = {"object": {"type": kind, "id": str(object_id)}, "reason": "unkind", **more}
    return service.as_member(actor).post("/reports", told)


def listed(service, viewer, state="open"):
    return all_items(service.as_member(viewer), f"/reports?state={state}", limit=2)


def answered(service, actor, told, outcome="acted", word="We spoke with them."):
    path = f"/reports/{told.json['id']}/answer"
    return service.as_member(actor).put(path, {"outcome": outcome, "word": word})


def test_a_report_reaches_the_moderators_and_its_answer_the_one_who_told(discussion, people):
    ana, ben, max_, mia = people
    post_id = ask(discussion, ben, "You are all wrong", body="And **stupid**.")

    told = report(discussion, ana, "post", post_id, word="This hurts.")

    assert told.status_code == 201, told.json
    [seen] = listed(discussion, max_)
    assert (seen["reporter"]["name"], seen["subject"]["name"]) == ("Ana", "Ben")
    assert seen["said"] == "You are all wrong\n\nAnd **stupid**."
    assert (seen["word"], seen["object"]) == ("This hurts.", {"type": "post", "id": post_id})
    assert answered(discussion, mia, told).status_code == 204
    assert listed(discussion, max_) == []
    [kept] = listed(discussion, max_, "answered")
    assert kept["said"] == ""
    [own] = listed(discussion, ana)
    assert (own["outcome"], own["answer"]) == ("acted", "We spoke with them.")
    assert own["reporter"] is own["subject"] is None
    [event] = discussion.published(ReportAnswered)
    assert (str(event.report_id), event.member_id, event.outcome) == (own["id"], ana.id, "acted")
    report(discussion, ana, "member", ben.id)
    with discussion.session() as session:
        assert history.list_report_history(session, None, 9) == [event]
        assert history.list_report_history(session, event, 9) == []


def test_who_is_meant_hears_nothing(discussion, people):
    ana, ben, max_, mia = people
    told = report(discussion, ana, "member", max_.id)
    report(discussion, ana, "member", ben.id)

    assert listed(discussion, ben) == []
    assert [one["subject"]["name"] for one in listed(discussion, max_)] == ["Ben"]
    assert len(listed(discussion, mia)) == 2
    assert answered(discussion, max_, told).json["code"] == "report_not_found"
    assert answered(discussion, ben, told).json["code"] == "moderators_only"


def test_what_was_said_is_kept_until_the_answer_though_its_author_takes_it_away(discussion, people):
    ana, ben, max_, _ = people
    post_id = ask(discussion, ben, "You are all wrong")
    report(discussion, ana, "post", post_id)

    assert discussion.as_member(ben).delete(f"/questions/{post_id}").status_code == 204

    assert listed(discussion, max_)[0]["said"].startswith("You are all wrong")


def test_only_what_the_reporter_may_read_can_be_reported(discussion, people):
    ana, ben, *_ = people
    private = {"title": "For my followers", "body": "Hm.", "audience": "followers-only"}
    hidden = discussion.as_member(ben).post("/questions", private).json["id"]
    across = ask(discussion, ben, "For everybody")

    assert report(discussion, ana, "post", hidden).json["code"] == "post_not_found"
    discussion.deliver(blocked(ana, ben))
    assert report(discussion, ana, "post", across).json["code"] == "post_not_found"
    # A person can be reported across a block, and who is suspended as well.
    discussion.deliver(suspended(ben))
    assert report(discussion, ana, "member", ben.id).status_code == 201
    assert report(discussion, ana, "member", new_id()).json["code"] == "member_not_found"
    assert report(discussion, ana, "member", ana.id).json["code"] == "own_report"


def test_twice_is_once_also_at_the_same_time_and_anew_after_the_answer(discussion, people):
    ana, ben, max_, _ = people

    answers = at_once(*[lambda: report(discussion, ana, "member", ben.id)] * 4)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert answered(discussion, max_, answers[0]).status_code == 204
    assert answered(discussion, max_, answers[0]).json["code"] == "report_answered"
    again = report(discussion, ana, "member", ben.id)
    assert again.json["id"] != answers[0].json["id"]


def test_a_moderator_answers_with_a_password_given_lately(discussion, people):
    ana, ben, max_, _ = people
    told = report(discussion, ana, "member", ben.id)

    stale = {"Authorization": f"Bearer {token_for(max_, auth_at=0)}"}
    path = f"/reports/{told.json['id']}/answer"

    refused = discussion.as_member(max_).put(path, {"outcome": "acted"}, headers=stale)

    assert (refused.status_code, refused.json["code"]) == (403, "password_needed")


def test_nobody_floods_the_moderators(discussion, people):
    ana, *_ = people
    many = [person(f"Member {number}") for number in range(21)]
    discussion.deliver(*map(joined, many))

    told = [report(discussion, ana, "member", one.id) for one in many]

    assert [answer.status_code for answer in told] == [201] * 20 + [429]
    assert told[20].json["code"] == "reports_too_many"
    assert int(told[20].headers["Retry-After"]) > 0


def test_the_words_of_who_left_are_forgotten(discussion, people):
    ana, ben, max_, _ = people
    report(discussion, ana, "member", ben.id, word="I fear him.")

    discussion.deliver(left(ana))

    [seen] = listed(discussion, max_)
    assert seen["word"] == ""


@pytest.mark.parametrize(
    "told",
    [
        {"object": {"type": "skill", "id": str(new_id())}, "reason": "spam"},
        {"object": {"type": "member"}, "reason": "spam"},
        {"object": {"type": "member", "id": str(new_id())}, "reason": "because"},
        {"object": {"type": "member", "id": str(new_id())}, "reason": "spam", "word": "x" * 1001},
    ],
)
def test_a_report_that_cannot_be_read_is_refused(discussion, people, told):
    refused = discussion.as_member(people[0]).post("/reports", told)

    assert refused.status_code == 422
