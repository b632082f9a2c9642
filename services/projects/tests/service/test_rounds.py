"""Asking for opinions: who may, whom, until when, and what came of it."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.testing.people import suspended
from contracts.projects import (
    OpinionClosed,
    OpinionConcluded,
    OpinionOutcomeDue,
    OpinionRequested,
)
from services.projects import chores
from services.projects.tests.factories import begin, blocked, change, let_in, made, members
from services.projects.tests.opinions import (
    CHOICE,
    CLOSES,
    OPENS,
    SCALE,
    TEXT,
    ask,
    days_later,
    followers,
    give,
    plan,
    read,
    said,
    seal,
)


def edit(projects, actor, path, changes, *, day=1.0, headers=None):
    with days_later(day):
        return projects.as_member(actor).patch(path, json=changes, headers=headers or {})


def test_a_round_is_shown_as_it_was_asked(projects):
    ada, people, path = ask(projects)

    shown = read(projects, people[0], path, day=0).json

    assert (shown["title"], shown["state"]) == ("Who would fill the map?", "open")
    assert shown["concept_html"] == "<p>A map of <strong>empty</strong> shops.</p>\n"
    assert (shown["answer_count"], shown["is_given"], shown["may_answer"]) == (0, False, True)
    assert [one["kind"] for one in shown["questions"]] == ["choice", "scale", "text"]
    assert shown["questions"][0]["options"] == ["People", "Towns", "Both"]
    [told] = projects.published(OpinionRequested)
    assert (told.audience, told.is_anonymous, told.closes_at) == ("followers", True, CLOSES)
    project = path.rpartition("/")[0]
    [listed] = read(projects, ada, project, day=0).json["items"]
    assert (listed["questions"], listed["concept"], listed["may_answer"]) == ([], "", False)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"closes_at": (OPENS + timedelta(hours=23)).isoformat()}, 422, "round_times_invalid"),
        ({"closes_at": (OPENS + timedelta(days=91)).isoformat()}, 422, "round_times_invalid"),
        ({"opens_at": (OPENS - timedelta(hours=1)).isoformat()}, 422, "round_times_invalid"),
        ({"opens_at": "2024-03-20T10:00:00"}, 422, "invalid"),
        ({"results": "after_answer"}, 422, "results_must_wait"),
        ({"audience": "everybody"}, 422, "invalid"),
        ({"questions": []}, 422, "invalid"),
        ({"questions": [TEXT] * 21}, 422, "invalid"),
        ({"questions": [{**CHOICE, "options": ["Yes"]}]}, 422, "invalid"),
        ({"questions": [{**CHOICE, "options": ["Yes", " yes"]}]}, 422, "invalid"),
        ({"questions": [{**CHOICE, "most": 4}]}, 422, "invalid"),
        ({"questions": [{**SCALE, "options": ["1", "2"]}]}, 422, "invalid"),
        ({"questions": [{"kind": "rank", "text": "Which?"}]}, 422, "invalid"),
        ({"is_anonymous": None}, 422, "invalid"),
    ],
)
def test_what_cannot_be_asked_is_refused(projects, wrong, status, code):
    [ada] = members(projects, "Ada")
    with days_later(-2):
        project_id = begin(projects, ada)
    followers(projects, project_id, 5)

    answer = plan(projects, ada, project_id, **wrong)

    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert projects.published(OpinionRequested) == []


def test_nobody_is_hidden_among_fewer_than_five(projects):
    [ada] = members(projects, "Ada")
    with days_later(-2):
        project_id = begin(projects, ada)
    [*people] = followers(projects, project_id, 5)
    projects.deliver(suspended(people[0]))

    too_few = plan(projects, ada, project_id)
    named = plan(projects, ada, project_id, is_anonymous=False)

    assert (too_few.status_code, too_few.json["code"]) == (409, "audience_too_small")
    assert named.status_code == 201
    followers(projects, project_id, 1)
    assert plan(projects, ada, project_id).status_code == 201


def test_the_owner_and_who_asks_do_not_answer_without_names(projects):
    ada, bob = members(projects, "Ada", "Bob")
    with days_later(-2):
        project_id = begin(projects, ada)
        let_in(projects, ada, project_id, bob)
    followers(projects, project_id, 5)
    path = f"/projects/{project_id}/rounds/{made(plan(projects, bob, project_id))}"

    for one in (ada, bob):
        refused = give(projects, one, path)
        assert (refused.status_code, refused.json["code"]) == (403, "own_round")
        assert read(projects, one, path, day=1).json["may_answer"] is False


@pytest.mark.parametrize("audience", ["contributors", "followers", "members"])
def test_audiences_are_part_of_each_other(projects, audience):
    ada, bob, dan = members(projects, "Ada", "Bob", "Dan")
    with days_later(-2):
        project_id = begin(projects, ada)
        let_in(projects, ada, project_id, bob)
    [cleo] = followers(projects, project_id, 1)
    answer = plan(projects, ada, project_id, audience=audience, is_anonymous=False)
    path = f"/projects/{project_id}/rounds/{made(answer)}"

    found = [give(projects, one, path).status_code for one in (bob, cleo, dan)]

    wanted = {"contributors": [200, 403, 403], "followers": [200, 200, 403], "members": [200] * 3}
    assert found == wanted[audience]


def test_who_came_after_the_opening_or_left_is_not_asked(projects):
    _, people, path = ask(projects, is_anonymous=False)
    [late] = members(projects, "Late")
    project = path.partition("/rounds")[0]
    with days_later(0.5):
        projects.as_member(late).put(f"{project}/follow")
        projects.as_member(people[0]).delete(f"{project}/follow")
        projects.as_member(people[1]).delete(f"{project}/follow")
        projects.as_member(people[1]).put(f"{project}/follow")

    refused = [give(projects, one, path) for one in (late, people[0], people[1])]

    assert [one.json["code"] for one in refused] == ["not_in_audience"] * 3
    assert give(projects, people[2], path).status_code == 200
    assert read(projects, late, path, day=1).json["may_answer"] is False


def test_all_members_are_those_who_had_settled_and_one_round_asks_them(projects):
    [ada] = members(projects, "Ada")
    with days_later(-2):
        project_id = begin(projects, ada)
    early = {
        "audience": "members",
        "is_anonymous": False,
        "opens_at": (OPENS - timedelta(days=4)).isoformat(),
        "closes_at": OPENS.isoformat(),
    }
    with clock.at(OPENS - timedelta(days=4)):
        wanted = {"title": "Asked early", "questions": [SCALE], **early}
        answer = projects.as_member(ada).post(f"/projects/{project_id}/rounds", wanted)
    path = f"/projects/{project_id}/rounds/{made(answer)}"

    # Six days after everybody came.
    refused = give(projects, ada, path, [{"question": 1, "scale": 3}], day=-3)
    assert refused.json["code"] == "not_in_audience"
    assert plan(projects, ada, project_id, is_anonymous=False, audience="members").json[
        "state"
    ] == ("open")
    second = plan(projects, ada, project_id, is_anonymous=False, audience="members")
    assert (second.status_code, second.json["code"]) == (409, "rounds_too_many")


def test_a_project_of_the_invited_asks_its_own(projects):
    [ada] = members(projects, "Ada")
    with days_later(-2):
        project_id = begin(projects, ada, visibility="invited")

    refused = plan(projects, ada, project_id, audience="members", is_anonymous=False)
    allowed = plan(projects, ada, project_id, audience="followers", is_anonymous=False)

    assert (refused.status_code, refused.json["code"]) == (422, "audience_not_allowed")
    assert allowed.status_code == 201


def test_the_same_is_not_asked_again_soon_without_names(projects):
    ada, _, path = ask(projects)
    project_id = path.split("/")[2]
    other = {**CHOICE, "text": " who fills  the MAP?", "options": ["Both", "people", "Towns"]}

    again = plan(projects, ada, project_id, questions=[other, {**SCALE, "text": "Another?"}])
    named = plan(projects, ada, project_id, is_anonymous=False)
    another = plan(projects, ada, project_id, questions=[{**SCALE, "text": "Another?"}, TEXT])

    assert (again.status_code, again.json["code"]) == (409, "round_repeated")
    assert (named.status_code, another.status_code) == (201, 201)


def test_a_project_asks_five_times_a_day(projects):
    [ada] = members(projects, "Ada")
    with days_later(-2):
        project_id = begin(projects, ada)

    answers = [plan(projects, ada, project_id, is_anonymous=False) for _ in range(6)]

    assert [one.status_code for one in answers] == [201] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) == 24 * 3_600 + 1


def test_what_is_planned_changes_and_what_is_open_is_frozen(projects):
    ada, people, path = ask(projects, opens_at=(OPENS + timedelta(days=2)).isoformat())

    assert read(projects, ada, path, day=1).json["state"] == "planned"
    assert give(projects, people[0], path, day=1).json["code"] == "round_not_open"
    edited = edit(projects, ada, path, {"questions": [SCALE], "is_anonymous": False})
    assert [one["kind"] for one in edited.json["questions"]] == ["scale"]
    for changes in ({"title": "Another title"}, {"questions": [TEXT]}, {"is_anonymous": True}):
        frozen = edit(projects, ada, path, changes, day=3)
        assert (frozen.status_code, frozen.json["code"]) == (409, "round_frozen")
    given = give(projects, people[0], path, [{"question": 1, "scale": 5}], day=3)
    assert given.status_code == 200
    assert [one.revision for one in projects.published(OpinionRequested)] == [1, 2]


def test_the_end_moves_later_or_leaves_a_day(projects):
    ada, people, path = ask(projects)

    later = edit(projects, ada, path, {"closes_at": (CLOSES + timedelta(days=20)).isoformat()})
    too_late = edit(projects, ada, path, {"closes_at": (OPENS + timedelta(days=91)).isoformat()})
    too_soon = edit(projects, ada, path, {"closes_at": (OPENS + timedelta(days=1.9)).isoformat()})
    sooner = edit(projects, ada, path, {"closes_at": (OPENS + timedelta(days=2)).isoformat()})

    assert [one.status_code for one in (later, too_late, too_soon, sooner)] == [200, 422, 422, 200]
    assert give(projects, people[0], path, day=1.9).status_code == 200
    over = give(projects, people[1], path, day=2)
    assert (over.status_code, over.json["code"]) == (409, "round_closed")
    reopened = edit(projects, ada, path, {"closes_at": CLOSES.isoformat()}, day=3)
    assert (reopened.status_code, reopened.json["code"]) == (409, "round_closed")


def test_nothing_changes_by_no_change(projects):
    ada, _, path = ask(projects)

    assert edit(projects, ada, path, {}).status_code == 200
    assert [one.revision for one in projects.published(OpinionRequested)] == [1]


def test_the_end_moves_not_beside_a_round_that_counts_the_same(projects):
    ada, _, path = ask(projects)
    later = {
        "opens_at": (CLOSES + timedelta(days=31)).isoformat(),
        "closes_at": (CLOSES + timedelta(days=40)).isoformat(),
    }
    again = [{**CHOICE, "options": ["People", "Towns", "Both", "Others"]}]
    near = plan(projects, ada, path.split("/")[2], questions=again)
    assert plan(projects, ada, path.split("/")[2], questions=again, **later).status_code == 201

    moved = edit(projects, ada, path, {"closes_at": (CLOSES + timedelta(days=5)).isoformat()})

    for refused in (near, moved):
        assert (refused.status_code, refused.json["code"]) == (409, "round_repeated")


def test_what_was_carried_out_is_over_whatever_a_clock_says(projects):
    ada, people, path = ask(projects)
    seal(projects, day=7)

    late = give(projects, people[0], path, day=6.9)

    assert (late.status_code, late.json["code"]) == (409, "round_closed")
    moved = edit(
        projects, ada, path, {"closes_at": (CLOSES + timedelta(days=9)).isoformat()}, day=6
    )
    assert moved.json["code"] == "round_closed"


def test_a_change_of_another_state_is_refused(projects):
    ada, _, path = ask(projects)
    moved = {"closes_at": (CLOSES + timedelta(days=1)).isoformat()}

    outdated = edit(projects, ada, path, moved, headers={"If-Match": '"7"'})

    assert (outdated.status_code, outdated.json["code"]) == (412, "version_outdated")
    assert edit(projects, ada, path, moved, headers={"If-Match": '"1"'}).status_code == 200


def test_a_withdrawn_round_has_no_results(projects):
    ada, people, path = ask(projects)
    for one in people:
        give(projects, one, path, said(words="Mine"))

    assert edit(projects, ada, path, {"state": "withdrawn"}).json["state"] == "withdrawn"
    assert edit(projects, ada, path, {"state": "withdrawn"}).status_code == 200

    seal(projects)
    refused = read(projects, ada, f"{path}/results")
    assert (refused.status_code, refused.json["code"]) == (409, "round_withdrawn")
    late = give(projects, people[0], path)
    assert (late.status_code, late.json["code"]) == (409, "round_withdrawn")
    [told] = projects.published(OpinionClosed)
    assert told.state == "withdrawn"
    with days_later(20):
        assert not chores.ask_for_outcomes(projects.database, projects.settings)


def test_rounds_run_to_their_end_in_a_project_that_closes(projects):
    ada, people, path = ask(projects)
    with days_later(0.5):
        change(projects, ada, path.split("/")[2], stage="closed", learned="It takes time.")

    assert give(projects, people[0], path).status_code == 200
    refused = plan(projects, ada, path.split("/")[2])
    assert refused.json["code"] == "project_closed"


def test_what_came_of_it_is_asked_for_once_and_told(projects):
    ada, people, path = ask(projects, is_anonymous=False)
    give(projects, people[0], path)
    outcome = {"outcome": "The towns fill it **now**."}

    with days_later(1):
        early = projects.as_member(ada).put(f"{path}/outcome", outcome)
    assert (early.status_code, early.json["code"]) == (409, "round_still_open")
    seal(projects)
    for day in (9.9, 10, 10.1):
        with days_later(day):
            chores.ask_for_outcomes(projects.database, projects.settings)
    [due] = projects.published(OpinionOutcomeDue)
    assert due.due_at == OPENS + timedelta(days=10)
    assert read(projects, ada, path, day=20.9).json["is_outcome_missed"] is False
    assert read(projects, ada, path, day=21).json["is_outcome_missed"] is True

    with days_later(22):
        told = projects.as_member(ada).put(f"{path}/outcome", outcome)

    assert told.json["outcome_html"] == "<p>The towns fill it <strong>now</strong>.</p>\n"
    assert told.json["is_outcome_missed"] is False
    [concluded] = projects.published(OpinionConcluded)
    [closed] = projects.published(OpinionClosed)
    assert (closed.answer_count, concluded.answer_count) == (1, 1)
    assert concluded.revision == closed.revision + 1


def test_what_came_of_it_may_be_said_before_the_worker_saw_the_end(projects):
    ada, _, path = ask(projects, is_anonymous=False)

    with days_later(7):
        told = projects.as_member(ada).put(f"{path}/outcome", {"outcome": "Nobody came."})
    seal(projects)

    assert told.status_code == 200
    assert projects.published(OpinionClosed) == []
    assert len(projects.published(OpinionConcluded)) == 1


def test_across_a_block_no_round_is_there(projects):
    ada, people, path = ask(projects)
    projects.deliver(blocked(people[0], ada))

    assert read(projects, people[0], path, day=1).status_code == 404
    assert give(projects, people[0], path).status_code == 404
