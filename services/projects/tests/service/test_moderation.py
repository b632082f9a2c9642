"""What members report of projects, and what moderators do there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.people import MONDAY, suspended
from chassis.testing.tokens import token_for
from contracts.projects import ProjectModerated, ProjectReportAnswered
from services.projects import chores
from services.projects.queries import history
from services.projects.tests.factories import (
    begin,
    blocked,
    call,
    change,
    ids,
    let_in,
    made,
    members,
)
from services.projects.tests.opinions import (
    CLOSES,
    OPENS,
    TEXT,
    ask,
    days_later,
    give,
    plan,
    read,
    seal,
)

NEWS = {"title": "The first course was held", "body": "It rose."}
TABLE = {
    "base_version": 0,
    "criteria": [{"id": "open", "name": "Open", "kind": "boolean"}],
    "alternatives": [{"id": "osm", "name": "OpenStreetMap"}],
}
ROUND = {"audience": "contributors", "is_anonymous": False}


def moderator(projects, person):
    return projects.as_member(replace(person, role="moderator"))


def report(projects, member, project_id, kind, object_id, **more):
    body = {"object": {"type": kind, "id": object_id}, "reason": "unkind", **more}
    return projects.as_member(member).post(f"/projects/{project_id}/reports", body)


def hide(projects, person, project_id, kind, object_id):
    body = {"kind": "hide", "object": {"type": kind, "id": object_id}, "reason": "It hurts."}
    return moderator(projects, person).post(f"/projects/{project_id}/acts", body)


def act(projects, person, project_id, kind, **more):
    body = {"kind": kind, "reason": "It is for the best.", **more}
    return moderator(projects, person).post(f"/projects/{project_id}/acts", body)


def code(answer):
    return answer.status_code, answer.json["code"]


def everything(projects, owner, project_id):
    """One of each kind that can be hidden, and where it is read, listed and written to."""
    path, client = f"/projects/{project_id}", projects.as_member(owner)
    update = made(client.post(f"{path}/updates", NEWS))
    call_id = call(projects, owner, project_id)
    shared = made(client.post(f"{path}/benchmarks", {"title": "Four maps"}))
    asked = made(plan(projects, owner, project_id, **ROUND))
    later = {"closes_at": (CLOSES + timedelta(days=1)).isoformat()}
    return {
        "update": (update, "updates", None, ("PUT", f"updates/{update}/like", None)),
        "call": (call_id, "calls", f"calls/{call_id}", ("POST", "offers", {"call_id": call_id})),
        "benchmark": (
            shared,
            "benchmarks",
            f"benchmarks/{shared}",
            ("POST", f"benchmarks/{shared}/versions", TABLE),
        ),
        "round": (asked, "rounds", f"rounds/{asked}", ("PATCH", f"rounds/{asked}", later)),
    }


@pytest.mark.parametrize("kind", ["update", "call", "benchmark", "round"])
def test_what_is_hidden_is_nowhere_until_it_is_taken_back(projects, kind):
    ada, bob, mona = members(projects, "Ada", "Bob", "Mona")
    project_id = begin(projects, ada)
    object_id, listing, one, write = everything(projects, ada, project_id)[kind]
    path, writer = f"/projects/{project_id}", bob if kind in ("update", "call") else ada

    done = hide(projects, mona, project_id, kind, object_id)

    assert done.status_code == 201, done.json
    for reader in (ada, bob):
        client = projects.as_member(reader)
        assert object_id not in ids(client.get(f"{path}/{listing}"))
        if one:
            assert client.get(f"{path}/{one}").status_code == 404
    method, where, body = write
    refused = projects.as_member(writer).request(method, f"{path}/{where}", json=body)
    assert refused.status_code == 404, refused.json
    assert hide(projects, mona, project_id, kind, object_id).status_code == 404

    undone = f"{path}/acts/{done.json['id']}?reason=It+was+a+quotation."
    for _ in range(2):
        assert moderator(projects, mona).delete(undone).status_code == 204

    assert object_id in ids(projects.as_member(bob).get(f"{path}/{listing}"))
    with days_later(1):
        allowed = projects.as_member(writer).request(method, f"{path}/{where}", json=body)
    assert allowed.status_code in (200, 201), allowed.json
    told = projects.published(ProjectModerated)
    assert [event.is_standing for event in told] == [True, False]
    assert {event.member_id for event in told} == {ada.id}


def test_counts_feeds_and_copies_know_nothing_of_what_is_hidden(projects):
    ada, bob, mona = members(projects, "Ada", "Bob", "Mona")
    project_id, theirs = begin(projects, ada), begin(projects, bob)
    path = f"/projects/{project_id}"
    assert projects.as_member(bob).put(f"{path}/follow").status_code == 200
    parts = everything(projects, ada, project_id)
    shared = parts["benchmark"][0]
    published = projects.as_member(ada).post(f"{path}/benchmarks/{shared}/versions", TABLE)
    assert published.status_code == 201, published.json
    copied = {"title": "A copy", "from": {"benchmark_id": shared, "version": 1}}
    copy = made(projects.as_member(bob).post(f"/projects/{theirs}/benchmarks", copied))

    for kind, (object_id, *_) in parts.items():
        assert hide(projects, mona, project_id, kind, object_id).status_code == 201

    client = projects.as_member(bob)
    assert client.get(path).json["open_call_count"] == 0
    assert ids(client.get("/projects/feed")) == []
    assert client.get(f"/projects/{theirs}/benchmarks/{copy}").json["benchmark"]["origin"] is None
    again = client.post(f"/projects/{theirs}/benchmarks", copied)
    assert code(again) == (404, "benchmark_not_found")


def test_words_without_a_name_are_hidden_one_by_one(projects):
    ada, people, path = ask(projects, questions=[TEXT])
    project_id = path.split("/")[2]
    for number, one in enumerate(people):
        answers = [{"question": 1, "text": f"Words {number}"}]
        assert give(projects, one, path, answers).status_code == 200
    seal(projects)
    texts = read(projects, ada, f"{path}/results/texts?question=1").json["items"]
    [mona] = members(projects, "Mona")
    with days_later(8):
        told = report(projects, ada, project_id, "text", texts[0]["id"])
        waiting = moderator(projects, mona).get("/projects/reports").json["items"]

        done = hide(projects, mona, project_id, "text", texts[0]["id"])

    assert told.status_code == 201, told.json
    assert [(one["said"], one["subject"]) for one in waiting] == [(texts[0]["text"], None)]
    assert done.json["member"] is None
    left = read(projects, ada, f"{path}/results/texts?question=1").json["items"]
    assert [one["id"] for one in left] == [one["id"] for one in texts[1:]]


def test_words_of_an_open_round_without_names_cannot_be_asked_for(projects):
    ada, people, path = ask(projects, questions=[TEXT])
    assert give(projects, people[0], path, [{"question": 1, "text": "Words"}]).status_code == 200
    with projects.session() as session:
        [text_id] = session.connection().exec_driver_sql("SELECT id FROM opinion_texts").scalars()
    with days_later(2):
        told = report(projects, ada, path.split("/")[2], "text", str(text_id))

    assert code(told) == (404, "opinion_text_not_found")


def test_words_with_a_name_are_hidden_too(projects):
    ada, people, path = ask(projects, is_anonymous=False, questions=[TEXT])
    project_id = path.split("/")[2]
    assert give(projects, people[0], path, [{"question": 1, "text": "Words"}]).status_code == 200
    seal(projects)
    [mona] = members(projects, "Mona")
    [words] = read(projects, ada, f"{path}/results/texts?question=1").json["items"]

    with days_later(8):
        done = hide(projects, mona, project_id, "text", words["id"])

    assert done.json["member"]["id"] == str(people[0].id)
    assert read(projects, ada, f"{path}/results/texts?question=1").json["items"] == []


def test_a_report_is_for_moderators_and_keeps_what_stood_there(projects):
    ada, bob, mona = members(projects, "Ada", "Bob", "Mona")
    project_id = begin(projects, ada)
    update = made(projects.as_member(ada).post(f"/projects/{project_id}/updates", NEWS))

    told = report(projects, bob, project_id, "update", update, word="Unkind to bakers.")
    again = report(projects, bob, project_id, "update", update)
    gone = projects.as_member(ada).delete(f"/projects/{project_id}/updates/{update}")

    assert told.status_code == again.status_code == 201
    assert told.json["id"] == again.json["id"]
    assert (told.json["said"], told.json["reporter"], told.json["subject"]) == ("", None, None)
    assert gone.status_code == 204
    [waits] = moderator(projects, mona).get("/projects/reports").json["items"]
    assert waits["said"] == f"{NEWS['title']}\n\n{NEWS['body']}"
    assert (waits["subject"]["name"], waits["reporter"]["name"]) == ("Ada", "Bob")
    assert waits["is_from_inside"] is False
    assert ids(projects.as_member(ada).get("/projects/reports")) == []

    path = f"/projects/reports/{told.json['id']}/answer"
    answered = moderator(projects, mona).put(path, {"outcome": "acted", "word": "Thank you."})

    assert answered.status_code == 204, answered.json
    twice = moderator(projects, mona).put(path, {"outcome": "unfounded"})
    assert code(twice) == (409, "report_answered")
    [mine] = projects.as_member(bob).get("/projects/reports?state=mine").json["items"]
    assert (mine["outcome"], mine["answer"]) == ("acted", "Thank you.")
    [event] = projects.published(ProjectReportAnswered)
    assert (event.member_id, event.outcome) == (bob.id, "acted")
    report(projects, bob, project_id, "project", project_id)
    with projects.session() as session:
        assert history.list_report_history(session, None, 9) == [event]
        assert history.list_report_history(session, event, 9) == []
    [kept] = moderator(projects, mona).get("/projects/reports?state=answered").json["items"]
    assert kept["said"] == ""


def test_who_is_meant_does_not_judge(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    told = report(projects, bob, project_id, "project", project_id)
    path = f"/projects/reports/{told.json['id']}/answer"

    for one in (ada, bob):
        refused = moderator(projects, one).put(path, {"outcome": "unfounded"})
        assert code(refused) == (404, "report_not_found")

    assert ids(moderator(projects, ada).get("/projects/reports")) == []
    assert code(report(projects, ada, project_id, "project", project_id)) == (409, "own_report")


def test_reports_end_after_twenty_a_day(projects):
    ada, bob = members(projects, "Ada", "Bob")
    with clock.at(MONDAY):
        project_id = begin(projects, ada)
        answers = [
            report(
                projects, bob, project_id, "call", call(projects, ada, project_id, f"Call {n:3}")
            )
            for n in range(9)
        ]
    assert {answer.status_code for answer in answers} == {201}
    with clock.at(MONDAY + timedelta(hours=1)), projects.session() as session:
        copied = (
            "INSERT INTO reports (id, reporter_id, project_id, object_type, object_id,"
            " project_title, is_from_inside, reason, word, said, reported_at)"
            " SELECT gen_random_uuid(), reporter_id, project_id, object_type, gen_random_uuid(),"
            " project_title, is_from_inside, reason, word, said, reported_at FROM reports"
        )
        session.connection().exec_driver_sql(copied)
    with clock.at(MONDAY + timedelta(hours=2)):
        for wanted in (201, 201, 429):
            object_id = made(projects.as_member(ada).post(f"/projects/{project_id}/updates", NEWS))
            refused = report(projects, bob, project_id, "update", object_id)
            assert refused.status_code == wanted, refused.json
    with clock.at(MONDAY + timedelta(days=2)):
        assert report(projects, bob, project_id, "project", project_id).status_code == 201


def test_a_project_of_the_invited_is_judged_on_what_its_people_tell(projects):
    ada, bob, cleo, mona = members(projects, "Ada", "Bob", "Cleo", "Mona")
    project_id = begin(projects, ada, visibility="invited")
    let_in(projects, ada, project_id, bob)
    update = made(projects.as_member(ada).post(f"/projects/{project_id}/updates", NEWS))
    path = f"/projects/{project_id}"

    assert hide(projects, mona, project_id, "update", update).status_code == 404
    assert moderator(projects, mona).get(f"{path}/acts").status_code == 404
    assert report(projects, cleo, project_id, "update", update).status_code == 404
    told = report(projects, bob, project_id, "update", update)
    assert told.status_code == 201, told.json
    # Moderators read what was told, and reach nothing else of it.
    assert moderator(projects, mona).get(path).status_code == 404
    done = hide(projects, mona, project_id, "update", update)
    assert done.status_code == 201, done.json
    answer = {"outcome": "acted"}
    answered = moderator(projects, mona).put(f"/projects/reports/{told.json['id']}/answer", answer)
    assert answered.status_code == 204
    assert act(projects, mona, project_id, "close").status_code == 404
    undone = moderator(projects, mona).delete(f"{path}/acts/{done.json['id']}?reason=Enough.")
    assert undone.status_code == 204


def test_who_is_invited_cannot_call_moderators_into_a_project(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada, visibility="invited")
    asked = projects.as_member(ada).post(
        f"/projects/{project_id}/invitations", {"member_id": str(bob.id)}
    )
    assert asked.status_code == 201

    refused = report(projects, bob, project_id, "project", project_id)

    assert code(refused) == (403, "contributors_only")


def test_moderators_close_a_project_until_they_allow_it_again(projects):
    ada, bob, mona = members(projects, "Ada", "Bob", "Mona")
    project_id = begin(projects, ada)
    call(projects, ada, project_id)
    projects.deliver(blocked(ada, mona))

    done = act(projects, mona, project_id, "close")

    assert done.status_code == 201, done.json
    path = f"/projects/{project_id}"
    closed = projects.as_member(ada).get(path).json
    assert (closed["stage"], closed["open_call_count"]) == ("closed", 0)
    assert code(act(projects, mona, project_id, "close")) == (409, "project_closed")
    assert code(act(projects, ada, project_id, "close")) == (403, "own_project")
    refused = change(projects, ada, project_id, stage="idea")
    assert code(refused) == (409, "closed_by_moderators")
    assert change(projects, ada, project_id, learned="Much.").status_code == 200
    [seen] = projects.as_member(ada).get(f"{path}/acts").json["items"]
    assert (seen["kind"], seen["reason"], seen["moderator"]) == (
        *("close", "It is for the best.", None),
    )
    assert ids(projects.as_member(bob).get(f"{path}/acts")) == []
    [known] = moderator(projects, mona).get(f"{path}/acts").json["items"]
    assert known["moderator"]["name"] == "Mona"

    undone = moderator(projects, mona).delete(f"{path}/acts/{seen['id']}?reason=Mended.")

    assert undone.status_code == 204
    assert change(projects, ada, project_id, stage="idea").status_code == 200


def test_a_project_that_its_owner_closed_is_closed_by_moderators_too(projects):
    ada, mona = members(projects, "Ada", "Mona")
    project_id = begin(projects, ada)
    closed = change(projects, ada, project_id, stage="closed", learned="Much.")
    assert closed.status_code == 200, closed.json

    assert act(projects, mona, project_id, "close").status_code == 201

    refused = change(projects, ada, project_id, stage="idea")
    assert code(refused) == (409, "closed_by_moderators")


def test_hidden_words_stay_hidden_when_they_are_said_again(projects):
    _, people, path = ask(projects, is_anonymous=False, questions=[TEXT], results="after_answer")
    project_id, answers = path.split("/")[2], [{"question": 1, "text": "Words"}]
    for one in people[:2]:
        assert give(projects, one, path, answers).status_code == 200
    [mona] = members(projects, "Mona")
    texts = read(projects, people[1], f"{path}/results/texts?question=1", day=2).json["items"]
    words = next(one for one in texts if one["member"]["id"] == str(people[0].id))
    with days_later(2):
        assert hide(projects, mona, project_id, "text", words["id"]).status_code == 201

    again = [{"question": 1, "text": "The same, otherwise"}]
    assert give(projects, people[0], path, again, day=3).status_code == 200

    left = read(projects, people[1], f"{path}/results/texts?question=1", day=3).json["items"]
    assert [one["member"]["id"] for one in left] == [str(people[1].id)]


def test_an_offer_for_a_hidden_call_is_nowhere(projects):
    ada, bob, mona = members(projects, "Ada", "Bob", "Mona")
    project_id = begin(projects, ada)
    call_id = call(projects, ada, project_id)
    path = f"/projects/{project_id}/offers"
    offer = made(projects.as_member(bob).post(path, {"call_id": call_id}))

    assert hide(projects, mona, project_id, "call", call_id).status_code == 201

    assert ids(projects.as_member(ada).get(path)) == []
    refused = projects.as_member(ada).put(f"{path}/{offer}", {"answer": "accepted"})
    assert code(refused) == (404, "offer_not_found")


@pytest.mark.parametrize("why", ["suspended", "silent"])
def test_an_absent_owner_is_replaced_by_a_contributor(projects, why):
    ada, bob, cleo, mona = members(projects, "Ada", "Bob", "Cleo", "Mona")
    with clock.at(MONDAY):
        project_id = begin(projects, ada)
        let_in(projects, ada, project_id, bob)
        waiting = {"member_id": str(bob.id), "as": "owner"}
        asked = projects.as_member(ada).post(f"/projects/{project_id}/invitations", waiting)
        assert asked.status_code == 201, asked.json
    with clock.at(MONDAY + timedelta(days=89)):
        present = act(projects, mona, project_id, "replace_owner", member_id=str(bob.id))
        news = projects.as_member(bob).post(f"/projects/{project_id}/updates", NEWS)
    assert code(present) == (409, "owner_present")
    assert news.status_code == 201
    if why == "suspended":
        projects.deliver(suspended(ada))
    at = MONDAY + timedelta(days=89 if why == "suspended" else 91)
    with clock.at(at):
        stranger = act(projects, mona, project_id, "replace_owner", member_id=str(cleo.id))
        done = act(projects, mona, project_id, "replace_owner", member_id=str(bob.id))
        project = projects.as_member(bob).get(f"/projects/{project_id}").json
        twice = act(projects, mona, project_id, "replace_owner", member_id=str(ada.id))
        undo = moderator(projects, mona).delete(
            f"/projects/{project_id}/acts/{done.json.get('id')}?reason=No."
        )

    assert code(stranger) == (404, "contributor_not_found")
    assert done.status_code == 201, done.json
    assert done.json["member"]["name"] == "Ada"
    assert (project["owner"]["name"], project["role"]) == ("Bob", "owner")
    assert code(twice) == (409, "owner_present")
    assert code(undo) == (409, "act_final")


def test_moderators_only_and_with_their_password(projects):
    ada, bob = members(projects, "Ada", "Bob")
    project_id = begin(projects, ada)
    update = made(projects.as_member(ada).post(f"/projects/{project_id}/updates", NEWS))
    told = report(projects, bob, project_id, "update", update).json["id"]
    body = {"kind": "close", "reason": "Mine."}
    path, answer = f"/projects/{project_id}/acts", {"outcome": "acted"}
    stale = {"Authorization": f"Bearer {token_for(replace(bob, role='moderator'), auth_at=0)}"}

    assert code(projects.as_member(bob).post(path, body)) == (403, "moderators_only")
    gone = projects.as_member(bob).delete(f"{path}/{new_id()}?reason=No.")
    assert code(gone) == (403, "moderators_only")
    theirs = projects.as_member(bob).put(f"/projects/reports/{told}/answer", answer)
    assert code(theirs) == (403, "moderators_only")
    unproved = projects.as_member(bob).post(path, body, headers=stale)
    assert code(unproved) == (403, "password_needed")
    wrong = moderator(projects, bob).delete(f"{path}/{new_id()}?reason=No.")
    assert code(wrong) == (404, "act_not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "hide"}, "object"),
        ({"kind": "hide", "object": {"type": "project", "id": str(new_id())}}, "object"),
        ({"kind": "close", "object": {"type": "call", "id": str(new_id())}}, "object"),
        ({"kind": "replace_owner"}, "member_id"),
        ({"kind": "close", "member_id": str(new_id())}, "member_id"),
    ],
)
def test_an_act_names_what_it_is_about_and_nothing_else(projects, body, field):
    ada, mona = members(projects, "Ada", "Mona")
    project_id = begin(projects, ada)

    refused = moderator(projects, mona).post(
        f"/projects/{project_id}/acts", {**body, "reason": "Because."}
    )

    assert refused.status_code == 422
    assert list(refused.json["errors"]) == [field]


def test_no_outcome_is_asked_of_a_hidden_round(projects):
    _, _, path = ask(projects, is_anonymous=False)
    [mona] = members(projects, "Mona")
    project_id, round_id = path.split("/")[2], path.split("/")[4]
    with clock.at(OPENS):
        assert hide(projects, mona, project_id, "round", round_id).status_code == 201
    seal(projects)

    with days_later(20):
        assert not chores.ask_for_outcomes(projects.database, projects.settings)
